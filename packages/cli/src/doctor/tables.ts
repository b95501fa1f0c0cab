import type { ClerkSync, ClerkSyncDescription } from '@clerk-sync/core'
import { describeError } from '../errors.ts'
import { type Finding, findingsOf } from './finding.ts'

const tables = findingsOf('tables')
const events = findingsOf('events')

/** What `check()` finds in the database. */
export async function checkTables(clerkSync: ClerkSync): Promise<readonly Finding[]> {
  try {
    const problems = await clerkSync.check()
    if (problems.length === 0) return [tables.ok('The tables fit.')]
    // Their messages end with what to do.
    return problems.map(({ severity, message }): Finding => ({ check: 'tables', severity, message }))
  } catch (error) {
    return [tables.error(describeError(error), 'See that DATABASE_URL is right, and that the database runs.')]
  }
}

/** What the endpoint must be subscribed to. Clerk has no API that says what it is. */
export function listEvents({ eventTypes, tables }: ClerkSyncDescription): Finding {
  const names = tables.map(({ name }) => name).join(', ')
  return events.ok(`The endpoint needs these events, for ${names || 'your hooks'}: ${eventTypes.join(', ')}.`)
}

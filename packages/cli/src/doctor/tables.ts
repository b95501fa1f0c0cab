import type { ClerkSync, ClerkSyncDescription } from '@clerk-sync/core'
import { describeError } from '../errors.ts'
import { type Finding, findingsOf } from './finding.ts'

const tables = findingsOf('tables')
const events = findingsOf('events')
const ledger = findingsOf('ledger')

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

/** What Svix can send again is of the last 90 days; older than that, messages are of no use. */
const KEPT_DAYS = 100

/** Whether anybody prunes the ledger and the table of versions. */
export async function checkLedger(clerkSync: ClerkSync): Promise<readonly Finding[]> {
  const olderThan = new Date(Date.now() - KEPT_DAYS * 86_400_000)
  try {
    const { events, deadLetters, tombstones } = await clerkSync.prune({ olderThan, dryRun: true })
    const removed = Object.values(tombstones).reduce((sum, one) => sum + one, 0)
    if (events + deadLetters + removed === 0)
      return [ledger.ok(`Nothing that prune removes is older than ${KEPT_DAYS} days.`)]
    const old =
      `${events} messages, ${deadLetters} dead letters and ${removed} tombstones beside the tables are older than ` +
      `${KEPT_DAYS} days and of no use.`
    return [ledger.warning(old, 'Run clerk-sync prune, and let it run every month.')]
  } catch (error) {
    return [
      ledger.unknown(
        describeError(error),
        'See that the role may select from the events table, and from the versions table.',
      ),
    ]
  }
}

/** What the endpoint must be subscribed to. Clerk has no API that says what it is. */
export function listEvents({ eventTypes, tables }: ClerkSyncDescription): Finding {
  const names = tables.map(({ name }) => name).join(', ')
  return events.ok(`The endpoint needs these events, for ${names || 'your hooks'}: ${eventTypes.join(', ')}.`)
}

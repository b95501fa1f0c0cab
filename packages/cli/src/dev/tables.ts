import type { ClerkSync } from '@clerk-sync/core'
import { tableStates } from '@clerk-sync/core/clerk-api'
import { clerkCountOf } from '../doctor/clerk-count.ts'
import { redact } from '../redact.ts'
import { MOST_LETTERS } from './send-deliveries.ts'

/** What is in a table, beside what Clerk has. */
export interface TableCount {
  readonly table: string
  readonly live: number
  readonly tombstones: number
  /** Rows that no event and no read has reached. */
  readonly unsynced: number
  /** How many Clerk has; left out where that is not known, with the reason where one is to be told. */
  readonly clerk?: number
  readonly reason?: string
}

/** Counts each table, and asks Clerk where there is a secret key. */
export async function countTables(clerkSync: ClerkSync, signal: AbortSignal): Promise<readonly TableCount[]> {
  const states = await tableStates(clerkSync, { signal })
  return Promise.all(
    states.map(async ({ entity, table, live, tombstones, unsynced }) => {
      const count = await clerkCountOf(entity, process.env, signal)
      const known = typeof count === 'number' ? { clerk: count } : count === undefined ? {} : { reason: count }
      return { table, live, tombstones, unsynced, ...known }
    }),
  )
}

/** A dead letter, without what the page does not show. */
export interface ShownLetter {
  readonly id: string
  readonly type: string
  readonly code: string
  readonly reason: string
  readonly parkedAt: Date
}

/** The newest last; undefined where the adapter was given no table for them. */
export async function listLetters(clerkSync: ClerkSync): Promise<readonly ShownLetter[] | undefined> {
  if (!clerkSync.describe().deadLetters) return undefined
  const letters = await clerkSync.deadLetters.list({ limit: MOST_LETTERS })
  return letters.map(({ event: { id, type }, code, reason, parkedAt }) => ({
    id,
    type,
    code,
    reason: redact(reason),
    parkedAt,
  }))
}

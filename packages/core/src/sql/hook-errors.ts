import { ClerkSyncError } from '../errors.ts'
import type { LedgerTable } from './table.ts'

export const DROPPED =
  'A trigger, a rule or a row-level security policy drops what is inserted there, or changes its id: make it ' +
  'leave the ledger unchanged, or the hook would run for every delivery of the message.'

/** PostgreSQL takes no statement after one that failed, and turns the commit into a rollback, without a word. */
export function transactionAborted(cause: unknown): ClerkSyncError {
  return new ClerkSyncError(
    'store_failed',
    'A statement of the hook failed, and its error was caught or not awaited: the database rolls the transaction back, ' +
      'and nothing was kept. Await all that the hook does, and let errors of the database out of it.',
    { cause },
  )
}

/** MySQL ends a transaction at a deadlock, and what follows commits by itself. */
export function claimIsGone({ name }: LedgerTable): ClerkSyncError {
  return new ClerkSyncError(
    'store_failed',
    `After the hook, ${name} does not have the message, and nothing was kept. Either the hook caught an error of the ` +
      'database and went on, which rolls the transaction back: let such errors out of the hook. Or the hook rolled it ' +
      `back itself. Or: ${DROPPED}`,
  )
}

import { ClerkSyncError } from '../errors.ts'
import type { Change } from '../port/sync-adapter.ts'
import type { ChangeStatements } from './dialects/dialect.ts'
import type { Seen } from './written.ts'

/**
 * A write that the database took, and a row that does not hold it. That no row came back, or none was counted, says
 * nothing: a trigger may drop a write, and one that was late leaves the same traces.
 */
export function lostWrite(
  { table }: ChangeStatements,
  { key }: Change,
  { found }: Seen,
  cause?: unknown,
): ClerkSyncError {
  return new ClerkSyncError(
    'store_failed',
    `${table.name}: the database took the write of ${key} without an error, and ` +
      `${found === 'absent' ? 'there is no such row' : 'the row is as old as before'}. A trigger, a rule or a row-level ` +
      `security policy of ${table.name} drops such writes, or changes their ${table.key}, ${table.clerkVersion} or ` +
      `${table.deletedAt}: make it leave them unchanged.`,
    { cause },
  )
}

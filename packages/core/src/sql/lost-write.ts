import { ClerkSyncError } from '../errors.ts'
import type { Change } from '../port/sync-adapter.ts'
import type { ChangeStatements } from './dialects/dialect.ts'
import type { RunResult } from './program.ts'

/** What a look found: no row, an older one, or one that holds the change or a newer one. */
export type Seen = 'absent' | 'older' | 'held'

/** Reads the result of {@link ChangeStatements.look}. */
export function seen({ rows }: RunResult, change: Change): Seen {
  // A collation that ignores case finds others as well, and a column of fixed width pads.
  const row = rows.find(({ clerk_key }) => String(clerk_key).trimEnd() === change.key)
  if (!row) return 'absent'
  return Number(row.clerk_holds) === 1 ? 'held' : 'older'
}

/**
 * A write that the database took, and a row that does not hold it. That no row came back, or none was counted, says
 * nothing: a trigger may drop a write, and one that was late leaves the same traces.
 */
export function lostWrite({ table }: ChangeStatements, { key }: Change, found: Exclude<Seen, 'held'>): ClerkSyncError {
  return new ClerkSyncError(
    'store_failed',
    `${table.name}: the database took the write of ${key} without an error, and ` +
      `${found === 'absent' ? 'there is no such row' : 'the row is as old as before'}. A trigger, a rule or a row-level ` +
      `security policy of ${table.name} drops such writes, or changes their ${table.key}, ${table.clerkVersion} or ` +
      `${table.deletedAt}: make it leave them unchanged. What is not stored is not acknowledged: it is sent again.`,
  )
}

import { ClerkSyncError } from '../../errors.ts'
import type { Fault } from '../../port/database-fault.ts'
import { refusalOf } from '../../port/refusal.ts'
import type { PartTable } from '../table.ts'

/** A unique value of a part that another row has. */
export function takenPart(table: PartTable, owner: string, cause: unknown, fault: Fault): ClerkSyncError {
  const index = fault === 'unique_conflict' ? refusalOf(cause) : undefined
  return new ClerkSyncError(
    'unique_conflict',
    `${table.name}: another row has one of the unique values of a part of ${owner}. Nothing was written, of the user ` +
      `neither.${index ? ` The index is ${index.name}.` : ''} ` +
      "The two are in conflict in Clerk as well, or the other user's change is still on its way.",
    { cause },
  )
}

/** What the database took without an error, and does not show. */
export function lostParts(table: PartTable, owner: string, cause?: unknown): ClerkSyncError {
  return new ClerkSyncError(
    'store_failed',
    `${table.name}: the database took the parts of ${owner} without an error, and does not have them as they were written. ` +
      `A trigger, a rule or a row-level security policy of ${table.name} drops such writes, or changes their ` +
      `${table.owner} or ${table.key}: make it leave them unchanged.`,
    { cause },
  )
}

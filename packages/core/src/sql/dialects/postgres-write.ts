import { isKeptDelete } from '../../port/outcomes.ts'
import type { Change } from '../../port/sync-adapter.ts'
import { conflictWrite, type GuardedWrite } from '../guarded-write.ts'
import type { Row } from '../program.ts'

export const parameter = (n: number) => `$${n}`
export const bytes = (expression: string) => `${expression}::text collate "C"`

/** The write, and what it gives of each row. */
export function returning(write: GuardedWrite, rows: string, triggers: string): string {
  const { key, guard, deletedAt } = write
  const stored = `(xmax = 0) as created, ${key} as clerk_key, ${guard} as clerk_guard, ${deletedAt} is not null as clerk_deleted`
  return `${conflictWrite(write, rows, bytes)} returning ${stored}, ${triggers} as clerk_deferrable`
}

/** A trigger may have changed the row on its way. A kept tombstone's date may be rounded. */
export function isStored({ clerk_key, clerk_guard }: Row, change: Change): boolean {
  const keep = isKeptDelete(change)
  return clerk_key === change.key && (keep ? clerk_guard !== null : clerk_guard === change.version)
}

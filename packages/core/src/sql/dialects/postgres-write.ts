import { conflictWrite, type GuardedWrite } from '../guarded-write.ts'

export const parameter = (n: number) => `$${n}`
export const bytes = (expression: string) => `${expression}::text collate "C"`

/** The write, and what it gives of each row. */
export function returning(write: GuardedWrite, rows: string, triggers: string): string {
  const { key, guard, deletedAt } = write
  const stored = `(xmax = 0) as created, ${key} as clerk_key, ${guard} as clerk_guard, ${deletedAt} is not null as clerk_deleted`
  return `${conflictWrite(write, rows, bytes)} returning ${stored}, ${triggers} as clerk_deferrable`
}

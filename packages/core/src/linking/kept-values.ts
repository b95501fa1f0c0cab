import type { Upsert } from '../port/sync-adapter.ts'

/** What a map gives where Clerk has nothing: null, and the empty text of a column that takes no NULL. */
export function isNone(value: unknown): boolean {
  return value === null || value === ''
}

/**
 * The change with the row's own values where Clerk has nothing. They are written and not left out: an insert that meets a
 * row is refused all the same where it lacks what takes no NULL.
 */
export function keepingValues(change: Upsert, row: object): Upsert {
  const values = Object.entries(change.values).map(([column, value]) => {
    const stored: unknown = Reflect.get(row, column) ?? null
    return [column, isNone(value) && !isNone(stored) ? stored : value]
  })
  return { ...change, values: Object.fromEntries(values) }
}

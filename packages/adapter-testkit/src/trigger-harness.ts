import type { PartTableName, SyncedTableName, TableName } from './tables.ts'

type Awaitable<T> = T | Promise<T>

/** Removes what was installed. */
export type RemoveTriggers = () => Awaitable<unknown>

/** Triggers, as applications have them: what a database answers to a write is then no knowledge of the row. */
export interface Triggers {
  /** Adds 1 to the `score` of each row of the table that is updated. */
  touch(table: SyncedTableName): Awaitable<RemoveTriggers>
  /**
   * Has the database take the writes of the row with this key without an error, and not keep them. Where no trigger can
   * drop a write: keeps the old values in an update, and inserts a row of version `'0'`, in `events` one of another id.
   *
   * With versions beside, and of parts, whose key is that of their owner: deletes as well, where a trigger can drop one; where none can drop a write, gives the row
   * another key.
   */
  drop(table: TableName, key: string): Awaitable<RemoveTriggers>
  /** Deletes the row with this key as soon as it is written, after what the write itself returns. Where no trigger can: as `drop`. */
  takeBack(table: SyncedTableName | PartTableName, key: string): Awaitable<RemoveTriggers>
  /** With versions beside: whether `drop` keeps a row from being deleted. */
  readonly dropsRemovals?: boolean
}

/** Runs with a trigger, and removes it whatever comes. */
export async function withTriggers<T>(
  installing: RemoveTriggers | Promise<RemoveTriggers>,
  run: () => Promise<T>,
): Promise<T> {
  const remove = await installing
  try {
    return await run()
  } finally {
    await remove()
  }
}

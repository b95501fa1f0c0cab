import { ClerkSyncError } from '@clerk-sync/core'
import {
  type Change,
  comparedTime,
  type FoundBeside,
  isKept,
  isKeptDelete,
  type KeepingWrite,
  keepingOutcome,
  keepingWrite,
  type WriteOutcome,
} from '@clerk-sync/core/adapter'
import type { Row } from '@clerk-sync/core/sql'
import type { SentChange } from './change.ts'
import type { TableBeside } from './synced-table.ts'

/** What {@link keepRow} asks of the database. */
export interface KeptRowAccess {
  /** The row of the table of versions. */
  version(): Promise<Row | undefined>
  row(): Promise<Row | undefined>
  write(change: Change, more: Partial<SentChange>): Promise<WriteOutcome>
}

/** Stands for the version of a key that has none. */
const NOT_THERE = '-'

/**
 * Writes a delete that keeps its row, beside it, or a snapshot that came to such a tombstone. Each write is a
 * compare-and-set on what was found, and who comes second looks once more.
 *
 * @param held - of a snapshot, what became of it; it stays so where no tombstone is found that keeps its values
 */
export async function keepRow(
  table: TableBeside,
  change: Change,
  held: WriteOutcome | undefined,
  access: KeptRowAccess,
): Promise<WriteOutcome> {
  let last: string | undefined
  for (let outcome = held; ; ) {
    const version = await access.version()
    if (outcome !== undefined && !isKept(String(version?.version))) return outcome
    // After the version, which is committed together with its row: one that is not there was deleted by something else.
    const found = foundOf(change, version, await access.row())
    const write = keepingWrite(change, found)
    if (!write) return outcome ?? keepingOutcome(change, found, write)
    const expected = found.version ?? NOT_THERE
    if (expected === last) throw lost(table, change)
    last = expected
    const given = { ...change, version: write.version, values: write.values ?? {}, expected }
    const written = await access.write(given, sentFor(write))
    // It would live, and its owner does not.
    if (written === 'owner_deleted' && write.deletedAt === null) return written
    if (TAKEN.includes(written)) return keepingOutcome(change, found, write)
    outcome = isKeptDelete(change) ? undefined : 'already_deleted'
  }
}

/** What has changed nothing would not do so the next time either. */
function lost({ name, versionsName }: TableBeside, { key }: Change): ClerkSyncError {
  return new ClerkSyncError(
    'store_failed',
    `${name}: the functions of the database took the change of ${key} without an error, and ${versionsName} does not show ` +
      `it. Either a trigger of ${name} or ${versionsName} drops such writes: make it leave them unchanged. Or the functions ` +
      'are older than version 6, and know no kept rows beside: run sql/functions.sql of the installed ' +
      '@clerk-sync/adapter-supabase.',
  )
}

const TAKEN: readonly WriteOutcome[] = ['created', 'updated', 'deleted', 'owner_deleted']

function foundOf(change: Change, beside: Row | undefined, row: Row | undefined): FoundBeside {
  const deleted = beside !== undefined && beside.deleted_at !== null
  const at = Math.sign(Date.parse(String(beside?.deleted_at)) - comparedTime(change).getTime())
  return {
    version: beside && String(beside.version),
    deleted,
    isThere: row !== undefined,
    deletedAt: deleted ? (at < 0 ? 'earlier' : at > 0 ? 'later' : 'same') : undefined,
  }
}

/** Functions that know no kept rows refuse `keep` and `fill`: as an upsert, they would bring a deleted row back. */
function sentFor({ deletedAt, values }: KeepingWrite): Partial<SentChange> {
  // What is undefined is left out of the JSON, and `deleted_at` stays.
  if (values === undefined) return { mode: 'keep', deletedAt }
  if (values === null) return { mode: 'remove', deletedAt }
  return { mode: deletedAt === undefined ? 'fill' : deletedAt ? 'erase' : 'upsert', deletedAt }
}

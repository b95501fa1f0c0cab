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
import { isWritten, type SentChange, sentChange } from './change.ts'
import type { Call, Client } from './client.ts'
import { rowOf } from './rows.ts'
import { select } from './select.ts'
import type { TableBeside } from './synced-table.ts'

/** Stands for the version of a key that has none. */
const NOT_THERE = '-'

/**
 * Writes a delete that keeps its row, beside it, or a snapshot that came to such a tombstone. Each write is a
 * compare-and-set on what was found, and who comes second looks once more.
 *
 * @param held - of a snapshot, what became of it; it stays so where no tombstone is found that keeps its values
 */
export async function keepRow(
  client: Client,
  call: Call,
  table: TableBeside,
  change: Change,
  held: WriteOutcome | undefined,
  signal: AbortSignal,
): Promise<WriteOutcome> {
  let last: string | undefined
  for (let outcome = held; ; ) {
    const version = await versionBeside(client, table, change, signal)
    if (outcome !== undefined && !isKept(String(version?.version))) return outcome
    // After the version, which is committed together with its row: one that is not there was deleted by something else.
    const found = foundOf(change, version, await rowOf(client, table, change.key))
    const write = keepingWrite(change, found)
    if (!write) return outcome ?? keepingOutcome(change, found, write)
    const expected = found.version ?? NOT_THERE
    if (expected === last) throw lost(table, change)
    last = expected
    const sent = { change: sentKeeping(table, change, found, write) }
    const written = await call('clerk_sync_write', sent, isWritten, signal)
    if (TAKEN.includes(written)) return keepingOutcome(change, found, write)
    outcome = isKeptDelete(change) ? undefined : 'already_deleted'
  }
}

/** What has changed nothing would not do so the next time either. */
function lost({ name, versionsName }: TableBeside, { key }: Change): ClerkSyncError {
  return new ClerkSyncError(
    'store_failed',
    `${name}: the functions of the database took the change of ${key} without an error, and ${versionsName} does not show ` +
      'it. Functions older than version 6 know no kept rows beside: run sql/functions.sql of the installed ' +
      '@clerk-sync/adapter-supabase.',
  )
}

const TAKEN: readonly WriteOutcome[] = ['created', 'updated', 'deleted', 'owner_deleted']

async function versionBeside(
  client: Client,
  { name, versionsName }: TableBeside,
  { key }: Change,
  signal: AbortSignal,
) {
  const [row] = await select(client, versionsName, (rows) => rows.eq('table_name', name).eq('id', key), signal)
  return row
}

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

function sentKeeping(
  table: TableBeside,
  change: Change,
  found: FoundBeside,
  { version, deletedAt, values }: KeepingWrite,
): SentChange {
  const sent = sentChange(table, { ...change, version, values: values ?? {}, expected: found.version ?? NOT_THERE })
  const { deletedAt: _, ...rest } = sent
  return {
    ...rest,
    mode: values === undefined ? 'keep' : deletedAt ? 'erase' : 'upsert',
    ...(deletedAt && { deletedAt }),
    ...(deletedAt === undefined && { staysDeleted: true }),
  }
}

import { type Change, type EventRef, isKeptDelete, type WriteOutcome } from '@clerk-sync/core/adapter'
import { isBeside } from '@clerk-sync/core/sql'
import { isWritten, sentWrite } from './change.ts'
import type { Call, Client } from './client.ts'
import { compareAndSet, replaceDiscovered } from './replace.ts'
import { rowOf, versionsIn } from './rows.ts'
import type { Table, TableBeside } from './synced-table.ts'

/** One guarded write: a call of a function, and more where it comes to a tombstone that may not hold. */
export async function write(
  client: Client,
  call: Call,
  table: Table,
  change: Change,
  signal: AbortSignal,
): Promise<WriteOutcome> {
  if (change.expected !== undefined && !isBeside(table)) {
    return compareAndSet(call, table, change, change.expected, signal)
  }
  if (isBeside(table) && isKeptDelete(change)) return keepRow(client, call, table, change, undefined, signal)
  const outcome = await call('clerk_sync_write', sentWrite(table, change), isWritten, signal)
  return unlessDiscovered(client, call, table, change, outcome, signal)
}

/** The same, unless the message is in the ledger. */
export async function writeOnce(
  client: Client,
  call: Call,
  table: Table,
  change: Change,
  { ledger, event }: { readonly ledger: string; readonly event: EventRef },
  signal: AbortSignal,
): Promise<WriteOutcome | 'duplicate'> {
  const isSent = isBeside(table) ? !isKeptDelete(change) : change.expected === undefined
  const args = isSent ? sentWrite(table, change) : { change: null }
  const outcome = await call('clerk_sync_write_once', { ledger, message: event.id, ...args }, isWrittenOnce, signal)
  if (outcome === 'duplicate') return outcome
  return isSent
    ? unlessDiscovered(client, call, table, change, outcome, signal)
    : write(client, call, table, change, signal)
}

/** Loaded when a kept or a deleted row is met: most events are of live ones. */
async function keepRow(
  client: Client,
  call: Call,
  table: TableBeside,
  change: Change,
  held: WriteOutcome | undefined,
  signal: AbortSignal,
): Promise<WriteOutcome> {
  const { keepRow: keep } = await import('./kept.ts')
  return keep(table, change, held, {
    version: async () => (await versionsIn(client)(table, [change.key], signal))[0],
    row: () => rowOf(client, table, change.key, signal),
    write: (given, more) => call('clerk_sync_write', sentWrite(table, given, more), isWritten, signal),
  })
}

/** The outcome of a write, or what becomes of one that a discovered or a keeping tombstone has held back. */
async function unlessDiscovered(
  client: Client,
  call: Call,
  table: Table,
  change: Change,
  outcome: WriteOutcome,
  signal: AbortSignal,
): Promise<WriteOutcome> {
  const mayBe = change.kind === 'upsert' ? outcome === 'already_deleted' : change.mode === 'keep'
  if (!mayBe) return outcome
  if (isBeside(table)) return keepRow(client, call, table, change, outcome, signal)
  const versionInRow = async () => {
    const row = await rowOf(client, table, change.key, signal)
    return row && String(row[table.clerkVersion])
  }
  return (await replaceDiscovered(call, table, change, versionInRow, signal)) ?? outcome
}

export function isWrittenOnce(data: unknown): data is WriteOutcome | 'duplicate' {
  return isWritten(data) || data === 'duplicate'
}

import type { CallOptions } from '../port/sync-adapter.ts'
import { MOST_KEYS } from './chunks.ts'
import type { Dialect } from './dialects/dialect.ts'
import type { Ledger } from './ledger.ts'
import { type Program, send } from './program.ts'
import type { WriterAccess } from './table-writer.ts'

/**
 * Removes old messages, some at a time: a delete of them all would hold its locks for minutes, on MySQL without an index
 * on the time those of every message, and new ones would wait.
 */
export async function pruneLedger(
  ledger: Ledger,
  { maxParameters }: Dialect,
  run: WriterAccess['run'],
  before: Date,
  { signal }: CallOptions = {},
): Promise<number> {
  const limit = Math.min(MOST_KEYS, maxParameters - 1)
  let removed = 0
  while (!signal?.aborted) {
    const more = await run(() => pruneSome(ledger, before, limit))
    removed += more
    // None, too, where a trigger keeps them.
    if (more === 0) break
    // A driver that answers at once would let neither deliveries nor the signal have their time.
    await new Promise((resolve) => setTimeout(resolve))
  }
  return removed
}

function* pruneSome(ledger: Ledger, before: Date, limit: number): Program<number> {
  const ids = (yield* send(ledger.old(before, limit))).rows.map(({ event_id }) => event_id)
  return ids.length === 0 ? 0 : (yield* send(ledger.remove(ids, before))).affected
}

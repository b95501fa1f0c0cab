import { ClerkSyncError } from '@clerk-sync/core'
import { newestPerKey, type Tally, type Upsert, type UpsertOutcome, type WriteOutcome } from '@clerk-sync/core/adapter'
import { isWritten, type SentChange } from './change.ts'
import { type Call, errorOf, type Refusal } from './client.ts'

/** Rows to a call: each is a statement of its own inside, and all must end within Supabase's 8 s for a request. */
const BATCH = 200

/** Writes many rows in few calls. A row that is refused is reported, and the others are written. */
export async function writeBatches(
  changes: readonly Upsert[],
  send: (change: Upsert) => SentChange,
  call: Call,
): Promise<Tally> {
  const count: Record<UpsertOutcome, number> = { created: 0, updated: 0, unchanged: 0, stale: 0, already_deleted: 0 }
  const failed: { change: Upsert; error: unknown }[] = []
  const rows = newestPerKey(changes)
  for (let start = 0; start < rows.length; start += BATCH) {
    const batch = rows.slice(start, start + BATCH)
    const results = await call('clerk_sync_write_many', { changes: batch.map(send) }, isResults)
    for (const [index, change] of batch.entries()) {
      const result = results[index]
      if (isWritten(result)) count[result as UpsertOutcome]++
      else failed.push({ change, error: result ? refused(send(change), result) : lost(change) })
    }
  }
  return { ...count, failed }
}

function isResults(data: unknown): data is readonly (WriteOutcome | Refusal)[] {
  return Array.isArray(data) && data.every((result) => isWritten(result) || isRefusal(result))
}

function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'message' in value && 'code' in value
}

function refused(sent: SentChange, refusal: Refusal): Error {
  return errorOf(refusal, [sent.table], undefined, 'versions' in sent)
}

function lost({ key }: Upsert): ClerkSyncError {
  return new ClerkSyncError('store_failed', `The database gave no result for ${key}.`)
}

import { ClerkSyncError } from '@clerk-sync/core'
import {
  type CallOptions,
  type Change,
  type Entity,
  LONGEST_WAIT_MS,
  newestFirst,
  type WriteOutcome,
  type Written,
} from '@clerk-sync/core/adapter'
import { isWritten, type SentChange, sentChange, sentParts } from './change.ts'
import type { Call } from './client.ts'
import { errorOf, type Refusal } from './errors.ts'
import { isReferenceMissing, type Owners } from './owners.ts'
import type { Table } from './synced-table.ts'

/** Rows to a call: each is a statement of its own inside, and all must end within Supabase's 8 s for a request. */
const BATCH = 200
/** Of rows with parts, which are some statements for each table. */
const BATCH_WITH_PARTS = 50

interface BatchParts {
  readonly tableOf: (entity: Entity) => Table
  readonly call: Call
  readonly write: (change: Change, options?: CallOptions) => Promise<WriteOutcome>
  readonly owners: Owners | undefined
}

/** Writes many rows in few calls. A row that is refused is reported, and the others are written. */
export async function writeBatches<C extends Change>(
  changes: readonly C[],
  { tableOf, call, write, owners }: BatchParts,
  options: CallOptions = {},
): Promise<readonly Written<C>[]> {
  const send = (change: Change): SentChange => sentChange(tableOf(change.entity), change)
  const writeOne = async (change: C): Promise<Written<C>> =>
    write(change, options).then(
      (outcome) => ({ change, outcome }),
      (error: unknown) => ({ change, error }),
    )

  async function writeSome(batch: readonly C[]): Promise<readonly Written<C>[]> {
    const written: Written<C>[] = []
    const { signal = AbortSignal.timeout(LONGEST_WAIT_MS) } = options
    const parts = batch.map((change) => sentParts(tableOf(change.entity), change))
    // Without any, functions of a version that knows none do.
    const args = { changes: batch.map(send), ...(parts.some(Boolean) && { parts }) }
    const results = await call('clerk_sync_write_many', args, isResults, signal)
    for (const [index, change] of batch.entries()) {
      const result = results[index]
      // A tombstone may be that of a discovered delete, and what a row refers to may have been removed.
      if (result === 'already_deleted' || (owners && isReferenceMissing(result))) written.push(await writeOne(change))
      else if (isWritten(result)) written.push({ change, outcome: result })
      else written.push({ change, error: result ? refused(send(change), result) : lost(change) })
    }
    return written
  }

  return newestFirst(changes, async (round) => {
    const written: Written<C>[] = []
    const batched = round.filter(isBatched)
    for (const change of round) if (!isBatched(change)) written.push(await writeOne(change))
    const size = batched.some((change) => 'parts' in change) ? BATCH_WITH_PARTS : BATCH
    for (let start = 0; start < batched.length; start += size) {
      written.push(...(await writeSome(batched.slice(start, start + size))))
    }
    return written
  })
}

function isBatched(change: Change): boolean {
  return change.kind === 'upsert' && change.expected === undefined
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

function lost({ key }: Change): ClerkSyncError {
  return new ClerkSyncError('store_failed', `The database gave no result for ${key}.`)
}

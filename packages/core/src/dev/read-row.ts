import { type Target, targetOf } from '../dead-letters/event-facts.ts'
import type { ClerkEvent } from '../entities/clerk-event.ts'
import type { Found } from '../port/sync-adapter.ts'
import { DELETED, NO_VERSION, orderOf } from '../port/version.ts'
import type { StoreAccess } from '../store-access.ts'
import { type RecordedDelivery, type RecordedRow, textOf } from './recorded-delivery.ts'

/** A delivery waits no longer than this for the look at its row, in ms. A driver that is synchronous holds the process until it has read. */
const LONGEST_LOOK_MS = 1000

/** The row of an event before it is stored, and what reads it again. */
export interface Look {
  readonly target: Target
  readonly before: RecordedRow
}

type Stored = Pick<StoreAccess, 'adapter' | 'mappings'>

/** Undefined for an event that writes no row. Never rejects. */
export async function lookBefore(stored: Stored, event: ClerkEvent): Promise<Look | undefined> {
  const target = rowOf(stored, event)
  return target && { target, before: await readRow(stored, target) }
}

/** Never rejects. */
export async function lookAfter(stored: Stored, { target, before }: Look): Promise<Required<RecordedDelivery>['row']> {
  const { entity, key, version } = target
  return { entity, key, updatedAt: updatedAtOf(version), before, after: await readRow(stored, target) }
}

/** What is no event, or has a time that no version holds, is refused by the delivery itself. */
function rowOf({ mappings }: Stored, event: ClerkEvent): Target | undefined {
  try {
    return targetOf(event, (entity) => mappings.given[entity]?.mode)
  } catch {
    return undefined
  }
}

async function readRow({ adapter }: Stored, { entity, key }: Target): Promise<RecordedRow> {
  const { promise: late, resolve } = Promise.withResolvers<RecordedRow>()
  const timer = setTimeout(
    () => resolve({ state: 'unknown', reason: `The database did not answer within ${LONGEST_LOOK_MS} ms.` }),
    LONGEST_LOOK_MS,
  )
  try {
    return await Promise.race([late, adapter.find(entity, key).then(recordedRow)])
  } catch (error) {
    return { state: 'unknown', reason: textOf(error) }
  } finally {
    clearTimeout(timer)
  }
}

function recordedRow(found: Found | undefined): RecordedRow {
  if (!found) return { state: 'absent' }
  const { row, deleted, version } = found
  return { state: deleted ? 'deleted' : 'live', values: row ?? null, updatedAt: updatedAtOf(version) }
}

function updatedAtOf(version: string): number | null {
  const order = orderOf(version)
  return order === NO_VERSION || order.startsWith(DELETED) ? null : Number(order.slice(0, DELETED.length))
}

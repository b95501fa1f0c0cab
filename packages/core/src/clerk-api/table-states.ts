import { countUnlinked } from '../linking/unlinked-rows.ts'
import { isDiscovered } from '../port/discovered.ts'
import type { Entity, Rows } from '../port/sync-adapter.ts'
import { joined } from '../port/until-aborted.ts'
import { isOfRead, NO_VERSION, occurredAtOf, orderOf } from '../port/version.ts'
import { type StoreAccess, storeAccessOf } from '../store-access.ts'
import type { ClerkSync } from '../types.ts'

/** What is in a table. */
export interface TableState {
  readonly entity: Entity
  /** Its name in the database. */
  readonly table: string
  /** Rows that are not deleted. */
  readonly live: number
  readonly tombstones: number
  /** Live rows that neither an event nor a read has reached: those of the application's own. */
  readonly unsynced: number
  /** Rows of users without a Clerk id; left out where the adapter cannot count them. */
  readonly unlinked?: number
  /** When the newest event occurred whose row is as it left it, by Clerk's clock. What was read from Clerk is no event. */
  readonly newestAt: Date | null
  /** When the row was read whose read from Clerk is the longest ago; null where no row is as a read left it. */
  readonly oldestReadAt: Date | null
}

/** In one query. */
const ROWS = 1000

/**
 * Counts the rows of each synced table, and finds the newest event. It reads every row, some at a time, and writes nothing.
 *
 * @throws ClerkSyncError `config_invalid` for what createClerkSync did not return.
 *
 * @example
 * ```ts
 * import type { ClerkSync } from '@clerk-sync/core'
 * import { tableStates } from '@clerk-sync/core/clerk-api'
 *
 * export async function report(clerkSync: ClerkSync) {
 *   for (const state of await tableStates(clerkSync)) console.log(state)
 * }
 * ```
 */
export async function tableStates<Stored extends Rows>(
  clerkSync: ClerkSync<Stored>,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<readonly TableState[]> {
  const access = storeAccessOf('tableStates(clerkSync)', clerkSync)
  return access.runUntilClosed('tableStates', (closing) => statesOf(access, joined(signal, closing)))
}

async function statesOf({ adapter, mappings }: StoreAccess, signal: AbortSignal): Promise<readonly TableState[]> {
  const states: TableState[] = []
  for (const entity of Object.keys(mappings.given) as Entity[]) {
    const counts = { live: 0, tombstones: 0, unsynced: 0 }
    let newest = 0
    let oldestRead = Number.POSITIVE_INFINITY
    for (let after: string | undefined; ; ) {
      signal.throwIfAborted()
      const rows = await adapter.scan(entity, { after, limit: ROWS })
      for (const { deleted, version } of rows) {
        counts[deleted ? 'tombstones' : 'live']++
        if (!deleted && version === NO_VERSION) counts.unsynced++
        // A tombstone that a read made says nothing of an event.
        if (isDiscovered(version)) continue
        const order = orderOf(version)
        const at = occurredAtOf(order)
        if (!isOfRead(order)) newest = Math.max(newest, at)
        else if (!deleted) oldestRead = Math.min(oldestRead, at)
      }
      after = rows.at(-1)?.key
      if (after === undefined) break
    }
    const table = adapter.tables[entity]?.name ?? entity
    const unlinked = entity === 'user' ? await countUnlinked(adapter, { signal }) : undefined
    states.push({
      entity,
      table,
      ...counts,
      ...(unlinked !== undefined && { unlinked }),
      newestAt: newest > 0 ? new Date(newest) : null,
      oldestReadAt: Number.isFinite(oldestRead) ? new Date(oldestRead) : null,
    })
  }
  return states
}

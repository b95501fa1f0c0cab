import type { Entity, Rows } from '../port/sync-adapter.ts'
import { NO_VERSION } from '../port/version.ts'
import { storeAccessOf } from '../store-access.ts'
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
  /** When the newest change occurred that reached the table, by Clerk's clock: an event's time, or that of a read. */
  readonly newestAt: Date | null
}

/** In one query. */
const ROWS = 1000
/** Where the second of a version's times stands, which is the event's own. */
const OCCURRED = [13, 26] as const

/**
 * Counts the rows of each synced table, and finds the newest change. It reads every row, some at a time, and writes nothing.
 *
 * @throws ClerkSyncError `config_invalid` for what createClerkSync did not return.
 */
export async function tableStates<Stored extends Rows>(
  clerkSync: ClerkSync<Stored>,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<readonly TableState[]> {
  const { adapter, mappings } = storeAccessOf('tableStates(clerkSync)', clerkSync)
  const states: TableState[] = []
  for (const entity of Object.keys(mappings.given) as Entity[]) {
    const counts = { live: 0, tombstones: 0, unsynced: 0 }
    let newest = 0
    for (let after: string | undefined; ; ) {
      signal?.throwIfAborted()
      const rows = await adapter.scan(entity, { after, limit: ROWS })
      for (const { deleted, version } of rows) {
        counts[deleted ? 'tombstones' : 'live']++
        if (!deleted && version === NO_VERSION) counts.unsynced++
        newest = Math.max(newest, Number(version.slice(...OCCURRED)) || 0)
      }
      after = rows.at(-1)?.key
      if (after === undefined) break
    }
    const table = adapter.tables[entity]?.name ?? entity
    states.push({ entity, table, ...counts, newestAt: newest > 0 ? new Date(newest) : null })
  }
  return states
}

import type { CallOptions, Part, PartRow, PartStore, Parts } from '@clerk-sync/core/adapter'
import type { PartTable, Row } from '@clerk-sync/core/sql'
import type { Call } from './client.ts'

/** The tables of parts, and a reader of them, through a function of the migration. */
export function partsOver(
  call: Call,
  tables: readonly PartTable[],
  signalOf: (options?: CallOptions) => AbortSignal,
): PartStore {
  return {
    tables: Object.fromEntries(tables.map((table) => [table.part, table])),
    async read(owners, options) {
      const lists = new Map(owners.map((owner): [string, { [P in Part]?: PartRow[] }] => [owner, {}]))
      for (const { part, name, owner, key } of tables) {
        for (const list of lists.values()) list[part] = []
        const rows = await call('clerk_sync_find_parts', { name, owner, owners }, areRows, signalOf(options))
        // A column that ignores case finds others as well, and one of fixed width pads.
        for (const row of rows) {
          lists.get(String(row[owner]).trimEnd())?.[part]?.push({ id: String(row[key]).trimEnd(), values: row })
        }
      }
      return lists satisfies ReadonlyMap<string, Parts>
    },
  }
}

function areRows(data: unknown): data is readonly Row[] {
  return Array.isArray(data)
}

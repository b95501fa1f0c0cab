import type { Part, PartRow, Parts } from '@clerk-sync/core/adapter'
import type { PartTable, Row } from '@clerk-sync/core/sql'
import type { Call } from './client.ts'

/** What is there of these owners' parts, through a function of the migration. */
export async function readParts(
  call: Call,
  tables: readonly PartTable[],
  owners: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Parts>> {
  const lists = new Map(owners.map((owner): [string, { [P in Part]?: PartRow[] }] => [owner, {}]))
  for (const { part, name, owner, key } of tables) {
    for (const list of lists.values()) list[part] = []
    const rows = await call('clerk_sync_find_parts', { name, owner, owners }, areRows, signal)
    // A column that ignores case finds others as well, and one of fixed width pads.
    for (const row of rows) {
      lists.get(String(row[owner]).trimEnd())?.[part]?.push({ id: String(row[key]).trimEnd(), values: row })
    }
  }
  return lists
}

function areRows(data: unknown): data is readonly Row[] {
  return Array.isArray(data)
}

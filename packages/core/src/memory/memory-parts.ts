import type { Entity } from '../entities/all-entities.ts'
import { OWNER_OF, PART_NAMES, PART_TABLES, type Part } from '../entities/parts/part-names.ts'
import { givenParts } from '../port/given-tables.ts'
import type { PartStore, Parts, TableInfo, Upsert } from '../port/sync-adapter.ts'
import type { MemoryRow, MemoryTransaction } from './memory-database.ts'
import { idOf } from './row-id.ts'
import { tableInfo } from './table-info.ts'
import type { MemoryTable, MemoryTables } from './types.ts'

// A row has one id in memory: that of a part is its owner's and its own, which `userId` and `clerkId` have by themselves.

/** Where a row has taken a snapshot: what is not in it goes, and then what is there is written. */
export function writeParts(tx: MemoryTransaction, { key, parts = {} }: Pick<Upsert, 'key' | 'parts'>): void {
  const lists = (Object.entries(parts) as [Part, NonNullable<Parts[Part]>][]).map(
    ([part, rows]) => [PART_TABLES[part], rows] as const,
  )
  for (const [table, rows] of lists) {
    const kept = new Set(rows.map(({ id }) => id))
    for (const row of partsOf(tx, table, key)) if (!kept.has(String(row.clerkId))) tx.delete(table, String(row.id))
  }
  for (const [table, rows] of lists) {
    for (const { id, values } of rows) {
      const rowId = idOf(key, id)
      if (tx.get(table, rowId)) tx.update(table, rowId, values)
      else tx.insert(table, { ...values, id: rowId, userId: key, clerkId: id })
    }
  }
}

/** Where a row is erased or removed. */
export function removeParts(
  tx: MemoryTransaction,
  { entity, key }: { readonly entity: Entity; readonly key: string },
): void {
  for (const part of PART_NAMES) {
    const table = PART_TABLES[part]
    if (OWNER_OF[part] !== entity || !tx.declares(table)) continue
    for (const row of partsOf(tx, table, key)) tx.delete(table, String(row.id))
  }
}

function partsOf(tx: MemoryTransaction, table: string, owner: string): readonly MemoryRow[] {
  return tx.rows(table).filter(({ userId }) => userId === owner)
}

/** Undefined where no table of parts was given. */
export function memoryParts(
  tables: MemoryTables,
  statement: <T>(run: (tx: MemoryTransaction) => T) => Promise<T>,
): PartStore | undefined {
  const given = givenParts<MemoryTable>(tables)
  if (given.length === 0) return undefined
  const infos = given.map(([part, { columns }]): [Part, TableInfo] => [part, tableInfo(PART_TABLES[part], columns)])
  return {
    tables: Object.fromEntries(infos),
    read: (owners) =>
      statement((tx) => {
        const read = owners.map((owner): [string, Parts] => {
          const lists = given.map(([part]) => {
            const rows = partsOf(tx, PART_TABLES[part], owner)
            return [part, rows.map((values) => ({ id: String(values.clerkId), values }))]
          })
          return [owner, Object.fromEntries(lists)]
        })
        return new Map(read)
      }),
  }
}

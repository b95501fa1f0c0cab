import { type KitColumn, SHAPES, type Shape, type SyncedTableName, TABLES } from '@clerk-sync/adapter-testkit'
import { type Entity, RESERVED_COLUMNS, snakeCase, tableNameOf } from '@clerk-sync/core/adapter'

/** What `supabaseAdapter` is given for a shape of the kit. */
export function optionsOf(shape: Shape) {
  const { tables, ledger } = SHAPES[shape]
  const listed = Object.entries<SyncedTableName>(tables).map(([entity, table]) => [
    tableNameOf(entity as Entity),
    { table, columns: columnsOf(TABLES[table].columns), key: TABLES[table].key === 'id' ? 'id' : 'clerk_id' },
  ])
  return { ...Object.fromEntries(listed), ...(ledger && { events: 'events' }) }
}

function columnsOf(columns: Readonly<Record<string, KitColumn>>): string[] {
  const mapped = Object.keys(columns).filter((property) => !RESERVED_COLUMNS.has(property))
  return mapped.map(snakeCase)
}

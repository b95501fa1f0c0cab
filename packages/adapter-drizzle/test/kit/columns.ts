import { type KitColumn, type PartTableName, type SyncedTableName, TABLES } from '@clerk-sync/adapter-testkit'

/** What the columns of all dialects have in common while they are built. */
interface Column {
  notNull(): unknown
  unique(): unknown
  primaryKey(): unknown
  default(value: never): unknown
}

/**
 * The columns of one of the kit's tables but for the sync columns, which the adapter's own `syncColumns()` makes. Their
 * names come from `casing: 'snake_case'`.
 */
export function columnsOf<C extends object>(
  table: SyncedTableName | PartTableName,
  make: Readonly<Record<KitColumn['kind'], () => C & Column>>,
): Record<string, C> {
  const columns = Object.entries<KitColumn>(TABLES[table].columns)
  const built = columns.filter(([name]) => name !== 'clerkVersion' && name !== 'deletedAt')
  return Object.fromEntries(
    built.map(([name, { kind, notNull, unique, default: initial }]) => {
      // Each step returns the column with another type.
      let column = make[kind]()
      if (name === 'id' && !('part' in TABLES[table])) return [name, column.primaryKey() as C & Column]
      if (notNull) column = column.notNull() as C & Column
      if (unique || name === 'clerkId') column = column.unique() as C & Column
      if (initial !== undefined) column = column.default(initial as never) as C & Column
      return [name, column]
    }),
  )
}

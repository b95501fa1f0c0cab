import { snakeCase } from '@clerk-sync/core/adapter'
import type { DialectName } from '@clerk-sync/core/sql'
import type { ForeignKey, Harness, LinkingHarness, PartsHarness } from './harness.ts'
import { spellings } from './sql-spelling.ts'
import { type RawQuery, sqlTriggers } from './sql-triggers.ts'
import { type KitColumn, type KitTable, TABLES, type TableName, withoutSyncColumns } from './tables.ts'
import type { RemoveTriggers } from './trigger-harness.ts'

export type { RawQuery } from './sql-triggers.ts'

/** The kit's name for the table of versions. */
const VERSIONS = 'versions'
const VERSION_COLUMNS = { tableName: 'key', id: 'key', version: 'text', deletedAt: 'date' } as const

export interface SqlTables extends Pick<Harness, 'read' | 'insert' | 'triggers'> {
  /** For an adapter that takes tables of parts. */
  readonly parts: Pick<PartsHarness, 'purge'>
  /** For an adapter that links rows. */
  readonly linking: LinkingHarness
  /** For tables made with `versions: 'beside'`. */
  readonly versions: NonNullable<Harness['versions']>
  /** Creates the tables; they must not be there yet. */
  create(): Promise<void>
}

/**
 * The kit's tables in an SQL database: creates them, and reads, inserts and installs triggers through a raw connection. Tables are called
 * as in `TABLES`, columns in snake case (`first_name`).
 *
 * Dates are `timestamptz(3)`, `datetime(3)` in UTC, and integer ms. A raw connection to MySQL must therefore read and
 * write dates in UTC (mysql2: `timezone: 'Z'`). An adapter that stores them otherwise brings its own tables.
 *
 * @example
 * ```ts
 * import { DatabaseSync } from 'node:sqlite'
 * import { sqlTables } from '@clerk-sync/adapter-testkit'
 *
 * const raw = new DatabaseSync('test.db')
 * export const tables = sqlTables('sqlite', async (sql, values) => raw.prepare(sql).all(...(values as string[])))
 * ```
 */
export function sqlTables(
  dialect: DialectName,
  query: RawQuery,
  { versions = 'row' }: { readonly versions?: 'row' | 'beside' } = {},
): SqlTables {
  const columnsOf = (table: TableName): Readonly<Record<string, KitColumn>> =>
    versions === 'beside' ? withoutSyncColumns(table) : TABLES[table].columns
  const { types, quote, asText, parameter, encode } = spellings[dialect]
  const quoted = (name: string): string => `${quote}${name}${quote}`
  const columnOf = (property: string): string => quoted(snakeCase(property))

  const createTable = (table: TableName, keys: readonly ForeignKey[] = []) => {
    const { part }: KitTable = TABLES[table]
    const declarations = Object.entries(columnsOf(table)).map((column) => declaration(column, part === undefined))
    // That of a part is its owner's and its own.
    if (part) declarations.push(`primary key (${columnOf('userId')}, ${columnOf('id')})`)
    const clauses = [...declarations, ...keys.map(foreignKey)]
    return query(`create table ${quoted(table)} (${clauses.join(', ')})`, [])
  }

  const foreignKey = ({ column, target, onDelete }: ForeignKey): string =>
    `constraint kit_to_${snakeCase(column)} foreign key (${columnOf(column)}) ` +
    `references ${quoted(target)} (${columnOf(TABLES[target].key)}) on delete ${onDelete}`

  const addForeignKeys = async (table: TableName, keys: readonly ForeignKey[]): Promise<RemoveTriggers> => {
    // SQLite declares them with their table.
    const recreate = async (given?: readonly ForeignKey[]) => {
      await query(`drop table ${quoted(table)}`, [])
      await createTable(table, given)
    }
    if (dialect === 'sqlite') {
      await recreate(keys)
      return () => recreate()
    }
    await query(`delete from ${quoted(table)}`, [])
    for (const key of keys) await query(`alter table ${quoted(table)} add ${foreignKey(key)}`, [])
    const kind = dialect === 'mysql' ? 'foreign key' : 'constraint'
    return async () => {
      for (const { column } of keys)
        await query(`alter table ${quoted(table)} drop ${kind} kit_to_${snakeCase(column)}`, [])
    }
  }

  const declaration = (
    [property, { kind, notNull, unique, default: initial }]: [string, KitColumn],
    isKeyed: boolean,
  ): string => {
    const constraint = isKeyed && property === 'id' ? ' primary key' : unique || property === 'clerkId' ? ' unique' : ''
    // A numbered primary key is never null, and SQLite numbers it only where nothing else is said.
    const required = notNull && kind !== 'serial' ? ' not null' : ''
    const value = initial === undefined ? '' : ` default ${typeof initial === 'string' ? `'${initial}'` : initial}`
    return `${columnOf(property)} ${types[kind]}${required}${value}${constraint}`
  }

  const readBy = (table: TableName, property: string, values: readonly string[]) => {
    const list = Object.entries(columnsOf(table)).map(([own, { kind }]) => {
      const column = columnOf(own)
      return `${kind === 'json' ? asText(column) : column} as ${quoted(own)}`
    })
    const where = `${columnOf(property)} in (${values.map((_, n) => parameter(n + 1)).join(', ')})`
    return query(`select ${list.join(', ')} from ${quoted(table)} where ${where}`, values)
  }

  return {
    triggers: sqlTriggers(dialect, { table: quoted, column: columnOf, versions }, query),
    versions: {
      read(keys) {
        const list = Object.keys(VERSION_COLUMNS).map((property) => `${columnOf(property)} as ${quoted(property)}`)
        const parameters = keys.map((_, n) => parameter(n + 1))
        return query(
          `select ${list.join(', ')} from ${quoted(VERSIONS)} where ${columnOf('id')} in (${parameters.join(', ')})`,
          keys,
        )
      },
      purge: (table, key) =>
        query(`delete from ${quoted(table)} where ${columnOf(TABLES[table].key)} = ${parameter(1)}`, [key]),
      foreignKeys: {
        add: addForeignKeys,
        letGo(table, column, key) {
          const where = `${columnOf(TABLES[table].key)} = ${parameter(1)}`
          return query(`update ${quoted(table)} set ${columnOf(column)} = null where ${where}`, [key])
        },
      },
    },
    parts: {
      purge: (table, owner) =>
        query(`delete from ${quoted(table)} where ${columnOf('userId')} = ${parameter(1)}`, [owner]),
    },
    async create() {
      for (const table of Object.keys(TABLES) as TableName[]) await createTable(table)
      if (versions === 'row') return
      const declarations = Object.entries(VERSION_COLUMNS).map(
        ([property, kind]) => `${columnOf(property)} ${types[kind]}${property === 'deletedAt' ? '' : ' not null'}`,
      )
      const key = `primary key (${columnOf('tableName')}, ${columnOf('id')})`
      await query(`create table ${quoted(VERSIONS)} (${declarations.join(', ')}, ${key})`, [])
    },
    read: (table, keys) => readBy(table, TABLES[table].key, keys),
    linking: { read: (taglines) => readBy('ownKeyUsers', 'tagline', taglines) },
    insert(table, row) {
      const columns: Readonly<Record<string, KitColumn>> = TABLES[table].columns
      const names = Object.keys(row)
      const values = Object.entries(row).map(([property, value]) =>
        columns[property]?.kind === 'json' && value !== null ? JSON.stringify(value) : encode(value),
      )
      const parameters = names.map((_, n) => parameter(n + 1))
      return query(
        `insert into ${quoted(table)} (${names.map(columnOf).join(', ')}) values (${parameters.join(', ')})`,
        values,
      )
    },
  }
}

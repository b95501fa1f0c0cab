import { type KitColumn, TABLES, type TableName } from '@clerk-sync/adapter-testkit'

/** How a database is told about a column of the kit, and how its value is read back without an ORM. */
export interface KitDialect {
  quote(name: string): string
  columnType(column: KitColumn): string
  /** The column as an expression that gives the raw form that the kit compares. */
  rawColumn(name: string, column: KitColumn): string
}

const literal = (value: string | number | boolean) => (typeof value === 'string' ? `'${value}'` : String(value))

/** The `create table` statements of all the kit's tables, columns and unique indexes in the order declared. */
export function createTables(dialect: KitDialect): string[] {
  return Object.entries(TABLES).map(([name, table]) => {
    const columns = Object.entries<KitColumn>(table.columns).map(([property, column]) => {
      const primary = property === 'id'
      const constraint = primary ? ' primary key' : column.unique || property === 'clerkId' ? ' unique' : ''
      const required = column.notNull && !(primary && column.kind === 'serial') ? ' not null' : ''
      const initial = column.default === undefined ? '' : ` default ${literal(column.default)}`
      return `${dialect.quote(columnName(property))} ${dialect.columnType(column)}${required}${initial}${constraint}`
    })
    return `create table ${dialect.quote(name)} (${columns.join(', ')})`
  })
}

/** In the database, columns are called otherwise than in the schema, so that a mix-up shows. */
export function columnName(property: string): string {
  return property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

export function selectRaw(dialect: KitDialect, table: TableName, parameters: string): string {
  const { key, columns } = TABLES[table]
  const list = Object.entries<KitColumn>(columns).map(
    ([property, column]) =>
      `${dialect.rawColumn(dialect.quote(columnName(property)), column)} as ${dialect.quote(property)}`,
  )
  return `select ${list.join(', ')} from ${dialect.quote(table)} where ${dialect.quote(columnName(key))} in (${parameters})`
}

/** An insert of raw values; JSON goes as text. */
export function insertRaw(
  dialect: KitDialect,
  table: TableName,
  row: Readonly<Record<string, unknown>>,
  parameter: (n: number) => string,
): { sql: string; values: unknown[] } {
  const columns: Readonly<Record<string, KitColumn>> = TABLES[table].columns
  const names = Object.keys(row).map((property) => dialect.quote(columnName(property)))
  const values = Object.entries(row).map(([property, value]) =>
    columns[property]?.kind === 'json' && value !== null ? JSON.stringify(value) : value,
  )
  const parameters = values.map((_, index) => parameter(index + 1)).join(', ')
  return { sql: `insert into ${dialect.quote(table)} (${names.join(', ')}) values (${parameters})`, values }
}

export const postgres: KitDialect = {
  quote: (name) => `"${name}"`,
  columnType: ({ kind }) =>
    ({
      key: 'text',
      text: 'text',
      json: 'jsonb',
      date: 'timestamptz(3)',
      boolean: 'boolean',
      integer: 'integer',
      serial: 'serial',
    })[kind],
  rawColumn: (name, { kind }) => (kind === 'json' ? `${name}::text` : name),
}

export const mysql: KitDialect = {
  quote: (name) => `\`${name}\``,
  columnType: ({ kind }) =>
    ({
      key: 'varchar(255) character set ascii collate ascii_bin',
      text: 'varchar(255) character set utf8mb4',
      json: 'json',
      date: 'datetime(3)',
      boolean: 'boolean',
      integer: 'int',
      serial: 'bigint auto_increment',
    })[kind],
  rawColumn: (name, { kind }) => (kind === 'json' ? `cast(${name} as char)` : name),
}

export const sqlite: KitDialect = {
  quote: (name) => `"${name}"`,
  columnType: ({ kind }) =>
    ({
      key: 'text',
      text: 'text',
      json: 'text',
      date: 'integer',
      boolean: 'integer',
      integer: 'integer',
      serial: 'integer',
    })[kind],
  rawColumn: (name) => name,
}

import {
  type Column,
  type DatabaseName,
  hasVersionsBeside,
  type Imports,
  importLines,
  isSynced,
  type Kind,
  snakeCase,
  type Table,
  type TableOptions,
} from './table.ts'

interface Dialect {
  readonly core: string
  readonly entry: string
  readonly table: string
  /** How a column of a kind is made, and with which options. */
  readonly columns: { readonly [K in Kind]: readonly [make: string, options?: string] }
}

const DIALECTS: { readonly [D in DatabaseName]: Dialect } = {
  postgres: {
    core: 'pg-core',
    entry: 'pg',
    table: 'pgTable',
    columns: {
      clerkId: ['clerkId'],
      text: ['text'],
      longText: ['text'],
      list: ['jsonb'],
      date: ['timestamp', '{ withTimezone: true, precision: 3 }'],
      amount: ['bigint', "{ mode: 'number' }"],
      number: ['integer'],
      serial: ['serial'],
    },
  },
  mysql: {
    core: 'mysql-core',
    entry: 'mysql',
    table: 'mysqlTable',
    columns: {
      clerkId: ['clerkId'],
      text: ['varchar', '{ length: 255 }'],
      longText: ['text'],
      list: ['json'],
      date: ['datetime', '{ fsp: 3 }'],
      amount: ['bigint', "{ mode: 'number' }"],
      number: ['int'],
      serial: ['int'],
    },
  },
  sqlite: {
    core: 'sqlite-core',
    entry: 'sqlite',
    table: 'sqliteTable',
    columns: {
      clerkId: ['clerkId'],
      text: ['text'],
      longText: ['text'],
      list: ['text', "{ mode: 'json' }"],
      date: ['integer', "{ mode: 'timestamp_ms' }"],
      amount: ['integer'],
      number: ['integer'],
      serial: ['integer'],
    },
  },
}

/** The tables of a Drizzle schema, and what they import. */
export function drizzleTables(
  tables: readonly Table[],
  database: DatabaseName,
  { ledger }: TableOptions = {},
): { imports: string; body: string } {
  const { core, entry, table: make, columns } = DIALECTS[database]
  const types = tables.flatMap((table) => table.columns.map(({ kind }) => columns[kind][0]))
  const ours = [
    ...(types.includes('clerkId') ? ['clerkId'] : []),
    ...(tables.some(({ versions }) => versions === 'row') ? ['syncColumns'] : []),
    ...(hasVersionsBeside(tables) ? ['clerkVersionsTable'] : []),
    ...(ledger ? ['clerkEventsTable'] : []),
  ]
  const imports: Imports = {
    [`@clerk-sync/adapter-drizzle/${entry}`]: ours,
    [`drizzle-orm/${core}`]: [
      ...(tables.length > 0 ? [make] : []),
      ...types.filter((type) => type !== 'clerkId'),
      ...(tables.some(({ indexes = [] }) => indexes.length > 0) ? ['index'] : []),
      ...(tables.some(({ unique = [] }) => unique.length > 0) ? ['unique'] : []),
    ],
  }
  const own = [
    ...(hasVersionsBeside(tables) ? ['export const versions = clerkVersionsTable()\n'] : []),
    ...(ledger ? ['/** The messages whose hook has run. */\nexport const events = clerkEventsTable()\n'] : []),
  ]
  return {
    imports: importLines(imports),
    body: [...tables.map((table) => tableText(table, database)), ...own].join('\n'),
  }
}

/** What `drizzleAdapter` is given. */
export function drizzleClerkTables(tables: readonly Table[], { ledger }: TableOptions = {}): string {
  const own = [...(hasVersionsBeside(tables) ? ['versions'] : []), ...(ledger ? ['events'] : [])]
  return `{ ${[...tables.filter(isSynced).map(({ name }) => name), ...own].join(', ')} }`
}

function tableText({ name, versions, columns, unique = [], indexes = [] }: Table, database: DatabaseName): string {
  const sync = versions === 'row' ? ['...syncColumns(),'] : []
  const lines = [...columns.map((column) => columnText(column, database)), ...sync]
  const head = `export const ${name} = ${DIALECTS[database].table}(`
  const sqlName = snakeCase(name)
  const on = (of: readonly string[]) => of.map((column) => `table.${column}`).join(', ')
  const extras = [
    ...unique.map((of) => `unique().on(${on(of)})`),
    ...indexes.map((of) => `index('${[sqlName, ...of.map(snakeCase), 'idx'].join('_')}').on(${on(of)})`),
  ]
  const indented = (indent: string) => lines.map((line) => `${indent}${line}\n`).join('')
  if (extras.length === 0) {
    const line = `${head}'${sqlName}', { ${lines.join(' ').replace(/,$/, '')} })`
    const isShort = line.length <= 116 && !columns.some(({ comment }) => comment)
    return `${isShort ? line : `${head}'${sqlName}', {\n${indented('  ')}})`}\n`
  }
  const list = extras.length === 1 ? `[${extras}]` : `[\n${extras.map((one) => `    ${one},\n`).join('')}  ]`
  return `${head}\n  '${sqlName}',\n  {\n${indented('    ')}  },\n  (table) => ${list},\n)\n`
}

function columnText(column: Column, database: DatabaseName): string {
  const { name, kind, primary, required, references, comment } = column
  const [make, options] = DIALECTS[database].columns[kind]
  const given = [...(snakeCase(name) === name ? [] : [`'${snakeCase(name)}'`]), ...(options ? [options] : [])]
  const chain = [
    `${make}(${given.join(', ')})`,
    kind === 'list' && '$type<string[]>()',
    kind === 'serial' && database === 'mysql' && 'autoincrement()',
    primary && 'primaryKey()',
    required && 'notNull()',
    references && `references(() => ${references.table}.id, { onDelete: '${references.onDelete}' })`,
  ]
  return `${name}: ${chain.filter(Boolean).join('.')},${comment ? ` // ${comment}` : ''}`
}

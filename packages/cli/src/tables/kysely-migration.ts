import type { KyselyText } from './kysely.ts'
import {
  type Column,
  type DatabaseName,
  hasVersionsBeside,
  type Imports,
  type Kind,
  type Lacking,
  snakeCase,
  type Table,
  type TableOptions,
} from './table.ts'

/** What a migration calls them; a Clerk id is the helper's. */
const COLUMNS: { readonly [D in DatabaseName]: { readonly [K in Exclude<Kind, 'clerkId'>]: string } } = {
  postgres: {
    text: 'text',
    longText: 'text',
    list: 'jsonb',
    date: 'timestamptz(3)',
    amount: 'integer',
    number: 'integer',
    serial: 'serial',
  },
  mysql: {
    text: 'varchar(255)',
    longText: 'text',
    list: 'json',
    date: 'datetime(3)',
    amount: 'integer',
    number: 'integer',
    serial: 'integer',
  },
  sqlite: {
    text: 'text',
    longText: 'text',
    list: 'text',
    date: 'integer',
    amount: 'integer',
    number: 'integer',
    serial: 'integer',
  },
}

/** `up` and `down` of a migration. */
export function kyselyMigration(
  tables: readonly Table[],
  database: DatabaseName,
  { ledger }: TableOptions = {},
): KyselyText {
  const own = [
    ...(hasVersionsBeside(tables) ? ['clerkVersionsMigration'] : []),
    ...(ledger ? ['clerkEventsMigration'] : []),
  ]
  const ups = [
    ...tables.map((table) => (table.lacks ? alterTable(table.name, table.lacks) : createTable(table, database))),
    ...own.map((migration) => `  await ${migration}().up(db)\n`),
  ]
  const downs = [...tables]
    .reverse()
    .map(({ name, lacks }) =>
      lacks ? restoreTable(name, lacks) : `  await db.schema.dropTable('${snakeCase(name)}').execute()\n`,
    )
  const gets = ({ lacks }: Table, what: Lacking) => !lacks || lacks.includes(what)
  const imports: Imports = {
    '@clerk-sync/adapter-kysely/migrations': [
      ...(tables.some((table) => gets(table, 'clerkId')) ? ['clerkId'] : []),
      ...(tables.some((table) => table.versions === 'row' && gets(table, 'syncColumns'))
        ? ['syncColumnsMigration']
        : []),
      ...own,
    ],
    kysely: ['type Kysely'],
  }
  const lastDown = own.map((migration) => `  await ${migration}().down(db)\n`).join('')
  const body = `export async function up(db: Kysely<unknown>): Promise<void> {
${ups.join('')}}

export async function down(db: Kysely<unknown>): Promise<void> {
${downs.join('')}${lastDown}}
`
  return { imports, body }
}

/** Rows that are there wait with NULL for their Clerk ids. */
function alterTable(name: string, lacks: readonly Lacking[]): string {
  const table = snakeCase(name)
  const key = `  await db.schema.alterTable('${table}').addColumn('clerk_id', clerkId(db)).execute()
  await db.schema.createIndex('${table}_clerk_id').on('${table}').column('clerk_id').unique().execute()
`
  const sync = `  await syncColumnsMigration('${table}').up(db)\n`
  return (lacks.includes('clerkId') ? key : '') + (lacks.includes('syncColumns') ? sync : '')
}

/** Drops what `up` added, and nothing that was there before. */
function restoreTable(name: string, lacks: readonly Lacking[]): string {
  const table = snakeCase(name)
  const sync = `  await syncColumnsMigration('${table}').down(db)\n`
  const key = `  await db.schema.dropIndex('${table}_clerk_id').on('${table}').execute()
  await db.schema.alterTable('${table}').dropColumn('clerk_id').execute()
`
  return (lacks.includes('syncColumns') ? sync : '') + (lacks.includes('clerkId') ? key : '')
}

function createTable({ name, versions, columns, unique = [], indexes = [] }: Table, database: DatabaseName): string {
  const table = snakeCase(name)
  const list = (names: readonly string[]) => `[${names.map((one) => `'${snakeCase(one)}'`).join(', ')}]`
  const named = (of: readonly string[], end: string) => `'${[table, ...of.map(snakeCase), end].join('_')}'`
  const constraints = [
    ...columns.map(({ name: column, references }) =>
      references
        ? `    .addForeignKeyConstraint(
      ${named([column], 'fk')},
      ${list([column])},
      '${snakeCase(references.table)}',
      ['id'],
      (key) => key.onDelete('${references.onDelete}'),
    )
`
        : '',
    ),
    ...unique.map((of) => `    .addUniqueConstraint(${named(of, 'key')}, ${list(of)})\n`),
  ]
  const created = indexes.map(
    (of) => `  await db.schema
    .createIndex(${named(of, 'idx')})
    .on('${table}')
    .columns(${list(of)})
    .execute()
`,
  )
  const sync = versions === 'row' ? `  await syncColumnsMigration('${table}').up(db)\n` : ''
  return `  await db.schema
    .createTable('${table}')
${columns.map((column) => addColumn(column, database)).join('')}${constraints.join('')}    .execute()
${created.join('')}${sync}`
}

function addColumn({ name, kind, primary, required }: Column, database: DatabaseName): string {
  const type = kind === 'clerkId' ? 'clerkId(db)' : `'${COLUMNS[database][kind]}'`
  const build = [
    kind === 'serial' && database !== 'postgres' && 'autoIncrement()',
    primary && 'primaryKey()',
    required && 'notNull()',
  ].filter(Boolean)
  const rest = build.length > 0 ? `, (column) => column.${build.join('.')}` : ''
  return `    .addColumn('${snakeCase(name)}', ${type}${rest})\n`
}

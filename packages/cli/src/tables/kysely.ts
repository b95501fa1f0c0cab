import {
  type Column,
  type DatabaseName,
  hasVersionsBeside,
  type Imports,
  isSynced,
  type Kind,
  type Lacking,
  property,
  snakeCase,
  type Table,
  type TableOptions,
} from './table.ts'

/** What a value is when it is read, but for the ids that the database gives. */
const TYPES: { readonly [K in Kind]: string } = {
  clerkId: 'string',
  text: 'string',
  longText: 'string',
  list: 'string[]',
  date: 'Date',
  amount: 'number',
  number: 'number',
  serial: 'number',
}
/** What SQLite has another type for: it is written as above. */
const SQLITE_TYPES: { readonly [K in Kind]?: string } = { list: 'string', date: 'number' }

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

export interface KyselyText {
  readonly imports: Imports
  readonly body: string
}

/** The tables as properties of the `Database` interface. */
export function kyselyTypes(
  tables: readonly Table[],
  database: DatabaseName,
  { ledger }: TableOptions = {},
): KyselyText {
  const time = database === 'sqlite' ? '<number>' : ''
  const type = ({ kind, primary, required }: Column) => {
    const orNull = primary || required ? '' : ' | null'
    const [written, read] = [TYPES[kind], database === 'sqlite' ? SQLITE_TYPES[kind] : undefined]
    if (kind === 'serial') return `Generated<${written}>`
    return read ? `ColumnType<${read}${orNull}, ${written}${orNull}>` : `${written}${orNull}`
  }
  const one = ({ name, versions, columns }: Table) => {
    const lines = columns.map((column) => {
      const comment = column.comment ? ` // ${column.comment}` : ''
      return `    ${snakeCase(column.name)}: ${type(column)}${comment}\n`
    })
    return `  ${snakeCase(name)}: ${versions === 'row' ? `SyncColumns${time} & ` : ''}{\n${lines.join('')}  }\n`
  }
  const isBeside = hasVersionsBeside(tables)
  const has = (kind: Kind) => tables.some(({ columns }) => columns.some((column) => column.kind === kind))
  const imports: Imports = {
    '@clerk-sync/adapter-kysely': [
      ...(tables.some(({ versions }) => versions === 'row') ? ['type SyncColumns'] : []),
      ...(isBeside ? ['type ClerkVersionsTable'] : []),
      ...(ledger ? ['type ClerkEventsTable'] : []),
    ],
    kysely: [
      ...(has('serial') ? ['type Generated'] : []),
      ...(database === 'sqlite' && (has('list') || has('date')) ? ['type ColumnType'] : []),
    ],
  }
  const own = [
    ...(isBeside ? [`  clerk_versions: ClerkVersionsTable${time}\n`] : []),
    ...(ledger ? [`  clerk_events: ClerkEventsTable${time}\n`] : []),
  ]
  return { imports, body: `export interface Database {\n${[...tables.map(one), ...own].join('')}}\n` }
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

/** What `kyselyAdapter` is given: the properties of an object, each on a line of its own. */
export function kyselyClerkTables(
  tables: readonly Table[],
  database: DatabaseName,
  { ledger }: TableOptions = {},
): readonly string[] {
  const given = tables.filter(isSynced).map(({ name, columns, key, lacks }) => {
    const filled = columns.filter(({ primary }) => !primary)
    const lists = filled.filter(({ kind }) => kind === 'list' && database === 'postgres')
    const spelled = (column: string) => `'${lacks ? column : snakeCase(column)}'`
    const names = (of: readonly Column[]) => `[${of.map((column) => spelled(column.name)).join(', ')}]`
    const properties = [
      `table: '${snakeCase(name)}'`,
      ...(key ? [`key: ${spelled(key)}`] : []),
      `columns: ${names(filled)}`,
    ]
    if (lists.length > 0) properties.push(`json: ${names(lists)}`)
    return property(name, properties)
  })
  return [
    ...given,
    ...(hasVersionsBeside(tables) ? ["versions: 'clerk_versions',"] : []),
    ...(ledger ? ["events: 'clerk_events',"] : []),
  ]
}

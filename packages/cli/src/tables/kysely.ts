import {
  type Column,
  type DatabaseName,
  hasVersionsBeside,
  type Imports,
  isSynced,
  type Kind,
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

import { ClerkSyncError } from '@clerk-sync/core'
import {
  type ColumnInfo,
  camelCase,
  type Entity,
  type OwnTable,
  type Part,
  RESERVED_COLUMNS,
  snakeCase,
} from '@clerk-sync/core/adapter'
import type { BesideTable, DialectName, KeyedTable, PartTable, SqlTable, SyncedTable } from '@clerk-sync/core/sql'
import { nameInVersions, namesOf, unquoted } from '@clerk-sync/core/sql'
import { type Kysely, sql } from 'kysely'
import { encode } from './encode.ts'
import { type ColumnOptions, optionsOf, partOptionsOf } from './table-options.ts'

/** What is used of a Kysely instance to read tables: its spelling. */
export interface Spelling {
  readonly dialect: DialectName
  /** Whether the instance turns `clerkVersion` into `clerk_version`. */
  readonly camelCase: boolean
  /** The text of a `select` of the column from the table. */
  compile(table: string, column: string): string
}

/**
 * Reads what the adapter was given for one entity. Columns go by the names that stand in the `Database` interface.
 *
 * @throws ClerkSyncError `config_invalid`
 */
export function readTable(
  entity: Entity,
  given: unknown,
  spelling: Spelling,
  hasVersions: boolean,
): SyncedTable | BesideTable {
  const { sync, ...options } = optionsOf(entity, given, { camelCase: spelling.camelCase, hasVersions })
  const { key, columns } = options
  const reserved = [key, ...(sync ? [sync.clerkVersion, sync.deletedAt] : [])]
  const { names, ...described } = describe(options, reserved, spelling)
  const keyed: KeyedTable = {
    entity,
    ...described,
    get quoted() {
      return names.quoted
    },
    properties: [...reserved, ...columns],
    key,
    computed: {},
  }
  // Neither a copy nor a value, which would ask for the names at once.
  if (sync) return Object.assign(keyed, sync)
  const beside = Object.assign(keyed, { versions: 'beside' as const })
  return Object.defineProperty(beside, 'tableName', { get: () => nameInVersionsOf(names.quoted) })
}

/**
 * Reads what the adapter was given for a table of parts.
 *
 * @throws ClerkSyncError `config_invalid`
 */
export function readPartTable(part: Part, given: unknown, spelling: Spelling): PartTable {
  const { owner, ...options } = partOptionsOf(part, given, spelling.camelCase)
  const { names, ...described } = describe(options, [options.key, owner], spelling)
  return {
    part,
    ...described,
    get quoted() {
      return names.quoted
    },
    owner,
    key: options.key,
    computed: {},
  }
}

function describe(
  { table, columns, key, defaults, json, arrays }: ColumnOptions,
  reserved: readonly string[],
  spelling: Spelling,
) {
  for (const column of columns) {
    if (!reserved.includes(column) && !RESERVED_COLUMNS.has(camelCase(column))) continue
    throw config(`${table}.${column} is a key or a sync column: take it out of columns, which lists what a map fills.`)
  }
  for (const column of [...Object.keys(defaults), ...json, ...arrays]) {
    if (!columns.includes(column)) throw config(`${table}.${column} has an option of its own and is not in columns.`)
  }
  const holds = (column: string) => (json.includes(column) ? 'json' : arrays.includes(column) ? 'arrays' : undefined)
  const names = namesOf(key, (column) => spelling.compile(table, column))
  const infoOf = (column: string): ColumnInfo => ({
    ...(Object.hasOwn(defaults, column) && {
      nullable: false,
      required: false,
      emptyValue: Reflect.get(defaults, column),
    }),
    // SQLite's JSON is text.
    ...(json.includes(column) && spelling.dialect !== 'sqlite' && { type: 'json' }),
  })
  return {
    names,
    name: table,
    column: names.column,
    encode: (column: string, value: unknown) => encode(spelling.dialect, `${table}.${column}`, holds(column), value),
    columns: Object.fromEntries(columns.map((column) => [column, infoOf(column)])),
  }
}

/** What the versions of a table are kept under. */
export function versionsNameOf<DB>(db: Kysely<DB>, table: string): string {
  return nameInVersionsOf(sql`${sql.table(table)}`.compile(db).sql)
}

/** With plugins and `withSchema`, a table is called differently in the database: `"crm"."user_accounts"`. */
function nameInVersionsOf(quoted: string): string {
  const name = unquoted(quoted)
  const schema = quoted.slice(1, -name.length - '"."'.length - 1)
  return nameInVersions(name, schema || undefined)
}

const USUAL: Readonly<Record<OwnTable, string>> = {
  events: 'the ledger table: clerk_events',
  deadLetters: 'the table of dead letters: clerk_dead_letters',
  versions: 'the table of versions: clerk_versions',
}

/** The columns of the library's own tables are called alike everywhere; Kysely's `CamelCasePlugin` leaves such names as they are. */
export function readOwnTable(option: OwnTable, table: unknown, spelling: Spelling): SqlTable | undefined {
  if (table === undefined) return undefined
  if (typeof table !== 'string') throw config(`${option} takes the name of ${USUAL[option]}, as a rule.`)
  const names = namesOf('id', (column) => spelling.compile(table, column))
  return {
    name: table,
    get quoted() {
      return names.quoted
    },
    column: (property) => names.column(snakeCase(property)),
    encode: (property, value) => encode(spelling.dialect, `${table}.${property}`, undefined, value),
  }
}

function config(message: string): ClerkSyncError {
  return new ClerkSyncError('config_invalid', message)
}

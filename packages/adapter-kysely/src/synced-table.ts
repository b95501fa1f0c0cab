import { ClerkSyncError } from '@clerk-sync/core'
import {
  type ColumnInfo,
  camelCase,
  checkOptions,
  type Entity,
  RESERVED_COLUMNS,
  snakeCase,
} from '@clerk-sync/core/adapter'
import { type DialectName, namesOf, type SqlTable, type SyncedTable } from '@clerk-sync/core/sql'
import { encode } from './encode.ts'

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
export function readTable(entity: Entity, given: unknown, spelling: Spelling): SyncedTable {
  const { table, columns, key, version, deletedAt, defaults, json, arrays } = optionsOf(
    entity,
    given,
    spelling.camelCase,
  )
  const reserved = [key, version, deletedAt]
  for (const column of columns) {
    if (!reserved.includes(column) && !RESERVED_COLUMNS.has(camelCase(column))) continue
    throw config(`${table}.${column} is a key or a sync column: take it out of columns, which lists what a map fills.`)
  }
  for (const column of [...Object.keys(defaults), ...json, ...arrays]) {
    if (!columns.includes(column)) throw config(`${table}.${column} has an option of its own and is not in columns.`)
  }
  const holds = (column: string) => (json.includes(column) ? 'json' : arrays.includes(column) ? 'arrays' : undefined)
  const names = namesOf(key, (column) => spelling.compile(table, column))
  return {
    entity,
    name: table,
    get quoted() {
      return names.quoted
    },
    column: names.column,
    encode: (column, value) => encode(spelling.dialect, `${table}.${column}`, holds(column), value),
    properties: [...reserved, ...columns],
    key,
    clerkVersion: version,
    deletedAt,
    columns: Object.fromEntries(
      columns.map((column): [string, ColumnInfo] => [
        column,
        Object.hasOwn(defaults, column)
          ? { nullable: false, required: false, emptyValue: Reflect.get(defaults, column) }
          : {},
      ]),
    ),
    computed: {},
  }
}

/** The columns of the ledger and of dead letters are called alike everywhere; Kysely's `CamelCasePlugin` leaves such names as they are. */
export function readOwnTable(option: 'events' | 'deadLetters', table: unknown, spelling: Spelling): SqlTable {
  if (typeof table !== 'string') {
    const usual =
      option === 'events' ? 'the ledger table: clerk_events' : 'the table of dead letters: clerk_dead_letters'
    throw config(`${option} takes the name of ${usual}, as a rule.`)
  }
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

interface TableOptions {
  readonly table: string
  readonly columns: readonly string[]
  readonly key: string
  readonly version: string
  readonly deletedAt: string
  readonly defaults: object
  readonly json: readonly string[]
  readonly arrays: readonly string[]
}

const OPTIONS = ['table', 'columns', 'key', 'version', 'deletedAt', 'defaults', 'json', 'arrays']
const ALIASES = { name: 'table', id: 'key', clerkId: 'key', clerkVersion: 'version' }

/** What the compiler checks, for those who have none. */
function optionsOf(entity: Entity, given: unknown, camelCase: boolean): TableOptions {
  const example = "{ table: 'app_user', columns: ['email', 'first_name'] }"
  if (typeof given === 'object' && given !== null) checkOptions(`The table for ${entity}`, given, OPTIONS, ALIASES)
  if (typeof given !== 'object' || given === null || !('table' in given) || !('columns' in given)) {
    throw config(`The table for ${entity} takes its name and the columns to fill, since Kysely knows none: ${example}.`)
  }
  const { table, columns } = given
  const { key, version, deletedAt, defaults = {}, json = [], arrays = [] } = given as Partial<Record<string, unknown>>
  const listsAreNames = isNames(columns) && isNames(json) && isNames(arrays)
  if (typeof table !== 'string' || !listsAreNames || typeof defaults !== 'object' || !defaults) {
    throw config(`The table for ${entity} takes a name, and lists of columns: ${example}.`)
  }
  return {
    table,
    columns,
    key: named(key, 'id'),
    version: named(version, camelCase ? 'clerkVersion' : 'clerk_version'),
    deletedAt: named(deletedAt, camelCase ? 'deletedAt' : 'deleted_at'),
    defaults,
    json,
    arrays,
  }
}

function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string')
}

function named(value: unknown, usual: string): string {
  if (value === undefined) return usual
  if (typeof value === 'string') return value
  throw config('key, version and deletedAt are names of columns.')
}

function config(message: string): ClerkSyncError {
  return new ClerkSyncError('config_invalid', message)
}

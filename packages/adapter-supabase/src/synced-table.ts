import { ClerkSyncError } from '@clerk-sync/core'
import {
  checkOptions,
  type Entity,
  type GivenTables,
  givenParts,
  givenTables,
  type Part,
  RESERVED_COLUMNS,
  snakeCase,
} from '@clerk-sync/core/adapter'
import type {
  BesideTable,
  LedgerTable,
  LettersTable,
  PartTable,
  SqlTable,
  SyncedTable,
  VersionsTable,
} from '@clerk-sync/core/sql'

type AnyTable =
  | string
  | { readonly table: string; readonly columns: readonly string[]; readonly key?: string; readonly versions?: 'row' }

interface OwnsParts {
  /** The tables of what its rows have many of; left out where there are none. */
  readonly parts?: readonly PartTable[]
}

interface AnyPartTable {
  readonly table: string
  readonly columns: readonly string[]
  readonly key?: string
  readonly owner?: string
}

/** A synced table; where its versions are beside it, with the name of their table. */
export type Table = TableInRow | TableBeside
export type TableInRow = SyncedTable & OwnsParts
export type TableBeside = BesideTable & OwnsParts & { readonly versionsName: string }

/** The tables as `supabaseAdapter` is given them. */
export type AnyTables = GivenTables<AnyTable, string, string, string, AnyPartTable>

const RESERVED: ReadonlySet<string> = new Set(Array.from(RESERVED_COLUMNS, snakeCase))
const SYNC_COLUMNS = { clerkVersion: 'clerk_version', deletedAt: 'deleted_at' } as const

/**
 * The tables to sync, the ledger, and the tables of dead letters and of versions.
 *
 * @throws ClerkSyncError `config_invalid` for what the types refuse as well.
 */
export function readTables(given: AnyTables): {
  readonly tables: readonly Table[]
  readonly partTables: readonly PartTable[]
  readonly ledger: LedgerTable | undefined
  readonly deadLetters: LettersTable | undefined
  readonly versions: VersionsTable | undefined
} {
  const entities = givenTables<AnyTable>('supabaseAdapter', given as GivenTables<AnyTable, string>, { parts: true })
  const partTables = givenParts<unknown>(given).map(([part, table]) => readPart(part, table))
  const versions = ownTable('versions', 'the table of versions', given.versions, 'versions')
  return {
    tables: entities.map(([entity, table]) => {
      const read = readTable(entity, table, versions?.name)
      return entity === 'user' && partTables.length > 0 ? { ...read, parts: partTables } : read
    }),
    partTables,
    ledger: ownTable('events', 'the ledger table', given.events),
    deadLetters: ownTable('deadLetters', 'the table of dead letters', given.deadLetters),
    versions,
  }
}

function ownTable(option: string, what: string, name: unknown, file = 'tables'): SqlTable | undefined {
  if (name === undefined) return undefined
  if (typeof name === 'string') return { ...named(name), column: (property) => quote(snakeCase(property)) }
  throw config(`${option} is the name of ${what} alone: its columns are those of sql/${file}.sql.`)
}

function readTable(entity: Entity, given: AnyTable, versionsName: string | undefined): Table {
  if (typeof given === 'object' && given !== null) checkOptions(`The table for ${entity}`, given, OPTIONS, ALIASES)
  const {
    table: name,
    columns,
    key = 'id',
    versions,
  } = typeof given === 'string' ? { table: given, columns: [] } : Object(given)
  if (typeof name !== 'string' || name === '' || !isNames(columns) || typeof key !== 'string') {
    throw config(`The table for ${entity} must be a name, or { table: '…', columns: ['email', …] }.`)
  }
  for (const column of columns) {
    if (column !== key && !RESERVED.has(column)) continue
    throw config(
      `${name}.${column} is not a column to list: the key and the sync columns are written anyway, and an id beside ` +
        `the key is your own. For a Clerk id in another column than id, say key: 'clerk_id'.`,
    )
  }
  if (versions !== undefined && versions !== 'row') {
    throw config(
      `${name}: versions is 'row', for a table with sync columns, or left out: its versions are then in the adapter's own ` +
        'table `versions`, if it was given one.',
    )
  }
  const table = {
    ...named(name),
    entity,
    key,
    columns: columnsOf(columns),
    computed: {},
  }
  const own = [key, ...columns]
  return versionsName !== undefined && versions === undefined
    ? { ...table, properties: own, versions: 'beside', versionsName }
    : { ...table, ...SYNC_COLUMNS, properties: [...own, ...Object.values(SYNC_COLUMNS)] }
}

const OPTIONS = ['table', 'columns', 'key', 'versions']
const ALIASES = { name: 'table', id: 'key' }

function readPart(part: Part, given: unknown): PartTable {
  if (typeof given === 'object' && given !== null)
    checkOptions(`The table for ${part}`, given, PART_OPTIONS, PART_ALIASES)
  const { table: name, columns, key = 'id', owner = 'user_id' } = Object(given)
  if (!isNames([name, key, owner]) || name === '' || !isNames(columns)) {
    throw config(
      `The table for ${part} must be { table: '…', columns: ['verified', …] }, key and owner names of columns.`,
    )
  }
  for (const column of columns) {
    if (column !== key && column !== owner && !RESERVED.has(column)) continue
    throw config(
      `${name}.${column} is of the key, or a sync column: take it out of columns, which lists what a map fills.`,
    )
  }
  return { ...named(name), part, key, owner, columns: columnsOf(columns), computed: {} }
}

const PART_OPTIONS = ['table', 'columns', 'key', 'owner']
const PART_ALIASES = { ...ALIASES, userId: 'owner', user_id: 'owner' }

/** Whether they take NULL and have a default, only the database knows. */
function columnsOf(names: readonly string[]) {
  return Object.fromEntries(names.map((name) => [name, {}]))
}

function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string')
}

function named(name: string): SqlTable {
  return { name, quoted: quote(name), column: quote, encode: (_, value) => value }
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

function config(message: string): ClerkSyncError {
  return new ClerkSyncError('config_invalid', message)
}

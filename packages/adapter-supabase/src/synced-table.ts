import { ClerkSyncError } from '@clerk-sync/core'
import {
  checkOptions,
  type Entity,
  type GivenTables,
  givenTables,
  RESERVED_COLUMNS,
  snakeCase,
} from '@clerk-sync/core/adapter'
import type { BesideTable, LedgerTable, LettersTable, SqlTable, SyncedTable, VersionsTable } from '@clerk-sync/core/sql'

type AnyTable =
  | string
  | { readonly table: string; readonly columns: readonly string[]; readonly key?: string; readonly versions?: 'row' }

/** A synced table; where its versions are beside it, with the name of their table. */
export type Table = SyncedTable | TableBeside
export type TableBeside = BesideTable & { readonly versionsName: string }

/** The tables as `supabaseAdapter` is given them. */
export type AnyTables = GivenTables<AnyTable, string>

const RESERVED: ReadonlySet<string> = new Set(Array.from(RESERVED_COLUMNS, snakeCase))
const SYNC_COLUMNS = { clerkVersion: 'clerk_version', deletedAt: 'deleted_at' } as const

/**
 * The tables to sync, the ledger, and the tables of dead letters and of versions.
 *
 * @throws ClerkSyncError `config_invalid` for what the types refuse as well.
 */
export function readTables(given: AnyTables): {
  readonly tables: readonly Table[]
  readonly ledger: LedgerTable | undefined
  readonly deadLetters: LettersTable | undefined
  readonly versions: VersionsTable | undefined
} {
  const entities = givenTables<AnyTable>('supabaseAdapter', given)
  const versions = ownTable('versions', 'the table of versions', given.versions, 'versions')
  return {
    tables: entities.map(([entity, table]) => readTable(entity, table, versions?.name)),
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
    // Whether they take NULL and have a default, only the database knows.
    columns: Object.fromEntries(columns.map((column) => [column, {}])),
    computed: {},
  }
  const own = [key, ...columns]
  return versionsName !== undefined && versions === undefined
    ? { ...table, properties: own, versions: 'beside', versionsName }
    : { ...table, ...SYNC_COLUMNS, properties: [...own, ...Object.values(SYNC_COLUMNS)] }
}

const OPTIONS = ['table', 'columns', 'key', 'versions']
const ALIASES = { name: 'table', id: 'key' }

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

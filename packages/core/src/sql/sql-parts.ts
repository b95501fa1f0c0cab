import type { Fault } from '../port/database-fault.ts'
import type { Trouble } from '../port/database-trouble.ts'
import type { Refusal } from '../port/refusal.ts'
import type { Problem } from '../port/sync-adapter.ts'
import type { Dialect } from './dialects/dialect.ts'
import type { LettersTable } from './letters.ts'
import type { FoundRows } from './runner.ts'
import type { BesideTable, KeyedTable, LedgerTable, PartTable, SyncedTable, VersionsTable } from './table.ts'

/** What an adapter for an SQL database is made of, beside its driver. */
export interface SqlParts<Tx = unknown> {
  /** For messages and test titles: `drizzle:postgres`. */
  readonly name: string
  readonly dialect: Dialect
  readonly tables: readonly (SyncedTable | BesideTable)[]
  /** The tables of what the users in them have many of. */
  readonly partTables?: readonly PartTable[]
  /** The table of versions, which tables without sync columns need. */
  readonly versions?: VersionsTable | undefined
  /** The table of the ledger, which hooks need. */
  readonly ledger: LedgerTable | undefined
  /** The table of dead letters, which is optional. */
  readonly deadLetters?: LettersTable | undefined
  /** What errors of the driver mean that carry no code of the database. */
  readonly faultOf?: (error: unknown) => Fault | undefined
  /** The constraint or column that an error names, where the driver's own is not found through `cause`. */
  readonly refusalOf?: (error: unknown) => Refusal | undefined
  /** What the adapter knows at set-up, of its driver say, for `check`. */
  readonly problems?: readonly Problem[]
  /**
   * Whether deliveries that come at the same time are stored together: for a driver that the testkit's suite has passed with
   * it, on a dialect and a server that have a statement for it. Default: false.
   */
  readonly batching?: boolean
  /** What keeps the database from its work, where the driver's own error is not found through `cause`. */
  readonly troubleOf?: (error: unknown) => Trouble | undefined
  /**
   * The rows with this value in the table's key, as the application's own query gives them, with its properties: in the
   * transaction, where there is one.
   */
  readonly find: (table: KeyedTable, key: string, tx?: Tx) => FoundRows
  /** The same of many rows, also of a table of parts, outside of a transaction. */
  readonly select: (table: KeyedTable | PartTable, rows: SelectedRows) => FoundRows
}

/** Those with one of these values in a column, or the next ones with a key above this one, in its order. */
export type SelectedRows =
  | { readonly column: string; readonly values: readonly unknown[]; readonly after?: never }
  | { readonly after: string; readonly limit: number; readonly values?: never }

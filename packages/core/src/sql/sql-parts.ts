import type { Fault } from '../port/database-fault.ts'
import type { Trouble } from '../port/database-trouble.ts'
import type { Refusal } from '../port/refusal.ts'
import type { Problem, ScanRange } from '../port/sync-adapter.ts'
import type { Dialect } from './dialects/dialect.ts'
import type { LettersTable } from './letters.ts'
import type { FoundRows } from './runner.ts'
import type { BesideTable, KeyedTable, LedgerTable, SyncedTable, VersionsTable } from './table.ts'

/** What an adapter for an SQL database is made of, beside its driver. */
export interface SqlParts<Tx = unknown> {
  /** For messages and test titles: `drizzle:postgres`. */
  readonly name: string
  readonly dialect: Dialect
  readonly tables: readonly (SyncedTable | BesideTable)[]
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
  /** What keeps the database from its work, where the driver's own error is not found through `cause`. */
  readonly troubleOf?: (error: unknown) => Trouble | undefined
  /**
   * The rows with this value in the table's key, as the application's own query gives them, with its properties: in the
   * transaction, where there is one.
   */
  readonly find: (table: KeyedTable, key: string, tx?: Tx) => FoundRows
  /** The same of many rows: those with these keys, or the next ones, in the order of the table's key. */
  readonly select: (table: KeyedTable, range: ScanRange) => FoundRows
  /** The same of the rows that have one of these values in another column; left out where tables have none. */
  readonly selectBy?: (table: KeyedTable, column: string, values: readonly unknown[]) => FoundRows
}

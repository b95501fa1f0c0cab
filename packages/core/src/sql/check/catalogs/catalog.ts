import type { Problem } from '../../../port/sync-adapter.ts'
import type { Program } from '../../program.ts'
import type { ColumnFacts, TableFacts } from '../table-facts.ts'
import type { ForeignKeys } from './foreign-keys.ts'

/** What is asked of a database's catalog: by `check`, and where a foreign key refuses a write. It is loaded then. */
export interface Catalog {
  /** What the catalog says of a table, by its quoted name. */
  facts(table: string): Program<TableFacts>
  /** An expression as a value of a column, with its type and collation. */
  typed(value: string, column: ColumnFacts): string
  /** Whether a `char(n)` is given back filled up with blanks. */
  readonly padsChars: boolean
  readonly foreignKeys: ForeignKeys
  /** What is wrong with the server itself. */
  settings?(): Program<readonly Problem[]>
}

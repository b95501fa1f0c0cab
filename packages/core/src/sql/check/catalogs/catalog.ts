import type { Problem } from '../../../port/sync-adapter.ts'
import type { Program } from '../../program.ts'
import type { ColumnFacts, TableFacts } from '../table-facts.ts'

/** What `check` asks a database, and nothing else: it is loaded when `check` is called. */
export interface Catalog {
  /** What the catalog says of a table, by its quoted name. */
  facts(table: string): Program<TableFacts>
  /** An expression as a value of a column, with its type and collation. */
  typed(value: string, column: ColumnFacts): string
  /** Whether a `char(n)` is given back filled up with blanks. */
  readonly padsChars: boolean
  /** What is wrong with the server itself. */
  settings?(): Program<readonly Problem[]>
}

/** What a database says of a table. Names are as the database has them. What an adapter cannot learn is left out. */
export interface TableFacts {
  readonly columns: ReadonlyMap<string, ColumnFacts>
  /** Each unique index that covers every row. */
  readonly uniques: readonly UniqueFacts[]
  /** Unique indexes of some rows, or of expressions. */
  readonly partialUniques?: readonly PartialUniqueFacts[]
  readonly primaryKey: readonly string[]
  /** Columns with a foreign key. */
  readonly references: readonly string[]
  readonly checks: readonly CheckFacts[]
  /** What it is, where it is no table: `view`. */
  readonly otherKind?: string
  /** The engine behind it, where that has no transactions: `MyISAM`. */
  readonly engineWithoutTransactions?: string
  /** Those that run before or after a row is inserted or updated. */
  readonly triggers?: readonly string[]
  /** Where row-level security holds for the role that asks. */
  readonly rowSecurity?: RowSecurityFacts
}

export interface UniqueFacts {
  readonly columns: readonly string[]
  /** Whether two rows with NULL are the same to it. */
  readonly nullsNotDistinct?: boolean
}

export interface PartialUniqueFacts {
  readonly name: string
  /** Its plain columns. */
  readonly columns: readonly string[]
}

/** A CHECK constraint: the expression that must not be false. */
export interface CheckFacts {
  readonly name: string
  readonly expression: string
}

export interface RowSecurityFacts {
  readonly role: string
  readonly policies: readonly PolicyFacts[]
}

/** A policy that is for the role that asks. */
export interface PolicyFacts {
  readonly name: string
  readonly commands: readonly Command[]
  readonly permissive: boolean
  /** Whether it lets every row pass. */
  readonly always: boolean
}

/** What is done to a table: writes read the row as well, and dead letters are deleted. */
export type Command = 'select' | 'insert' | 'update' | 'delete'

export interface ColumnFacts {
  readonly notNull: boolean
  readonly defaultValue: string | null
  /** As in a `create table`. */
  readonly type?: string
  /** Whether it takes text, where the type's name does not say so. */
  readonly takesText?: boolean
  /** How many characters it holds, where the catalog says so. */
  readonly length?: number
  /** Of a time: how many digits of a second it keeps, where the catalog says so. */
  readonly fractionDigits?: number
  /** Whether a write would take texts that differ in case for the same key. */
  readonly ignoresCase: boolean
  /** How its texts are compared, where columns that differ in it are joined without an index. */
  readonly collation?: string
  /** What an insert that leaves it out puts there, as an expression that may be asked for; undefined for NULL. */
  readonly filledBy?: Expression
  /** The expression that the database computes it with. */
  readonly generatedAs?: string
  /** What the role that asks may not do with it. */
  readonly denied?: readonly Command[]
}

/** A piece of SQL and its parameters. */
export interface Expression {
  readonly sql: string
  readonly params: readonly unknown[]
}

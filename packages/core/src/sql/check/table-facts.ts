/** What a database says of a table. Names are as the database has them. What an adapter cannot learn is left out. */
export interface TableFacts {
  readonly columns: ReadonlyMap<string, ColumnFacts>
  /** Each unique index that covers every row. */
  readonly uniques: readonly UniqueFacts[]
  /** Unique indexes of some rows, or of expressions. */
  readonly partialUniques?: readonly PartialUniqueFacts[]
  readonly primaryKey: readonly string[]
  /** The columns that an index of every row begins with. */
  readonly leading?: readonly string[]
  /** Columns with a foreign key. */
  readonly references: readonly string[]
  readonly checks: readonly CheckFacts[]
  /** What it is, where it is no table: `view`. */
  readonly otherKind?: string
  /** The engine behind it, where that has no transactions: `MyISAM`. */
  readonly engineWithoutTransactions?: string
  /** Those that run before or after a row is inserted or updated. */
  readonly triggers: readonly string[]
  /** Rules that rewrite an insert or update of it into other statements. */
  readonly rules?: readonly string[]
  /** Where row-level security holds for the role that asks. */
  readonly rowSecurity?: RowSecurityFacts
}

export interface UniqueFacts {
  readonly columns: readonly string[]
  /** Whether two rows with NULL are the same to it. */
  readonly nullsNotDistinct?: boolean
  /** Whether it may be looked at as late as the commit: no statement can rely on it. */
  readonly deferrable?: boolean
}

export interface PartialUniqueFacts {
  readonly name: string
  /** Its plain columns. */
  readonly columns: readonly string[]
  /** Whether it is an exclusion constraint: not of equal rows alone. */
  readonly excludes?: boolean
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
  /** What a row must be to be seen or changed, and to be written. */
  readonly using?: string
  readonly withCheck?: string
  /** Whether it passes a row, and not the same row once it is deleted. */
  readonly refusesDeleted?: boolean
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
  /** The values of an enum. */
  readonly labels?: readonly string[]
  /** Of SQLite: what is made of a value, whatever its kind, and the type as it was declared. */
  readonly affinity?: 'text' | 'number' | 'any'
  readonly declared?: string
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

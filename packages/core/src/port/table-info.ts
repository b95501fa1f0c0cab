/** Column values by the name that the ORM's schema gives the column. `undefined` is not written. */
export type Values = Readonly<Record<string, unknown>>

/** What a schema object says about one column. Leave out what the ORM does not know at run time. */
export interface ColumnInfo {
  /** Whether the column takes NULL. */
  readonly nullable?: boolean
  /** Whether an insert must give a value: not nullable, no default. */
  readonly required?: boolean
  /** What a column that is not nullable holds when it is erased: its own constant default. */
  readonly emptyValue?: unknown
  /** Whether the database alone fills it: no map does, and one that names it is an error. */
  readonly generated?: boolean
  /**
   * What the column takes. What a map returns is made to fit, or refused with the column's name: text takes what has
   * digits or is JSON as text. Default: whatever the driver takes.
   */
  readonly takes?: 'text' | 'number' | 'boolean' | 'date' | 'json' | 'list' | 'bytes'
  /** Its type as in a `create table`, which `check()` compares with the database's: `varchar(320)`. */
  readonly type?: string
  /** The values that it may have, where it is an enum. */
  readonly labels?: readonly string[]
  /**
   * The field of the record that fills the column when there is no map. Default: the field of the column's own name,
   * or of its camelCase spelling, so that `first_name` is filled from `firstName`.
   */
  readonly field?: string
  /**
   * Why the column cannot hold a Clerk id, as `unfitForIds()` says it: refused at set-up where a map puts one there.
   */
  readonly unfitForIds?: string
}

/** A synced table, as an adapter describes it when it is made, without touching the database. */
export interface TableInfo {
  /** The table's name, for messages. */
  readonly name: string
  /** Every column that a map may fill: neither the key nor a sync column. */
  readonly columns: Readonly<Record<string, ColumnInfo>>
  /**
   * Where the versions of its rows are: in columns of the table (default), or beside it, in a table of the library's own.
   * Deletes of a table with its versions beside can have the mode `remove`, those of the others never.
   */
  readonly versions?: 'row' | 'beside'
}

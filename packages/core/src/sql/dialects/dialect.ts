import type { Fault } from '../../port/database-fault.ts'
import type { Change } from '../../port/sync-adapter.ts'
import type { BesideDialect, BesideStatements } from '../beside/beside.ts'
import type { Catalog } from '../check/catalogs/catalog.ts'
import type { KnownOutcomes, Upserts } from '../columns/columns.ts'
import type { RunsDeferred } from '../deferred-triggers.ts'
import type { GuardedWrite } from '../guarded-write.ts'
import { unquoted } from '../names.ts'
import type { PartDialect } from '../parts/part-dialect.ts'
import type { Program, Statement } from '../program.ts'
import type { KeyedTable, SyncedTable } from '../table.ts'
import type { Written } from '../written.ts'

/** MariaDB is `mysql`. */
export type DialectName = 'postgres' | 'mysql' | 'sqlite'

/** The statements of a change, made for its table. */
export interface ChangeStatements {
  readonly table: SyncedTable
  /** The guarded write. */
  one(change: Change): Statement
  /** What it is made of; of each column of a new row, its parameters. */
  guarded(change: Change): { readonly write: GuardedWrite; readonly params: readonly (readonly unknown[])[] }
  /** Finds the row of a change, and whether it holds the change or a newer one. */
  look(change: Change, lock?: string): Statement
}

/** The statements of changes that write the same columns. */
export interface ColumnStatements {
  readonly table: KeyedTable
  asRows(changes: Upserts): {
    readonly write: GuardedWrite
    readonly rows: readonly Readonly<Record<string, unknown>>[]
    statement(sql: string, params: readonly unknown[]): Statement
  }
  /** One statement of a parameter for each value. */
  many(changes: Upserts): Statement
  /**
   * Key and version of those keys that have a row.
   *
   * @param more - what to select of each row as well, with its comma
   */
  versions(keys: readonly string[], more?: string): Statement
}

/** How a database writes many rows, each under its guard, in one statement that has one parameter for each column. */
export interface ColumnDialect {
  /** @param waits - for rows that are locked; otherwise it leaves them out, and fails where it would have to wait all the same */
  inRow(statements: ColumnStatements, changes: Upserts, waits: boolean): Program<KnownOutcomes | undefined>
  beside(statements: BesideStatements, changes: Upserts, waits: boolean): Program<KnownOutcomes | undefined>
}

/**
 * How a database writes those of many rows that nobody has locked, without waiting while it has locked others. Loaded when
 * there are many; undefined comes back where the server cannot.
 */
export interface UnlockedDialect {
  inRow(statements: ColumnStatements, changes: Upserts): Promise<Program<KnownOutcomes | undefined>>
  beside?(statements: BesideStatements, changes: Upserts): Promise<Program<KnownOutcomes | undefined>>
}

/** How a database spells things, and what it answers: all that the adapters know of it. */
export interface Dialect {
  /** The nth parameter of a statement, from 1. */
  parameter(n: number): string
  /** How many parameters a statement can have: what batches keep below. */
  readonly maxParameters: number
  /** Whether a column stores a date as the parameter has it: the others may round it to whole seconds. */
  readonly exactDates?: boolean
  /** Whether the drivers bind an object or an array as one value. mysql2 makes SQL text of it, SQLite's refuse it. */
  readonly bindsObjects?: boolean
  /** The text that writes `rows` rows at once. */
  writeText(write: GuardedWrite, rows: number): string
  /** Whether that text gives a row for each row it wrote. */
  readonly writeReturns: boolean
  /** Where many rows can go as one parameter a column: loaded when there are many. */
  columns?(): Promise<ColumnDialect>
  /** Left out where each row of a burst is written by itself. */
  readonly unlocked?: UnlockedDialect
  /** One guarded write, of a tombstone too, and what became of it. */
  write(statements: ChangeStatements, change: Change, faultOf: (error: unknown) => Fault | undefined): Program<Written>
  /** The same where the versions are beside the table, loaded where one is: who has none does without. */
  beside(): Promise<BesideDialect>
  /** How it writes what an entity has many of, loaded where there is a table for it. */
  parts(): Promise<PartDialect>
  /** What a look asks of its session as well, where that may not commit by itself. */
  readonly session?: string
  /** What follows the select of a row that is to stay as it is until the transaction ends; empty where a transaction has the whole database. */
  readonly lockRow: string
  /**
   * How a delete passes over rows that another transaction has locked: by a statement of its own before it, within it, or
   * not at all, where a transaction has the whole database.
   */
  readonly skipLocked: 'before' | 'within' | 'never'
  /** What follows an insert that must not fail for an id that is there, and returns none; empty where it fails as a `unique_conflict`. */
  skipExisting(id: string): string
  /** Where triggers can be deferred until the commit: what an insert returns as well to know whether any may be, and what runs them at once. */
  readonly deferred?: RunsDeferred & { mayBe(table: string): string }
  /** How the values of a column of any type are compared with texts. */
  readonly texts: Texts
  /** What `check` asks, loaded when it is called: a route that takes deliveries does without. */
  catalog(): Promise<Catalog>
  /** The statement that makes columns unique among the rows that are not deleted. */
  uniqueAmongLive(table: string, columns: readonly string[], deletedAt: string): string
}

export interface Texts {
  /** A column's value as text. */
  of(column: string): string
  /** Texts that hold where the value may be one of these in lower case; it may hold for others as well. */
  lowerIn(column: string, parameters: string): string
  /** Whether the bytes of the value are those of a parameter. */
  same(column: string, parameter: string): string
}

/** What PostgreSQL and SQLite share. */
export function partialUniqueIndex(table: string, columns: readonly string[], deletedAt: string): string {
  const name = `${unquoted(table)}_live_${columns.map(unquoted).join('_')}`
  return `create unique index "${name}" on ${table} (${columns.join(', ')}) where ${deletedAt} is null`
}

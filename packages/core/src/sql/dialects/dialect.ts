import type { Fault } from '../../port/database-fault.ts'
import type { Change, Problem, UpsertOutcome } from '../../port/sync-adapter.ts'
import { type TableFacts, unquoted } from '../check.ts'
import type { GuardedWrite } from '../guarded-write.ts'
import type { Program, Statement } from '../program.ts'
import type { SyncedTable } from '../table.ts'

/** A column's quoted name, and what the driver takes for its value. */
export type ColumnValue = readonly [column: string, value: unknown]

/** MariaDB is `mysql`. */
export type DialectName = 'postgres' | 'mysql' | 'sqlite'

/** The statements of a change, made for its table. */
export interface ChangeStatements {
  readonly table: SyncedTable
  /** The guarded write. */
  one(change: Change): Statement
  /** Finds the row of a change, and whether it holds the change or a newer one. */
  look(change: Change, lock?: string): Statement
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
  /** One guarded write, of a tombstone too, and what it found: no row, an older one, or one that stays. */
  write(
    statements: ChangeStatements,
    change: Change,
    faultOf: (error: unknown) => Fault | undefined,
  ): Program<UpsertOutcome>
  /** What follows an insert that must not fail for an id that is there, and returns none; empty where it fails as a `unique_conflict`. */
  skipExisting(id: string): string
  /** What the catalog says of a table, by its quoted name. */
  facts(table: string): Program<TableFacts>
  /** The FROM item of one row of a table, with these columns, its parameters, and NULL in all other columns. */
  rowSource(
    table: string,
    columns: readonly ColumnValue[],
  ): { readonly sql: string; readonly params: readonly unknown[] }
  /** The statement that makes columns unique among the rows that are not deleted. */
  uniqueAmongLive(table: string, columns: readonly string[], deletedAt: string): string
  /** What is wrong with the server itself. */
  settings?(): Program<readonly Problem[]>
}

/** Where columns need no types: one row of untyped parameters. */
export function selectedRow(columns: readonly ColumnValue[]): { sql: string; params: readonly unknown[] } {
  const selected = columns.map(([column]) => `? as ${column}`)
  return { sql: `(select ${selected.join(', ')}) as t`, params: columns.map(([, value]) => value) }
}

/** What PostgreSQL and SQLite share. */
export function partialUniqueIndex(table: string, columns: readonly string[], deletedAt: string): string {
  const name = `${unquoted(table)}_live_${columns.map(unquoted).join('_')}`
  return `create unique index "${name}" on ${table} (${columns.join(', ')}) where ${deletedAt} is null`
}

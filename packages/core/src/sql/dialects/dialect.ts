import type { Change, Problem } from '../../port/sync-adapter.ts'
import type { TableFacts } from '../check.ts'
import type { Program, Statement } from '../program.ts'
import type { SyncedTable } from '../table.ts'

/** A guarded write, by quoted names: what a dialect makes a statement of. */
export interface GuardedWrite {
  readonly table: string
  readonly key: string
  /** The columns of a new row, in the order of the parameters. */
  readonly insert: readonly string[]
  /** The columns to set in a row that is there; the guard is the last of them. */
  readonly update: readonly string[]
  /** Written only while the row's value in this column is smaller, or NULL. */
  readonly guard: string
  /** The column of the version, which is the guard but for a tombstone that keeps its values. */
  readonly version: string
}

/** What a guarded write found: no row, an older one, or one that stays. */
export type Written = 'created' | 'updated' | 'unchanged'

/** The statements of a change, made for its table. */
export interface ChangeStatements {
  readonly table: SyncedTable
  one(change: Change): Statement
  /** Key and version of those keys that have a row. */
  versions(keys: readonly string[]): Statement
  /** Finds the row of a change whose guard keeps the change from it. */
  held(change: Change, lock?: string): Statement
}

/** How a database spells things, and what it answers: all that the adapters know of it. */
export interface Dialect {
  /** The nth parameter of a statement, from 1. */
  parameter(n: number): string
  /** How many parameters a statement can have: what batches keep below. */
  readonly maxParameters: number
  /** How many characters the column of the version must hold, where that is more than a version has. */
  readonly versionLength?: number
  /** The text that writes `rows` rows at once. */
  writeText(write: GuardedWrite, rows: number): string
  /** Whether that text gives a row for each row it wrote. */
  readonly writeReturns: boolean
  /** One guarded write, and what became of it. */
  write(statements: ChangeStatements, change: Change): Program<Written>
  /** What follows an insert that must not fail for an id that is there, and returns none; empty where it fails. */
  skipExisting(id: string): string
  /** Whether an error of such an insert says that the key was there. */
  claimed(error: unknown): boolean
  /** What the catalog says of a table, by its quoted name. */
  facts(table: string): Program<TableFacts>
  /** What is wrong with the server itself. */
  settings?(): Program<readonly Problem[]>
}

/** `(?, ?), (?, ?)` */
export function tuples(columns: number, rows: number, parameter: Dialect['parameter']): string {
  const tuple = (row: number) =>
    `(${Array.from({ length: columns }, (_, column) => parameter(row * columns + column + 1)).join(', ')})`
  return Array.from({ length: rows }, (_, row) => tuple(row)).join(', ')
}

/** A tombstone that keeps its values is guarded by a column that is NULL at first. */
export function smaller(stored: string, incoming: string): string {
  return `(${stored} is null or ${stored} < ${incoming})`
}

/** What PostgreSQL and SQLite share. */
export function conflictWrite(write: GuardedWrite, rows: number, parameter: Dialect['parameter']): string {
  const { table, key, insert, update, guard } = write
  const set = update.map((column) => `${column} = excluded.${column}`)
  return (
    `insert into ${table} as t (${insert.join(', ')}) values ${tuples(insert.length, rows, parameter)} ` +
    `on conflict (${key}) do update set ${set.join(', ')} where ${smaller(`t.${guard}`, `excluded.${guard}`)}`
  )
}

import type { Change, Delete, Upsert, WriteOutcome } from '../../port/sync-adapter.ts'
import { NO_VERSION } from '../../port/version.ts'
import type { DeferredTriggers } from '../deferred-triggers.ts'
import { type Program, type Row, type RunResult, type Statement, send } from '../program.ts'
import type { BesideTable, VersionsTable } from '../table.ts'
import type { StoredVersion } from '../written.ts'

/** A text while it is put together, with its parameters in the order in which they stand there. */
export interface Draft {
  /** Adds parameters, and gives what stands for the last of them. */
  parameter(...values: readonly unknown[]): string
  readonly params: readonly unknown[]
}

/** The pieces of the statements on a table and on its versions, made for them: dialects put them together. */
export interface BesideStatements {
  readonly table: BesideTable
  readonly versions: VersionsTable
  /** The key's column. */
  readonly key: string
  /** Whether a column may round a date that it stores. */
  readonly roundsDates: boolean
  /** What its versions are kept under. */
  readonly tableName: string
  /** PostgreSQL's and SQLite's guard. */
  raiseOlder(change: Change): string
  /** What follows an insert of a version that must not fail for one that is there. */
  readonly skipExisting: string
  /** Makes a statement. Where `keepName` is set, servers that prepare statements keep it. */
  statement(returnsRows: boolean, text: (draft: Draft) => string, keepName?: boolean): Statement
  /** A column of the versions. */
  version(property: 'tableName' | 'id' | 'version' | 'deletedAt'): string
  keyParameter(draft: Draft, key: string): string
  /** `table_name = ? and id = ?` */
  ownVersion(draft: Draft, key: string): string
  /** `insert into clerk_versions as v (table_name, id, version, deleted_at)`, without the alias on MySQL. */
  insertVersion(alias?: string): string
  /** `?, ?, ?, ?`, or NULL for the last of them: the types of parameters follow from the columns. */
  versionValues(draft: Draft, change: Change): string
  /** The columns of a new row. */
  insertColumns(change: RowChange): string
  /** Their values, with the parameters. */
  insertValues(draft: Draft, change: RowChange): string
  /** The columns that an update sets: what is mapped, and the key, to itself, where that is nothing. */
  updated(change: RowChange): readonly string[]
  /** What PostgreSQL and SQLite do where the row is there. */
  updateExisting(change: RowChange): string
  /** A value as the driver takes it. */
  encode(property: string, value: unknown): unknown
  /** The version beside, and whether the row is there: {@link besideOf} reads it. */
  look(key: string, proof?: (draft: Draft) => string): Statement
  /** The select of a row, by the index alone. */
  rowOf(draft: Draft, key: string): string
  /** Which of several keys have a row. */
  rowsOf(keys: readonly string[]): Statement
  /** The versions beside of several keys. */
  versionsOf(keys: readonly string[]): Statement
}

/** What a look has found of a key. */
export interface Beside {
  /** Undefined where no event has reached the key. */
  readonly version: string | undefined
  readonly deleted: boolean
  /** Whether the row is there. */
  readonly isThere: boolean
}

/** The key of a row, as every statement here returns it. A column of fixed width pads. */
export function keyOf(row: Row | undefined): string {
  return String(row?.clerk_key).trimEnd()
}

/** Reads the result of {@link BesideStatements.look}. */
export function besideOf({ rows: [row] }: RunResult, key: string): Beside {
  // A collation that ignores case finds others as well.
  const hasVersion = String(row?.clerk_id).trimEnd() === key
  return {
    version: hasVersion ? String(row?.clerk_version) : undefined,
    deleted: hasVersion && Number(row?.clerk_deleted) === 1,
    isThere: keyOf(row) === key,
  }
}

/** What is there of a key now. */
export function* lookedAt(statements: BesideStatements, key: string): Program<Beside> {
  return besideOf(yield* send(statements.look(key)), key)
}

/** What is there of several keys, of those that have a row or a version. */
export function* storedIn(
  statements: BesideStatements,
  keys: readonly string[],
): Program<ReadonlyMap<string, StoredVersion>> {
  // The row first: a version that is found afterwards may be newer than the look, and never older.
  const there = new Set((yield* send(statements.rowsOf(keys))).rows.map(keyOf))
  const stored = new Map<string, StoredVersion>()
  for (const key of there) stored.set(key, { version: NO_VERSION, deleted: false, isThere: true })
  for (const row of (yield* send(statements.versionsOf(keys))).rows) {
    const isThere = there.has(keyOf(row))
    const deleted = Number(row.clerk_deleted) === 1 || !isThere
    stored.set(keyOf(row), { version: String(row.clerk_version), deleted, isThere })
  }
  return stored
}

/** How a database writes a row and its version beside. */
export interface BesideDialect {
  /**
   * Raises the version, and holds its lock until the transaction ends. Only in a transaction, in which {@link writeRow} or
   * {@link removeRow} follows, unless it is `held`.
   */
  raise(statements: BesideStatements, change: Change, attempt: BesideAttempt): Program<Raised>
  /** Writes the row after the raise, and sees that it is there; gives whether it was inserted. */
  writeRow(statements: BesideStatements, change: RowChange, raised: Raised, attempt: BesideAttempt): Program<boolean>
  /** Removes the row after the raise, and sees that it is gone. */
  removeRow(statements: BesideStatements, change: Change, raised: Raised): Program<void>
  /**
   * All of a change, in one statement or in what is yielded together; undefined where it takes a transaction. Only the
   * database may know that: then nothing was written, and the outcome is `needs_transaction`.
   *
   * @param batches - whether there is no transaction, and batches alone are atomic
   * @param around - what goes into the batch with the row
   */
  alone(
    statements: BesideStatements,
    change: Change,
    batches: boolean,
    around?: AroundRow,
  ): Program<WriteOutcome | 'needs_transaction'> | undefined
  /** Many upserts: in a transaction, or, with `batches`, in what is yielded together. */
  many(
    statements: BesideStatements,
    changes: readonly RowChange[],
    attempt: BesideAttempt & { readonly batches: boolean },
  ): Program<void>
}

/** What a batch does after the version is raised, or will be, and before and after the row is written or removed. */
export interface AroundRow {
  readonly before: readonly Statement[]
  readonly after: readonly Statement[]
}

export const NOTHING_AROUND: AroundRow = { before: [], after: [] }

/** One transaction. */
export interface BesideAttempt {
  readonly faultOf: (error: unknown) => string | undefined
  readonly deferred: DeferredTriggers
}

/**
 * - `held`: the version was as new before
 * - `first`: there was probably none; a count says so, and triggers change counts
 * - `watched`: it was raised, and AFTER triggers may take back what is written
 */
export type Raised = 'held' | 'first' | 'raised' | 'watched'
/** A change that leaves a row: an upsert, or a delete that erases. */
export type RowChange = FilledRow | (Delete & { readonly mode: 'erase' })
/** An upsert that may fill in what a tombstone keeps. */
export type FilledRow = Upsert & { readonly staysDeleted?: boolean }
/** A removal that may leave its tombstone as it is. */
export type RowRemoval = Delete & { readonly mode: 'remove'; readonly staysDeleted?: boolean }

/** Whether `deleted_at` beside stays as it is. */
export function staysDeleted(change: Change & { readonly staysDeleted?: boolean }): boolean {
  return change.staysDeleted === true
}

export function leavesRow(change: Change): change is RowChange {
  return change.kind === 'upsert' || change.mode === 'erase'
}

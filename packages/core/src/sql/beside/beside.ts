import { ClerkSyncError } from '../../errors.ts'
import { heldOutcome, takenOutcome } from '../../port/outcomes.ts'
import type { Change, WriteOutcome } from '../../port/sync-adapter.ts'
import type { DeferredTriggers } from '../deferred-triggers.ts'
import type { Program, RunResult, Statement } from '../program.ts'
import type { BesideTable, VersionsTable } from '../table.ts'

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
  /** PostgreSQL's and SQLite's guard. */
  readonly raiseOlder: string
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
  insertColumns(change: UpsertOf): string
  /** Their values, with the parameters. */
  insertValues(draft: Draft, change: UpsertOf): string
  /** The columns that an update sets: what is mapped, and the key, to itself, where that is nothing. */
  updated(change: UpsertOf): readonly string[]
  /** What PostgreSQL and SQLite do where the row is there. */
  updateExisting(change: UpsertOf): string
  /** A value as the driver takes it. */
  encode(property: string, value: unknown): unknown
  /** The version beside, and whether the row is there: {@link besideOf} reads it. */
  look(key: string, proof?: (draft: Draft) => string): Statement
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

/** Reads the result of {@link BesideStatements.look}. */
export function besideOf({ rows: [row] }: RunResult, key: string): Beside {
  // A collation that ignores case finds others as well, and a column of fixed width pads.
  const isOwn = (value: unknown) => String(value).trimEnd() === key
  const hasVersion = isOwn(row?.clerk_id)
  return {
    version: hasVersion ? String(row?.clerk_version) : undefined,
    deleted: hasVersion && Number(row?.clerk_deleted) === 1,
    isThere: isOwn(row?.clerk_key),
  }
}

/**
 * The outcome of a change that is not newer than the version beside; undefined where it is. The version was raised with
 * its row: where that is gone, something else has deleted it since, and a duplicate does not bring it back.
 */
export function heldBeside(change: Change, { version, deleted, isThere }: Beside): WriteOutcome | undefined {
  if (version === undefined || version < change.version) return undefined
  return heldOutcome(change, version === change.version, deleted || !isThere)
}

/** The outcome of a change that took. */
export function takenBeside(change: Change, inserted: boolean): WriteOutcome {
  return takenOutcome(change, inserted, false)
}

/** A write that the database took, and that the tables do not show. Nothing of it is committed. */
export function lostBeside(
  { table, versions }: BesideStatements,
  { kind, key }: Change,
  { version, isThere }: Partial<Beside>,
  cause?: unknown,
): ClerkSyncError {
  const found =
    kind === 'delete' && isThere
      ? 'the row is still there'
      : kind === 'upsert' && !isThere
        ? 'there is no such row, or it is as old as before'
        : `its version in ${versions.name} is ${version === undefined ? 'not there' : 'as old as before'}`
  return new ClerkSyncError(
    'store_failed',
    `${table.name}: the database took the ${kind === 'delete' ? 'removal' : 'write'} of ${key} without an error, and ` +
      `${found}. A trigger, a rule or a row-level security policy of ${table.name} or ${versions.name} drops such writes, ` +
      `or changes their ${table.key}: make it leave them unchanged. What is not stored is not acknowledged: it is sent again.`,
    { cause },
  )
}

/** How a database writes a row and its version beside. */
export interface BesideDialect {
  /**
   * Raises the version, and holds its lock until the transaction ends. Only in a transaction, in which {@link writeRow} or
   * {@link removeRow} follows, unless it is `held`.
   */
  raise(statements: BesideStatements, change: Change, attempt: BesideAttempt): Program<Raised>
  /** Writes the row after the raise, and sees that it is there; gives whether it was inserted. */
  writeRow(statements: BesideStatements, change: UpsertOf, raised: Raised, attempt: BesideAttempt): Program<boolean>
  /** Removes the row after the raise, and sees that it is gone. */
  removeRow(statements: BesideStatements, change: Change, raised: Raised): Program<void>
  /**
   * All of a change, in one statement or in what is yielded together; undefined where it takes a transaction. Only the
   * database may know that: then nothing was written, and the outcome is `needs_transaction`.
   *
   * @param batches - whether there is no transaction, and batches alone are atomic
   */
  alone(
    statements: BesideStatements,
    change: Change,
    batches: boolean,
  ): Program<WriteOutcome | 'needs_transaction'> | undefined
  /** Many upserts: in a transaction, or, with `batches`, in what is yielded together. */
  many(
    statements: BesideStatements,
    changes: readonly UpsertOf[],
    attempt: BesideAttempt & { readonly batches: boolean },
  ): Program<void>
}

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
export type UpsertOf = Extract<Change, { kind: 'upsert' }>

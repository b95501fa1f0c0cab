import type { Change, Found, Scanned, WriteOutcome } from '../port/sync-adapter.ts'
import type { BatchTable } from './batch.ts'
import type { KnownOutcomes, Upserts } from './columns/columns.ts'
import type { DeferredTriggers, Lost } from './deferred-triggers.ts'
import type { PartsInBatch } from './parts/parts-in-batch.ts'
import type { PartsWriter } from './parts/parts-writer.ts'
import type { Program, Row } from './program.ts'
import type { KeyedTable } from './table.ts'

/** How one table is written and read, wherever its versions are. */
export interface TableWriter extends BatchTable, WriterParts {
  readonly table: KeyedTable
  readonly access: WriterAccess
  write(change: Change, signal?: AbortSignal): Promise<WriteOutcome>
  /** The same in what is yielded together, for drivers that have no transactions. */
  writing(change: Change): Program<WriteOutcome>
  /** Of changes that are alike, those whose rows nobody has locked, in one statement that does not wait; left out where there is none. */
  writingUnlocked?(changes: Upserts): Promise<Program<KnownOutcomes | undefined> | undefined>
  /** The change in the transaction of a hook; one for each attempt. */
  inTransaction(change: Change, attempt: Attempt): ChangeSteps
  /** @param row - as the application's own query gave it */
  found(key: string, row: Row | undefined): Promise<Found | undefined>
  /**
   * @param keys - what was asked for, where that was not a page
   * @param rows - as the application's own query gave them
   */
  scanned(keys: readonly string[] | undefined, rows: readonly Row[], signal?: AbortSignal): Promise<readonly Scanned[]>
}

/** One attempt at an event. */
export interface Attempt {
  /** Whether the hook asks for the row as it was, which is then read under a lock. */
  readonly wantsBefore: boolean
  readonly deferred: DeferredTriggers
}

/** What a change does in the transaction of a hook, in this order. */
export interface ChangeSteps {
  /** After the claim, and before the row is read where the hook asks for it. */
  lock(): Program<void>
  /** Before the hook. */
  write(): Program<WriteOutcome>
  /** After the hook. */
  finish?(): Program<void>
  /** After that. */
  readonly lost: Lost
}

/** What writes what a table's rows have many of; left out where no table was given for that. */
export interface WriterParts {
  /** In a transaction. */
  readonly parts?: PartsWriter | undefined
  /** Where there are batches alone. */
  readonly partsInBatch?: PartsInBatch | undefined
}

/** How writers reach the database. */
export interface WriterAccess {
  run<T>(program: () => Program<T>, signal?: AbortSignal): Promise<T>
  /** A whole program in one transaction; left out where there are batches alone. */
  readonly runInTransaction?: WriterAccess['run'] | undefined
}

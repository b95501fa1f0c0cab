import type { Change } from '../../port/sync-adapter.ts'
import type { AroundRow, Draft } from '../beside/beside.ts'
import type { Program, Statement } from '../program.ts'

/** The statements on the parts of a change, which go into the batch of its row. */
export interface PartsAroundRow extends AroundRow {
  /** They fail it where the parts are not exactly these. */
  readonly proofs: readonly Statement[]
}

/** Those that come after the owner's own statements. */
export type PartsAfterRow = Pick<PartsAroundRow, 'after' | 'proofs'>

/** A condition on the owner's row, or on its version: SQL with its parameters. */
export type Condition = (draft: Draft) => string

/** What decides whether a batch with parts is kept. */
export interface OwnerChecks {
  /** Before the write: whether the owner does not take it. */
  readonly held: Condition
  /** After it: whether the owner is not exactly of the version that was written. */
  readonly lost: Condition
}

/** Batches that fail where the owner of parts does not take a change. */
export interface OwnerBatches {
  /** Sends what writes the owner and the parts, with the checks of both in the same batch. */
  around<T>(program: Program<T>, checks: OwnerChecks, parts: PartsAfterRow): Program<T>
  /**
   * Whether a batch has failed since the owner did not take the change, or does not show it: a look says which.
   *
   * @throws what else it has failed with, and for parts what that means.
   */
  isOwner(error: unknown, change: Change): boolean
}

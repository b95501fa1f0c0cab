import type { ClerkSyncError } from '../errors.ts'
import type { LinkClash } from '../linking/match.ts'

/** What became of the rows that were there before. */
export interface LinkReport {
  readonly dryRun: boolean
  /** Users who match exactly one row without a Clerk id. */
  readonly matched: number
  /** Of those, the ones that have their row now. */
  readonly linked: number
  /** Users who had no row, and match none: each gets a row of their own. */
  readonly unmatchedUsers: number
  /**
   * Rows without a Clerk id whose value no user has, of those that this run has read: one that goes on from a checkpoint
   * reads the users after it. Left out where the adapter cannot count them.
   */
  readonly unmatchedRows?: UnmatchedRows
  /** Users that are not linked, and why. Those of `row_taken` and `user_has_row` were written all the same. */
  readonly clashes: Readonly<Record<LinkClash, number>>
  /** The first thousand of them. */
  readonly clashing: readonly { readonly id: string; readonly why: LinkClash }[]
  /** What becomes of the values of the rows that match, by column; columns in which none differs are left out. */
  readonly columns: Readonly<Record<string, LinkedColumn>>
}

export interface UnmatchedRows {
  readonly count: number
  /**
   * Twenty of them at most, each by the columns of the table's primary key, as text. They are sought among the first
   * thousand rows without a Clerk id.
   */
  readonly first: readonly Readonly<Record<string, string>>[]
  /** Why `first` is empty where the database did not list them: the run is done all the same. */
  readonly error?: ClerkSyncError
}

/** How many values of a column differ from Clerk's. */
export interface LinkedColumn {
  /** Clerk has another value, and the row gets it. */
  readonly changed: number
  /** Clerk has none, and the row keeps its own. */
  readonly kept: number
  /** Clerk has none, and with `overwrite` the row loses its own. */
  readonly lost: number
}

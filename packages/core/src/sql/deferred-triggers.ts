import type { ClerkSyncError } from '../errors.ts'
import { type Program, type Row, send } from './program.ts'

/** Looks at what a transaction wrote; gives the error where it is not there any more. */
export type Lost = () => Program<ClerkSyncError | undefined>

/** What runs them at once. */
export interface RunsDeferred {
  readonly run: string
  /** The same without an error, in statements, and what undoes that. */
  readonly rehearse: readonly string[]
  readonly undo: string
}

/** Triggers that a transaction would run at its commit, after all looks: they may take away what it wrote. */
export class DeferredTriggers {
  #expected = false
  #takeBack = false

  constructor(private readonly dialect: { readonly deferred?: RunsDeferred }) {}

  expect(): void {
    this.#expected = true
  }

  /** Whether a statement has returned that there are AFTER triggers, deferred or not. */
  areIn(row: Row | undefined): boolean {
    if (row?.clerk_deferrable === true) this.expect()
    return typeof row?.clerk_deferrable === 'boolean'
  }

  /**
   * Before the hook: whether they take the write away by themselves. A function that the hook calls may run them, and then
   * the row is gone before {@link run} looks. Undone, since the hook may write what they ask for.
   */
  *rehearse(lost: Lost): Program<void> {
    const { deferred } = this.dialect
    if (!deferred || !this.#expected) return
    for (const sql of deferred.rehearse) yield* send({ sql, params: [], returnsRows: false })
    this.#takeBack = (yield* lost()) !== undefined
    yield* send({ sql: deferred.undo, params: [], returnsRows: false })
  }

  /** Runs them before the last look at the claim, and looks at the row again: not for what a hook itself did to it. */
  *run(lost?: Lost): Program<void> {
    const { deferred } = this.dialect
    if (!deferred || !this.#expected) return
    const before = lost && (yield* lost())
    if (before && this.#takeBack) throw before
    yield* send({ sql: deferred.run, params: [], returnsRows: false })
    const error = lost && !before ? yield* lost() : undefined
    if (error) throw error
  }
}

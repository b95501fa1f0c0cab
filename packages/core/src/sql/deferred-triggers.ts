import type { ClerkSyncError } from '../errors.ts'
import { type Program, type Row, send } from './program.ts'

/** Looks at what a transaction wrote; gives the error where it is not there any more. */
export type Lost = () => Program<ClerkSyncError | undefined>

/** Triggers that a transaction would run at its commit, after all looks: they may take away what it wrote. */
export class DeferredTriggers {
  #expected = false

  constructor(private readonly dialect: { readonly deferred?: { readonly run: string } }) {}

  expect(): void {
    this.#expected = true
  }

  /** Whether a statement has returned that there are AFTER triggers, deferred or not. */
  areIn(row: Row | undefined): boolean {
    if (row?.clerk_deferrable === true) this.expect()
    return typeof row?.clerk_deferrable === 'boolean'
  }

  /** Runs them before the last look at the claim, and looks at the row again: not for what a hook itself did to it. */
  *run(lost?: Lost): Program<void> {
    const { deferred } = this.dialect
    if (!deferred || !this.#expected) return
    const wasThere = lost && (yield* lost()) === undefined
    yield* send({ sql: deferred.run, params: [], returnsRows: false })
    const error = wasThere ? yield* lost() : undefined
    if (error) throw error
  }
}

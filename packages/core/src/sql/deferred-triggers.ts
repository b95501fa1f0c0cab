import type { Change } from '../port/sync-adapter.ts'
import type { ChangeStatements, Dialect } from './dialects/dialect.ts'
import { lostWrite } from './lost-write.ts'
import { type Program, send } from './program.ts'
import { held, seen } from './written.ts'

/** Triggers that a transaction would run at its commit, after all looks: they may take away what it wrote. */
export class DeferredTriggers {
  #expected = false

  constructor(private readonly dialect: Dialect) {}

  expect(): void {
    this.#expected = true
  }

  /** Runs them before the last look at the claim, and looks at the row again: not for what a hook itself did to it. */
  *run(statements: ChangeStatements | undefined, change: Change | undefined): Program<void> {
    const { deferred } = this.dialect
    if (!deferred || !this.#expected) return
    const look = statements && change && statements.look(change)
    const before = look && held(change, seen(yield* send(look), change))
    yield* send({ sql: deferred.run, params: [], returnsRows: false })
    if (!look || !before) return
    const found = seen(yield* send(look), change)
    if (!held(change, found)) throw lostWrite(statements, change, found)
  }
}

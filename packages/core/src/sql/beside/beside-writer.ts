import { type ClerkSyncError, chainOf } from '../../errors.ts'
import type { Fault } from '../../port/database-fault.ts'
import { prop } from '../../port/prop.ts'
import type { Change, Found, Upsert, WriteOutcome } from '../../port/sync-adapter.ts'
import { NO_VERSION } from '../../port/version.ts'
import type { StoredVersion } from '../batch.ts'
import { DeferredTriggers } from '../deferred-triggers.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { type Program, type Row, send } from '../program.ts'
import type { BesideTable, VersionsTable } from '../table.ts'
import type { Attempt, ChangeSteps, TableWriter, WriterAccess } from '../table-writer.ts'
import {
  type BesideAttempt,
  type BesideDialect,
  isShown,
  keyOf,
  lookedAt,
  lostBeside,
  mustBeHeld,
  type Raised,
  storedIn,
  takenBeside,
} from './beside.ts'
import { BesideTableStatements } from './beside-statements.ts'
import { LOST } from './postgres-batch.ts'

/** A table whose versions are beside it: the version is raised only together with a row that is proven to be there, or gone. */
export class BesideWriter implements TableWriter {
  readonly #statements: BesideTableStatements
  readonly #dialect: BesideDialect
  readonly #batches: boolean

  constructor(
    readonly table: BesideTable,
    versions: VersionsTable,
    private readonly dialect: Dialect,
    readonly access: WriterAccess,
    private readonly faultOf: (error: unknown) => Fault | undefined,
  ) {
    this.#statements = new BesideTableStatements(table, versions, dialect)
    this.#dialect = dialect.beside
    this.#batches = access.runInTransaction === undefined
  }

  async write(change: Change, signal?: AbortSignal): Promise<WriteOutcome> {
    const { run, runInTransaction = run } = this.access
    const outcome = this.#takesTransaction(change) ? 'needs_transaction' : await run(() => this.#alone(change), signal)
    if (outcome !== 'needs_transaction') return outcome
    return runInTransaction(() => this.#stepByStep(change), signal)
  }

  *writing(change: Change): Program<WriteOutcome> {
    const outcome = yield* this.#alone(change)
    return outcome === 'needs_transaction' ? yield* this.#stepByStep(change) : outcome
  }

  /**
   * The version is locked before the row is read or removed, and its row is removed after the hook: what refers to it is
   * still there then.
   */
  inTransaction(change: Change, { wantsBefore, deferred }: Attempt): ChangeSteps {
    const isAlone = change.kind === 'upsert' && !wantsBefore && !this.#takesTransaction(change)
    const attempt = { faultOf: this.faultOf, deferred }
    const alone = () => this.#alone(change)
    const raise = () => this.#dialect.raise(this.#statements, change, attempt)
    const held = () => mustBeHeld(this.#statements, change)
    const settle = () => this.#settle(change, raised, attempt)
    const lost = () => this.#lost(change)
    let raised: Raised = 'held'
    let taken = false
    const write = function* (): Program<WriteOutcome> {
      if (isAlone) {
        const outcome = yield* alone()
        if (outcome !== 'needs_transaction') return outcome
        raised = yield* raise()
      }
      if (raised === 'held') return yield* held()
      return change.kind === 'delete' ? takenBeside(change, false) : yield* settle()
    }
    return {
      *lock() {
        if (!isAlone) raised = yield* raise()
      },
      *write() {
        const outcome = yield* write()
        taken = outcome === 'created' || outcome === 'updated' || outcome === 'deleted'
        return outcome
      },
      *finish() {
        if (raised !== 'held' && change.kind === 'delete') yield* settle()
      },
      // What was held wrote nothing that could be lost: its row may be the application's to delete since.
      *lost() {
        return taken ? yield* lost() : undefined
      },
    }
  }

  async found(key: string, row: Row | undefined): Promise<Found | undefined> {
    const { rows } = await this.access.run(() => send(this.#statements.versionsOf([key])))
    const stored = rows.find((row) => keyOf(row) === key)
    const deleted = Number(stored?.clerk_deleted) === 1
    if (!row && !deleted) return undefined
    return { row, deleted, synced: stored !== undefined, version: String(stored?.clerk_version ?? NO_VERSION) }
  }

  mostRows(change: Upsert): number {
    return this.#statements.mostRows(change)
  }

  shapeOf(change: Upsert): string {
    return this.#statements.shapeOf(change)
  }

  async writeMany(changes: readonly [Upsert, ...Upsert[]]): Promise<void> {
    const { run, runInTransaction = run } = this.access
    const batches = this.#batches
    await runInTransaction(() => this.#dialect.many(this.#statements, changes, { ...this.#attempt(), batches }))
  }

  versions(keys: readonly string[]): Promise<ReadonlyMap<string, StoredVersion>> {
    return this.access.run(() => storedIn(this.#statements, keys))
  }

  #takesTransaction(change: Change): boolean {
    return this.#dialect.alone(this.#statements, change, this.#batches) === undefined
  }

  *#alone(change: Change): Program<WriteOutcome | 'needs_transaction'> {
    const program = this.#dialect.alone(this.#statements, change, this.#batches)
    if (!program) return 'needs_transaction'
    try {
      return yield* program
    } catch (error) {
      // Of PostgreSQL's proof, in the statement itself.
      if (![...chainOf(error)].some((link) => String(prop(link, 'message')).includes(LOST))) throw error
      throw lostBeside(this.#statements, change, { isThere: change.kind === 'delete' }, error)
    }
  }

  *#stepByStep(change: Change): Program<WriteOutcome> {
    const attempt = this.#attempt()
    const raised = yield* this.#dialect.raise(this.#statements, change, attempt)
    if (raised === 'held') return yield* mustBeHeld(this.#statements, change)
    const outcome = yield* this.#settle(change, raised, attempt)
    yield* attempt.deferred.run(() => this.#lost(change))
    return outcome
  }

  *#settle(change: Change, raised: Raised, attempt: BesideAttempt): Program<WriteOutcome> {
    if (change.kind === 'upsert') {
      return takenBeside(change, yield* this.#dialect.writeRow(this.#statements, change, raised, attempt))
    }
    yield* this.#dialect.removeRow(this.#statements, change, raised)
    return takenBeside(change, false)
  }

  *#lost(change: Change): Program<ClerkSyncError | undefined> {
    const found = yield* lookedAt(this.#statements, change.key)
    const isNewer = found.version !== undefined && found.version > change.version
    return isNewer || isShown(change, found) ? undefined : lostBeside(this.#statements, change, found)
  }

  #attempt(): BesideAttempt {
    return { faultOf: this.faultOf, deferred: new DeferredTriggers(this.dialect) }
  }
}

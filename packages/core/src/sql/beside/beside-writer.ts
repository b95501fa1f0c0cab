import type { ClerkSyncError } from '../../errors.ts'
import type { Fault } from '../../port/database-fault.ts'
import type { Change, Found, Scanned, Upsert, WriteOutcome } from '../../port/sync-adapter.ts'
import { NO_VERSION } from '../../port/version.ts'
import type { StoredVersion } from '../batch.ts'
import { chunks } from '../chunks.ts'
import { DeferredTriggers } from '../deferred-triggers.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { ownRows } from '../found-row.ts'
import { type Program, type Row, send } from '../program.ts'
import type { BesideTable, VersionsTable } from '../table.ts'
import type { Attempt, ChangeSteps, TableWriter, WriterAccess } from '../table-writer.ts'
import {
  type Beside,
  type BesideAttempt,
  type BesideDialect,
  besideOf,
  heldBeside,
  lostBeside,
  type Raised,
  takenBeside,
} from './beside.ts'
import { BesideTableStatements } from './beside-statements.ts'
import { lowerExpected, otherThanExpected, replaceInBatch } from './expected-version.ts'
import { joined } from './joined.ts'

/** A table whose versions are beside it: the version is raised only together with a row that is proven to be there, or gone. */
export class BesideWriter implements TableWriter {
  readonly #statements: BesideTableStatements
  readonly #dialect: BesideDialect
  readonly #batches: boolean

  constructor(
    readonly table: BesideTable,
    versions: VersionsTable,
    private readonly dialect: Dialect,
    private readonly access: WriterAccess,
    private readonly faultOf: (error: unknown) => Fault | undefined,
  ) {
    this.#statements = new BesideTableStatements(table, versions, dialect)
    this.#dialect = dialect.beside
    this.#batches = access.runInTransaction === undefined
  }

  async write(change: Change, signal?: AbortSignal): Promise<WriteOutcome> {
    const { run, runInTransaction = run } = this.access
    if (change.expected !== undefined) return runInTransaction(() => this.writing(change), signal)
    const outcome = this.#takesTransaction(change) ? 'needs_transaction' : await run(() => this.#alone(change), signal)
    if (outcome !== 'needs_transaction') return outcome
    return runInTransaction(() => this.#stepByStep(change), signal)
  }

  *writing(change: Change): Program<WriteOutcome> {
    const { expected } = change
    if (expected !== undefined) {
      return yield* this.#batches
        ? replaceInBatch(this.#statements, change, expected, this.#alone(change))
        : this.#replace(change, expected)
    }
    const outcome = yield* this.#alone(change)
    return outcome === 'needs_transaction' ? yield* this.#stepByStep(change) : outcome
  }

  /**
   * The version is locked before the row is read or removed, and its row is removed after the hook: what refers to it is
   * still there then.
   */
  inTransaction(change: Change, { wantsBefore, deferred }: Attempt): ChangeSteps {
    const isAlone =
      change.kind === 'upsert' && change.expected === undefined && !wantsBefore && !this.#takesTransaction(change)
    const attempt = { faultOf: this.faultOf, deferred }
    const alone = () => this.#alone(change)
    const raise = () => this.#raise(change, attempt)
    const held = () => this.#held(change)
    const settle = () => this.#settle(change, raised, attempt)
    let raised: Raised = 'held'
    return {
      *lock() {
        if (!isAlone) raised = yield* raise()
      },
      *write() {
        if (isAlone) {
          const outcome = yield* alone()
          if (outcome !== 'needs_transaction') return outcome
          raised = yield* raise()
        }
        if (raised === 'held') return yield* held()
        return change.kind === 'delete' ? takenBeside(change, false) : yield* settle()
      },
      *finish() {
        if (raised !== 'held' && change.kind === 'delete') yield* settle()
      },
      lost: () => this.#lost(change),
    }
  }

  async found(key: string, row: Row | undefined): Promise<Found | undefined> {
    const [found] = await this.scanned([key], row ? [row] : [])
    return found && { row, deleted: found.deleted, synced: found.synced, version: found.version }
  }

  /** The rows were read first: a version that is found afterwards may be newer than its row, and never older. */
  async scanned(
    keys: readonly string[] | undefined,
    rows: readonly Row[],
    signal?: AbortSignal,
  ): Promise<readonly Scanned[]> {
    const there = new Map(ownRows(this.table, keys, rows))
    const all = keys ?? [...there.keys()]
    const stored: Row[] = []
    for (const some of chunks(all, this.dialect)) {
      stored.push(...(await this.access.run(() => send(this.#statements.versionsOf(some)), signal)).rows)
    }
    return joined(all, there, stored)
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

  async versions(keys: readonly string[]): Promise<ReadonlyMap<string, StoredVersion>> {
    // The row first: a version that is found afterwards may be newer than the look, and never older.
    const { rows } = await this.access.run(() => send(this.#statements.rowsOf(keys)))
    const versions = await this.access.run(() => send(this.#statements.versionsOf(keys)))
    const there = new Set(rows.map((row) => String(row.clerk_key).trimEnd()))
    const stored = new Map(
      [...there].map((key): [string, StoredVersion] => [key, { version: NO_VERSION, deleted: false, isThere: true }]),
    )
    for (const row of versions.rows) {
      const key = String(row.clerk_key).trimEnd()
      const isThere = there.has(key)
      const deleted = Number(row.clerk_deleted) === 1 || !isThere
      stored.set(key, { version: String(row.clerk_version), deleted, isThere })
    }
    return stored
  }

  #takesTransaction(change: Change): boolean {
    return this.#dialect.alone(this.#statements, change, this.#batches) === undefined
  }

  *#alone(change: Change): Program<WriteOutcome | 'needs_transaction'> {
    const program = this.#dialect.alone(this.#statements, change, this.#batches)
    return program ? yield* program : 'needs_transaction'
  }

  /** In a transaction. */
  *#replace(change: Change, expected: string): Program<WriteOutcome> {
    if (yield* lowerExpected(this.#statements, change, expected)) return yield* this.#stepByStep(change)
    return otherThanExpected(change, yield* this.#look(change))
  }

  *#raise(change: Change, attempt: BesideAttempt): Program<Raised> {
    const { expected } = change
    if (expected !== undefined && !(yield* lowerExpected(this.#statements, change, expected))) return 'held'
    return yield* this.#dialect.raise(this.#statements, change, attempt)
  }

  *#look({ key }: Change): Program<Beside> {
    return besideOf(yield* send(this.#statements.look(key)), key)
  }

  *#stepByStep(change: Change): Program<WriteOutcome> {
    const attempt = this.#attempt()
    const raised = yield* this.#dialect.raise(this.#statements, change, attempt)
    if (raised === 'held') return yield* this.#held(change)
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

  *#held(change: Change): Program<WriteOutcome> {
    const found = yield* this.#look(change)
    const held = change.expected === undefined ? heldBeside(change, found) : otherThanExpected(change, found)
    if (held === undefined) throw lostBeside(this.#statements, change, found)
    return held
  }

  *#lost(change: Change): Program<ClerkSyncError | undefined> {
    const found = yield* this.#look(change)
    const isStored = found.version === change.version && found.isThere === (change.kind === 'upsert')
    const isNewer = found.version !== undefined && found.version > change.version
    return isStored || isNewer ? undefined : lostBeside(this.#statements, change, found)
  }

  #attempt(): BesideAttempt {
    return { faultOf: this.faultOf, deferred: new DeferredTriggers(this.dialect) }
  }
}

import { type ClerkSyncError, chainOf } from '../../errors.ts'
import type { Fault } from '../../port/database-fault.ts'
import { isKeptDelete } from '../../port/outcomes.ts'
import { prop } from '../../port/prop.ts'
import type { Change, Found, Upsert, WriteOutcome } from '../../port/sync-adapter.ts'
import type { KnownOutcomes, Upserts } from '../columns/columns.ts'
import { DeferredTriggers } from '../deferred-triggers.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { ownRows } from '../found-row.ts'
import type { Program, Row } from '../program.ts'
import type { BesideTable, VersionsTable } from '../table.ts'
import type { Attempt, ChangeSteps, TableWriter, WriterAccess, WriterParts } from '../table-writer.ts'
import type { StoredVersion } from '../written.ts'
import { type BesideAttempt, type BesideDialect, leavesRow, lookedAt, type Raised, storedIn } from './beside.ts'
import { BesideTableStatements } from './beside-statements.ts'
import { besideSteps } from './beside-steps.ts'
import { lowerExpected, replaceInBatch } from './expected-version.ts'
import { joined } from './joined.ts'
import { isDueToKept, keepingSteps, keepRow, type RowWriting } from './kept-rows.ts'
import { lostBeside, lostIn, mustBeHeld, takenBeside } from './outcomes.ts'
import { LOST } from './postgres-batch.ts'

/** A table whose versions are beside it: the version is raised only together with a row that is proven to be there, or gone. */
export class BesideWriter implements TableWriter {
  readonly parts: WriterParts['parts']
  readonly partsInBatch: WriterParts['partsInBatch']
  readonly #statements: BesideTableStatements
  readonly #dialect: Dialect
  readonly #beside: BesideDialect
  readonly #batches: boolean

  constructor(
    readonly table: BesideTable,
    versions: VersionsTable,
    { dialect, beside }: { readonly dialect: Dialect; readonly beside: BesideDialect },
    readonly access: WriterAccess,
    private readonly faultOf: (error: unknown) => Fault | undefined,
    { parts, partsInBatch }: WriterParts,
  ) {
    this.parts = parts
    this.partsInBatch = partsInBatch
    this.#statements = new BesideTableStatements(table, versions, dialect)
    this.#dialect = dialect
    this.#beside = beside
    this.#batches = access.runInTransaction === undefined
  }

  async write(change: Change, signal?: AbortSignal): Promise<WriteOutcome> {
    const { run, runInTransaction = run } = this.access
    if (change.expected !== undefined || isKeptDelete(change)) {
      return runInTransaction(() => this.writing(change), signal)
    }
    const outcome = this.#takesTransaction(change) ? 'needs_transaction' : await run(() => this.#alone(change), signal)
    if (outcome === 'needs_transaction') return runInTransaction(() => this.#stepByStep(change), signal)
    const isDue = outcome === 'already_deleted' && (await run(() => isDueToKept(this.#statements, change), signal))
    return isDue ? runInTransaction(() => keepRow(this.#statements, change, this.#by()), signal) : outcome
  }

  *writing(change: Change): Program<WriteOutcome> {
    const { expected } = change
    if (isKeptDelete(change)) return yield* keepRow(this.#statements, change, this.#by())
    if (expected !== undefined) {
      return yield* this.#batches
        ? replaceInBatch(this.#statements, change, expected, this.#alone(change))
        : this.#stepByStep(change)
    }
    const outcome = yield* this.#alone(change)
    if (outcome === 'needs_transaction') return yield* this.#stepByStep(change)
    return yield* this.#heldBack(change, outcome)
  }

  /**
   * The version is locked before the row is read or removed, and its row is removed after the hook: what refers to it is
   * still there then.
   */
  inTransaction(change: Change, { wantsBefore, deferred }: Attempt): ChangeSteps {
    const attempt = { faultOf: this.faultOf, deferred }
    let kept: Change | undefined
    const by = this.#by((row) => {
      kept = row
      return this.#written(row, attempt)
    })
    if (isKeptDelete(change)) return keepingSteps(this.#statements, change, by, () => this.#lost(kept))
    const isAlone =
      leavesRow(change) && change.expected === undefined && !wantsBefore && !this.#takesTransaction(change)
    return besideSteps(change, {
      isAlone,
      alone: () => this.#alone(change),
      raise: () => this.#raise(change, attempt),
      held: () => this.#held(change, by),
      heldBack: (outcome) => this.#heldBack(change, outcome, by),
      isKept: () => kept !== undefined,
      settle: (raised) => this.#settle(change, raised, attempt),
      lost: () => this.#lost(kept ?? change),
    })
  }

  async found(key: string, row: Row | undefined): Promise<Found | undefined> {
    const [found] = await this.scanned([key], row ? [row] : [])
    return found && { row, deleted: found.deleted, synced: found.synced, version: found.version }
  }

  async scanned(keys: readonly string[] | undefined, rows: readonly Row[], signal?: AbortSignal) {
    const there = new Map(ownRows(this.table, keys, rows))
    return this.access.run(() => joined(this.#statements, this.#dialect, keys ?? [...there.keys()], there), signal)
  }

  mostRows(change: Upsert): number {
    return this.#statements.mostRows(change)
  }

  shapeOf(change: Upsert): string {
    return this.#statements.shapeOf(change)
  }

  async writeMany(changes: readonly [Upsert, ...Upsert[]], signal: AbortSignal): Promise<void> {
    const { run, runInTransaction = run } = this.access
    const batches = this.#batches
    await runInTransaction(() => this.#beside.many(this.#statements, changes, { ...this.#attempt(), batches }), signal)
  }

  async writeColumns(changes: Upserts, signal: AbortSignal): Promise<KnownOutcomes | undefined> {
    const columns = await this.#dialect.columns?.()
    return columns && this.access.run(() => columns.beside(this.#statements, changes, true), signal)
  }

  async writingUnlocked(changes: Upserts): Promise<Program<KnownOutcomes | undefined> | undefined> {
    return this.#dialect.unlocked?.beside?.(this.#statements, changes)
  }

  versions(keys: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, StoredVersion>> {
    return this.access.run(() => storedIn(this.#statements, keys), signal)
  }

  #takesTransaction(change: Change): boolean {
    return this.parts !== undefined || this.#beside.alone(this.#statements, change, this.#batches) === undefined
  }

  *#alone(change: Change): Program<WriteOutcome | 'needs_transaction'> {
    const parts = this.partsInBatch?.beside(this.#statements, change)
    const program = this.parts ? undefined : this.#beside.alone(this.#statements, change, this.#batches, parts?.around)
    if (!program) return 'needs_transaction'
    if (parts) return yield* parts.writing(program)
    try {
      return yield* program
    } catch (error) {
      // Of PostgreSQL's proof, in the statement itself.
      if (![...chainOf(error)].some((link) => String(prop(link, 'message')).includes(LOST))) throw error
      throw lostBeside(this.#statements, change, { isThere: !leavesRow(change) }, error)
    }
  }

  *#raise(change: Change, attempt: BesideAttempt): Program<Raised> {
    const { expected } = change
    if (expected === undefined) return yield* this.#beside.raise(this.#statements, change, attempt)
    if (!(yield* lowerExpected(this.#statements, change, expected))) return 'held'
    const raised = yield* this.#beside.raise(this.#statements, change, attempt)
    if (raised === 'held') throw lostBeside(this.#statements, change, yield* lookedAt(this.#statements, change.key))
    return raised
  }

  *#held(change: Change, by = this.#by()): Program<WriteOutcome> {
    return yield* this.#heldBack(change, yield* mustBeHeld(this.#statements, change), by)
  }

  /** A tombstone that keeps its values may be due for a snapshot that the guard has held back. */
  *#heldBack(change: Change, outcome: WriteOutcome, by = this.#by()): Program<WriteOutcome> {
    const isDue = outcome === 'already_deleted' && (yield* isDueToKept(this.#statements, change))
    return isDue ? yield* keepRow(this.#statements, change, by) : outcome
  }

  *#stepByStep(change: Change): Program<WriteOutcome> {
    const attempt = this.#attempt()
    const outcome = yield* this.#written(change, attempt)
    yield* attempt.deferred.run(() => this.#lost(change))
    return outcome
  }

  /** Without what triggers may do to it at the end. */
  *#written(change: Change, attempt: BesideAttempt): Program<WriteOutcome> {
    const raised = yield* this.#raise(change, attempt)
    return raised === 'held' ? yield* this.#held(change) : yield* this.#settle(change, raised, attempt)
  }

  *#settle(change: Change, raised: Raised, attempt: BesideAttempt): Program<WriteOutcome> {
    if (leavesRow(change)) {
      const inserted = yield* this.#beside.writeRow(this.#statements, change, raised, attempt)
      if (this.parts) yield* this.parts.write(change, attempt.deferred)
      return takenBeside(change, inserted)
    }
    if (this.parts) yield* this.parts.remove([change.key], attempt.deferred)
    yield* this.#beside.removeRow(this.#statements, change, raised)
    return takenBeside(change, false)
  }

  *#lost(change: Change | undefined): Program<ClerkSyncError | undefined> {
    return change && (yield* lostIn(this.#statements, change, this.parts))
  }

  #by(writing: RowWriting['writing'] = (change) => this.writing(change)): RowWriting {
    return { dialect: this.#dialect, batches: this.#batches, writing }
  }

  #attempt(): BesideAttempt {
    return { faultOf: this.faultOf, deferred: new DeferredTriggers(this.#dialect) }
  }
}

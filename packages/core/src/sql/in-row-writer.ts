import type { Fault } from '../port/database-fault.ts'
import { isKeptDelete } from '../port/outcomes.ts'
import type { Change, Found, Scanned, Upsert, WriteOutcome } from '../port/sync-adapter.ts'
import type { KnownOutcomes, Upserts } from './columns/columns.ts'
import { compareAndSet, replaceDiscovered } from './compare-and-set.ts'
import { DeferredTriggers } from './deferred-triggers.ts'
import type { Dialect } from './dialects/dialect.ts'
import { foundRow, ownRows } from './found-row.ts'
import { lostWrite } from './lost-write.ts'
import { RowAppeared } from './once-in-transaction.ts'
import { type Program, type Row, send } from './program.ts'
import type { SyncedTable } from './table.ts'
import { TableStatements } from './table-statements.ts'
import type { Attempt, ChangeSteps, TableWriter, WriterAccess, WriterParts } from './table-writer.ts'
import { held, type StoredVersion, seen, storedVersions, type Written } from './written.ts'

/** A table whose versions are in its rows: one guarded write, which says by the row what became of it. */
export class InRowWriter implements TableWriter {
  readonly parts: WriterParts['parts']
  readonly partsInBatch: WriterParts['partsInBatch']
  readonly #statements: TableStatements

  constructor(
    readonly table: SyncedTable,
    private readonly adapter: string,
    private readonly dialect: Dialect,
    readonly access: WriterAccess,
    private readonly faultOf: (error: unknown) => Fault | undefined,
    { parts, partsInBatch }: WriterParts,
  ) {
    this.parts = parts
    this.partsInBatch = partsInBatch
    this.#statements = new TableStatements(table, dialect)
  }

  async write(change: Change, signal?: AbortSignal): Promise<WriteOutcome> {
    const { run, runInTransaction = run } = this.access
    return (this.parts ? runInTransaction : run)(() => this.writing(change), signal)
  }

  *writing(change: Change): Program<WriteOutcome> {
    if (!this.parts) return (yield* this.#written(change)).outcome
    const deferred = new DeferredTriggers(this.dialect)
    const steps = this.inTransaction(change, { wantsBefore: false, deferred })
    const outcome = yield* steps.write()
    yield* deferred.run(steps.lost)
    return outcome
  }

  inTransaction(change: Change, { wantsBefore, deferred }: Attempt): ChangeSteps {
    const { dialect, parts } = this
    const statements = this.#statements
    const written = () => this.#written(change)
    let lockedRow: boolean | undefined
    let filled = false
    return {
      *lock() {
        if (!wantsBefore || !dialect.lockRow) return
        const { rows } = yield* send(statements.lock(change.key))
        lockedRow = rows.some(({ clerk_key }) => String(clerk_key).trimEnd() === change.key)
      },
      *write() {
        const { outcome, inserted, mayBeDeferred, filled: isFilled } = yield* written()
        filled = isFilled
        if (mayBeDeferred) deferred.expect()
        // There is no lock on a row that is not there: another delivery may have inserted it since, and a third one written it.
        if (lockedRow === false && !inserted) throw new RowAppeared()
        if (filled && parts) yield* parts.write(change, deferred)
        return outcome
      },
      *lost() {
        const found = seen(yield* send(statements.look(change)), change)
        if (!held(change, found)) return lostWrite(statements, change, found)
        return filled && parts ? yield* parts.lost(change) : undefined
      },
    }
  }

  async found(_key: string, row: Row | undefined): Promise<Found | undefined> {
    return row && foundRow(this.adapter, this.table, row)
  }

  async scanned(keys: readonly string[] | undefined, rows: readonly Row[]): Promise<readonly Scanned[]> {
    return ownRows(this.table, keys, rows).map(([key, row]) => ({ key, ...foundRow(this.adapter, this.table, row) }))
  }

  mostRows(change: Upsert): number {
    return this.#statements.mostRows(change)
  }

  shapeOf(change: Upsert): string {
    return this.#statements.shapeOf(change)
  }

  async writeMany(changes: readonly [Upsert, ...Upsert[]], signal: AbortSignal): Promise<void> {
    await this.access.run(() => send(this.#statements.many(changes)), signal)
  }

  async writeColumns(changes: Upserts, signal: AbortSignal): Promise<KnownOutcomes | undefined> {
    const columns = await this.dialect.columns?.()
    return columns && this.access.run(() => columns.inRow(this.#statements, changes, true), signal)
  }

  async writingUnlocked(changes: Upserts): Promise<Program<KnownOutcomes | undefined> | undefined> {
    return this.dialect.unlocked?.inRow(this.#statements, changes)
  }

  async versions(keys: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, StoredVersion>> {
    return storedVersions(await this.access.run(() => send(this.#statements.versions(keys)), signal))
  }

  *#written(change: Change): Program<Written> {
    const parts = this.partsInBatch?.inRow(this.#statements, change)
    const replacing = parts?.replacing ?? send
    if (change.expected !== undefined) {
      yield* this.#lockForParts(change)
      return yield* compareAndSet(this.#statements, this.dialect, change, change.expected, replacing)
    }
    const write = this.dialect.write(this.#statements, change, this.faultOf)
    const written = yield* parts?.writing(write) ?? write
    const mayBeDiscovered = change.kind === 'upsert' ? written.outcome === 'already_deleted' : isKeptDelete(change)
    if (!mayBeDiscovered) return written
    yield* this.#lockForParts(change)
    return (yield* replaceDiscovered(this.#statements, this.dialect, change, replacing)) ?? written
  }

  /** An update that finds nothing locks nothing, and may pass for taken, since a duplicate was first: its parts are written yet. */
  *#lockForParts({ key }: Change): Program<void> {
    if (this.parts && this.dialect.lockRow) yield* send(this.#statements.lock(key))
  }
}

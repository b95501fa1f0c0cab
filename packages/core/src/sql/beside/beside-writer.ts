import type { Fault } from '../../port/database-fault.ts'
import type { Change, Found, Upsert, WriteOutcome } from '../../port/sync-adapter.ts'
import { NO_VERSION } from '../../port/version.ts'
import type { StoredVersion } from '../batch.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { type Program, type Row, send } from '../program.ts'
import type { BesideTable, VersionsTable } from '../table.ts'
import type { ChangeSteps, TableWriter, WriterAccess } from '../table-writer.ts'
import { type BesideDialect, besideOf, heldBeside, lostBeside, type Raised, takenBeside } from './beside.ts'
import { BesideTableStatements } from './beside-statements.ts'

/** A table whose versions are beside it: the version is raised only together with a row that is proven to be there, or gone. */
export class BesideWriter implements TableWriter {
  readonly #statements: BesideTableStatements
  readonly #dialect: BesideDialect
  readonly #batches: boolean

  constructor(
    readonly table: BesideTable,
    versions: VersionsTable,
    dialect: Dialect,
    private readonly access: WriterAccess,
    private readonly faultOf: (error: unknown) => Fault | undefined,
  ) {
    this.#statements = new BesideTableStatements(table, versions, dialect)
    this.#dialect = dialect.beside
    this.#batches = access.runInTransaction === undefined
  }

  write(change: Change, signal?: AbortSignal): Promise<WriteOutcome> {
    const isAlone = this.#alone(change) !== undefined
    const { run, runInTransaction = run } = this.access
    return (isAlone ? run : runInTransaction)(() => this.writing(change), signal)
  }

  writing(change: Change): Program<WriteOutcome> {
    return this.#alone(change) ?? this.#stepByStep(change)
  }

  /**
   * The version is locked before the row is read or removed, and its row is removed after the hook: what refers to it is
   * still there then.
   */
  inTransaction(change: Change, wantsBefore: boolean): ChangeSteps {
    const alone = this.#alone(change)
    if (alone && change.kind === 'upsert' && !wantsBefore) return { write: () => alone }
    const raise = () => this.#dialect.raise(this.#statements, change, this.faultOf)
    const held = () => this.#held(change)
    const settle = () => this.#settle(change, raised)
    let raised: Raised = 'held'
    return {
      *lock() {
        raised = yield* raise()
      },
      *write() {
        if (raised === 'held') return yield* held()
        return change.kind === 'delete' ? takenBeside(change, false) : yield* settle()
      },
      *finish() {
        if (raised !== 'held' && change.kind === 'delete') yield* settle()
      },
    }
  }

  async found(key: string, row: Row | undefined): Promise<Found | undefined> {
    const { rows } = await this.access.run(() => send(this.#statements.versionsOf([key])))
    const stored = rows.find(({ clerk_key }) => String(clerk_key).trimEnd() === key)
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
    await runInTransaction(() => this.#dialect.many(this.#statements, changes, this.#batches, this.faultOf))
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

  #alone(change: Change): Program<WriteOutcome> | undefined {
    return this.#dialect.alone(this.#statements, change, this.#batches, this.faultOf)
  }

  *#stepByStep(change: Change): Program<WriteOutcome> {
    const raised = yield* this.#dialect.raise(this.#statements, change, this.faultOf)
    return raised === 'held' ? yield* this.#held(change) : yield* this.#settle(change, raised)
  }

  *#settle(change: Change, raised: Raised): Program<WriteOutcome> {
    if (change.kind === 'upsert') {
      return takenBeside(change, yield* this.#dialect.writeRow(this.#statements, change, raised, this.faultOf))
    }
    yield* this.#dialect.removeRow(this.#statements, change)
    return takenBeside(change, false)
  }

  *#held(change: Change): Program<WriteOutcome> {
    const found = besideOf(yield* send(this.#statements.look(change.key)), change.key)
    const held = heldBeside(change, found)
    if (held === undefined) throw lostBeside(this.#statements, change, found)
    return held
  }
}

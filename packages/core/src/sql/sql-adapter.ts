import { ClerkSyncError } from '../errors.ts'
import { databaseFault } from '../port/database-fault.ts'
import { onceWithoutTransaction } from '../port/once-without-transaction.ts'
import { withRetries } from '../port/retries.ts'
import type {
  CallOptions,
  Change,
  CheckOptions,
  Delete,
  DeleteOutcome,
  EventRef,
  Found,
  Problem,
  Rows,
  SyncAdapter,
  Upsert,
  UpsertOutcome,
  WriteOutcome,
} from '../port/sync-adapter.ts'
import { committed } from './autocommit.ts'
import { batchingOf } from './batching.ts'
import { DeferredTriggers } from './deferred-triggers.ts'
import { rowOf } from './found-row.ts'
import { Ledger } from './ledger.ts'
import { Letters } from './letters.ts'
import { loadLinking } from './load-linking.ts'
import { loadTombstones } from './load-tombstones.ts'
import { claimsOf, isEntered, isRowAppeared, withOwnMoment } from './once-in-transaction.ts'
import type { Due } from './owners/due.ts'
import { mindingOwners } from './owners/minding-owners.ts'
import { partStoreOf } from './parts/part-store.ts'
import { type Program, send, sendAlong } from './program.ts'
import { type Runner, signalOf } from './runner.ts'
import type { SelectedRows, SqlParts } from './sql-parts.ts'
import type { ChangeSteps, TableWriter } from './table-writer.ts'
import { writerIn, writersOf } from './writers.ts'

/** An adapter for an SQL database: it lacks only the way to the driver, which is the runner's. */
export function createSqlAdapter<R extends Rows, Tx, HookResult, Stored extends Rows>(
  {
    name,
    dialect,
    tables,
    versions,
    partTables = [],
    ledger: ledgerTable,
    deadLetters: lettersTable,
    find,
    select,
    ...parts
  }: SqlParts<Tx>,
  runner: Runner<Tx, HookResult>,
): SyncAdapter<R, Tx, HookResult, Stored> {
  const ledger = ledgerTable && new Ledger(ledgerTable, dialect)
  const transaction = runner.transaction?.bind(runner)
  const faultOf = (error: unknown) => parts.faultOf?.(error) ?? databaseFault(error)
  const letters = lettersTable && new Letters(lettersTable, dialect, faultOf)
  const run = <T>(program: () => Program<T>, signal?: AbortSignal): Promise<T> =>
    withRetries(() => runner.run(committed(program()), signal), faultOf, signal)
  const loadWriters = writersOf({ name, dialect, tables, versions, partTables, faultOf }, runner, run)
  const writerOf = async (of: Pick<Change, 'entity'>): Promise<TableWriter> => writerIn(name, await loadWriters(), of)
  const needLedger = (): Ledger => {
    if (ledger) return ledger
    throw new ClerkSyncError('config_invalid', `${name} was given no events table, which hooks need.`)
  }
  const minding = async <T>(change: Change, signal: AbortSignal, attempt: (due: Due) => Promise<T>): Promise<T> =>
    mindingOwners(change, await writerOf(change), { dialect, tables, versions, faultOf }, attempt, signal)
  const write = async (change: Change, options?: CallOptions): Promise<WriteOutcome> => {
    const signal = signalOf(options)
    return minding(change, signal, (due) => due.writer.write(due.change, signal))
  }
  const findAlone = ({ entity, key }: Pick<Change, 'entity' | 'key'>): Promise<Found | undefined> =>
    withRetries(
      async () => {
        const writer = await writerOf({ entity })
        return writer.found(key, rowOf(await find(writer.table, key), writer.table, key))
      },
      faultOf,
      signalOf(),
    )
  const { claim, confirm, forget } = claimsOf(needLedger, faultOf)

  function* claimAndLock(
    event: EventRef,
    at: Date,
    deferred: DeferredTriggers,
    steps: ChangeSteps | undefined,
  ): Program<boolean> {
    if (!(yield* claim(event, at, deferred))) return false
    if (steps) yield* steps.lock()
    return true
  }

  /** The letter last: on MySQL the first plain select fixes what the transaction sees, and must wait for the row's lock. */
  function* writeAndRemove(
    event: EventRef,
    steps: ChangeSteps | undefined,
    deferred: DeferredTriggers,
    change: Change | undefined,
  ): Program<WriteOutcome> {
    const outcome = steps ? yield* steps.write() : 'unchanged'
    // A row that is removed goes after the hook.
    const isThere = change?.kind === 'upsert' || change?.mode !== 'remove'
    if (steps && isThere) yield* deferred.rehearse(steps.lost)
    if (letters) yield* letters.remove(event.id)
    return outcome
  }

  /** After the hook. A crash in between leaves a letter whose message is claimed: its next delivery removes it. */
  function* claimAndRemove(event: EventRef): Program<void> {
    yield* claim(event, new Date())
    if (letters) yield* letters.remove(event.id)
  }

  /** In one round trip. The write of a message that was processed before is harmless: the row's version is as large. */
  function* lookAndWrite(event: EventRef, due: Due | undefined): Program<WriteOutcome | 'duplicate'> {
    const look = needLedger().find(event)
    if (!due) return isEntered((yield* send(look)).rows, event) ? 'duplicate' : 'unchanged'
    const [found, outcome] = yield* sendAlong(look, due.writer.writing(due.change))
    const { rows } = found ?? (yield* send(look))
    return isEntered(rows, event) ? 'duplicate' : outcome
  }

  async function check(options: CheckOptions): Promise<readonly Problem[]> {
    const [{ checkDatabase }, catalog] = await Promise.all([import('./check/check-database.ts'), dialect.catalog()])
    const about = { dialect, catalog, tables, partTables, versions, ledger: ledgerTable, letters, faultOf }
    return [...(parts.problems ?? []), ...(await run(() => checkDatabase(about, options), signalOf(options)))]
  }

  return {
    name,
    tables: Object.fromEntries(tables.map((table) => [table.entity, table])),
    ledger: ledger !== undefined,
    faultOf,
    ...(parts.refusalOf && { refusalOf: parts.refusalOf }),
    parts: partStoreOf({ dialect, tables: partTables, select, faultOf }),
    ...(letters && { deadLetters: letters.store((program, options) => run(program, signalOf(options)), ledger) }),
    linking: loadLinking({ name, dialect, tables, versions, select, run, faultOf }),
    tombstones: loadTombstones({ dialect, tables, versions, writerOf }),
    ...(parts.batching &&
      dialect.unlocked && { batching: batchingOf({ tables, writerOf, runner, unlocked: dialect.unlocked }) }),
    ...(parts.troubleOf && { troubleOf: parts.troubleOf }),
    upsert: (change: Upsert, options) => write(change, options) as Promise<UpsertOutcome>,
    softDelete: (change: Delete, options) => write(change, options) as Promise<DeleteOutcome>,
    once(event, change, hook, options) {
      const signal = signalOf(options)
      const locked = options?.before ? change : undefined
      const lockedTable = tables.find(({ entity }) => entity === locked?.entity)
      const once = (attempt: (due?: Due) => Promise<WriteOutcome | 'duplicate'>) =>
        change ? minding(change, signal, attempt) : attempt()
      if (!transaction) {
        return onceWithoutTransaction(event, hook, {
          before: locked && (async () => (await findAlone(locked))?.row),
          write: () => once((due) => run(() => lookAndWrite(event, due), signal)),
          mark: () => run(() => claimAndRemove(event), signal),
        })
      }
      const runAttempt = (due?: Due) =>
        withOwnMoment((at) =>
          transaction(() => {
            const deferred = new DeferredTriggers(dialect)
            const steps = due?.writer.inTransaction(due.change, { wantsBefore: locked !== undefined, deferred })
            return {
              claim: () => claimAndLock(event, at, deferred, steps),
              read: lockedTable && locked && ((tx) => find(lockedTable, locked.key, tx)),
              write: () => writeAndRemove(event, steps, deferred, due?.change),
              hook: (tx, outcome, read) =>
                hook(tx, outcome, read && lockedTable && locked && rowOf(read, lockedTable, locked.key)),
              *confirm() {
                if (steps?.finish) yield* steps.finish()
                yield* deferred.run(steps?.lost)
                yield* confirm(event)
              },
              undo: () => forget(event, at),
            }
          }, signal),
        )
      const passing = (error: unknown) => (isRowAppeared(error) ? 'transient' : faultOf(error))
      return once((due) => withRetries(runAttempt(due), passing, signal))
    },
    async writeMany(changes, options) {
      const [{ writeBatches }, writers] = await Promise.all([import('./batch.ts'), loadWriters()])
      const tableOf = (change: Change) => writerIn(name, writers, change)
      return writeBatches(changes, tableOf, (change) => write(change, options), faultOf, options?.signal)
    },
    async scan(entity, range, options) {
      const [{ scan }, writer] = await Promise.all([import('./scan.ts'), writerOf({ entity })])
      const signal = signalOf(options)
      const read = (rows: SelectedRows) => withRetries(async () => select(writer.table, rows), faultOf, signal)
      return scan(writer, range, read, dialect, signal)
    },
    find: (entity, key) => findAlone({ entity, key }),
    check: (options = {}) => check(options),
    prune: async (before, options) =>
      (await import('./prune-ledger.ts')).pruneLedger(needLedger(), dialect, run, before, options),
    countEvents: async (before) => Number((await run(() => send(needLedger().count(before)))).rows[0]?.events),
  }
}

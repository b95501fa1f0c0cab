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
  Entity,
  EventRef,
  Found,
  Problem,
  Rows,
  Scanned,
  ScanRange,
  SyncAdapter,
  Upsert,
  UpsertOutcome,
  WriteOutcome,
} from '../port/sync-adapter.ts'
import { committed } from './autocommit.ts'
import { writeBatches } from './batch.ts'
import { chunks } from './chunks.ts'
import { DeferredTriggers } from './deferred-triggers.ts'
import { rowOf } from './found-row.ts'
import { Ledger } from './ledger.ts'
import { Letters } from './letters.ts'
import { linkingOf } from './linking.ts'
import { claimsOf, isEntered, isRowAppeared, withOwnMoment } from './once-in-transaction.ts'
import { type Program, type Row, send, sendAlong } from './program.ts'
import { type Runner, signalOf } from './runner.ts'
import type { SqlParts } from './sql-parts.ts'
import type { ChangeSteps, TableWriter } from './table-writer.ts'
import { writersOf } from './writers.ts'

/** An adapter for an SQL database: it lacks only the way to the driver, which is the runner's. */
export function createSqlAdapter<R extends Rows, Tx, HookResult, Stored extends Rows>(
  {
    name,
    dialect,
    tables,
    versions,
    ledger: ledgerTable,
    deadLetters: lettersTable,
    find,
    select,
    selectBy,
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
  const writers = writersOf({ name, dialect, tables, versions, faultOf }, runner, run)
  const writerOf = ({ entity }: Pick<Change, 'entity'>): TableWriter => {
    const found = writers.get(entity)
    if (found) return found
    throw new ClerkSyncError('config_invalid', `${name} was given no table for ${entity}.`)
  }
  const needLedger = (): Ledger => {
    if (ledger) return ledger
    throw new ClerkSyncError('config_invalid', `${name} was given no events table, which hooks need.`)
  }
  const write = async (change: Change, options?: CallOptions): Promise<WriteOutcome> =>
    writerOf(change).write(change, signalOf(options))
  const findAlone = ({ entity, key }: Pick<Change, 'entity' | 'key'>): Promise<Found | undefined> =>
    withRetries(
      async () => {
        const writer = writerOf({ entity })
        return writer.found(key, rowOf(await find(writer.table, key), writer.table, key))
      },
      faultOf,
      signalOf(),
    )

  async function scan(entity: Entity, range: ScanRange, signal: AbortSignal): Promise<readonly Scanned[]> {
    const writer = writerOf({ entity })
    const read = (some: ScanRange) => withRetries(async () => select(writer.table, some), faultOf, signal)
    if (!range.keys) return writer.scanned(undefined, await read(range), signal)
    const found: Scanned[] = []
    for (const keys of chunks(range.keys, dialect))
      found.push(...(await writer.scanned(keys, await read({ keys }), signal)))
    return found
  }

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

  const rowIn = (rows: readonly Row[], change: Change): Row | undefined =>
    rowOf(rows, writerOf(change).table, change.key)

  /** After the hook. A crash in between leaves a letter whose message is claimed: its next delivery removes it. */
  function* claimAndRemove(event: EventRef): Program<void> {
    yield* claim(event, new Date())
    if (letters) yield* letters.remove(event.id)
  }

  /** In one round trip. The write of a message that was processed before is harmless: the row's version is as large. */
  function* lookAndWrite(event: EventRef, change: Change | undefined): Program<WriteOutcome | 'duplicate'> {
    const look = needLedger().find(event)
    if (!change) return isEntered((yield* send(look)).rows, event) ? 'duplicate' : 'unchanged'
    const [found, outcome] = yield* sendAlong(look, writerOf(change).writing(change))
    return isEntered(found.rows, event) ? 'duplicate' : outcome
  }

  async function check(options: CheckOptions): Promise<readonly Problem[]> {
    const [{ checkDatabase }, catalog] = await Promise.all([import('./check/check-database.ts'), dialect.catalog()])
    const about = { dialect, catalog, tables, versions, ledger: ledgerTable, letters, faultOf }
    const found = await run(() => checkDatabase(about, options), signalOf(options))
    return [...(parts.problems ?? []), ...found]
  }

  return {
    name,
    tables: Object.fromEntries(tables.map((table) => [table.entity, table])),
    ledger: ledger !== undefined,
    faultOf,
    ...(parts.refusalOf && { refusalOf: parts.refusalOf }),
    ...(letters && { deadLetters: letters.store((program, options) => run(program, signalOf(options)), ledger) }),
    ...(selectBy && { linking: linkingOf({ dialect, versions, selectBy, writerOf, run, faultOf }) }),
    ...(parts.troubleOf && { troubleOf: parts.troubleOf }),
    upsert: (change: Upsert, options) => write(change, options) as Promise<UpsertOutcome>,
    softDelete: (change: Delete, options) => write(change, options) as Promise<DeleteOutcome>,
    once(event, change, hook, options) {
      const signal = signalOf(options)
      const locked = options?.before ? change : undefined
      if (!transaction) {
        return onceWithoutTransaction(event, hook, {
          before: locked && (async () => (await findAlone(locked))?.row),
          write: () => run(() => lookAndWrite(event, change), signal),
          mark: () => run(() => claimAndRemove(event), signal),
        })
      }
      const runAttempt = withOwnMoment((at) => {
        const deferred = new DeferredTriggers(dialect)
        const steps = change && writerOf(change).inTransaction(change, { wantsBefore: locked !== undefined, deferred })
        return transaction(
          {
            claim: () => claimAndLock(event, at, deferred, steps),
            read: locked && ((tx) => find(writerOf(locked).table, locked.key, tx)),
            write: () => writeAndRemove(event, steps, deferred, change),
            hook: (tx, outcome, read) => hook(tx, outcome, read && locked && rowIn(read, locked)),
            *confirm() {
              if (steps?.finish) yield* steps.finish()
              yield* deferred.run(steps?.lost)
              yield* confirm(event)
            },
            undo: () => forget(event, at),
          },
          signal,
        )
      })
      return withRetries(runAttempt, (error) => (isRowAppeared(error) ? 'transient' : faultOf(error)), signal)
    },
    writeMany: (changes, options) => writeBatches(changes, writerOf, faultOf, options?.signal),
    scan: (entity, range, options) => scan(entity, range, signalOf(options)),
    find: (entity, key) => findAlone({ entity, key }),
    check: (options = {}) => check(options),
    prune: async (before) => (await run(() => send(needLedger().prune(before)))).affected,
  }
}

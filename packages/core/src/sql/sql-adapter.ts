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
  SyncAdapter,
  Tally,
  Upsert,
  UpsertOutcome,
  WriteOutcome,
} from '../port/sync-adapter.ts'
import { committed } from './autocommit.ts'
import { readVersions, writeBatches, writeMany } from './batch.ts'
import { DeferredTriggers } from './deferred-triggers.ts'
import { foundRow, rowOf } from './found-row.ts'
import { Ledger } from './ledger.ts'
import { Letters } from './letters.ts'
import { claimsOf, isEntered, isRowAppeared, RowAppeared, withOwnMoment } from './once-in-transaction.ts'
import { type Program, type Row, send, sendAlong } from './program.ts'
import { type Runner, signalOf } from './runner.ts'
import type { SqlParts } from './sql-parts.ts'
import { TableStatements } from './table-statements.ts'
import type { Written } from './written.ts'

/** What one attempt at an event learns on its way. */
interface Attempt {
  readonly deferred: DeferredTriggers
  /** Whether there was a row to lock; undefined where none was asked for. */
  lockedRow?: boolean
}

/** An adapter for an SQL database: it lacks only the way to the driver, which is the runner's. */
export function createSqlAdapter<R extends Rows, Tx, HookResult, Stored extends Rows>(
  { name, dialect, tables, ledger: ledgerTable, deadLetters: lettersTable, find, ...parts }: SqlParts<Tx>,
  runner: Runner<Tx, HookResult>,
): SyncAdapter<R, Tx, HookResult, Stored> {
  const statements = new Map(
    tables.map((table): [Entity, TableStatements] => [table.entity, new TableStatements(table, dialect)]),
  )
  const ledger = ledgerTable && new Ledger(ledgerTable, dialect)
  const transaction = runner.transaction?.bind(runner)
  const faultOf = (error: unknown) => parts.faultOf?.(error) ?? databaseFault(error)
  const letters = lettersTable && new Letters(lettersTable, dialect, faultOf)
  const run = <T>(program: () => Program<T>, signal?: AbortSignal): Promise<T> =>
    withRetries(() => runner.run(committed(program()), signal), faultOf, signal)
  const statementsOf = ({ entity }: Pick<Change, 'entity'>): TableStatements => {
    const found = statements.get(entity)
    if (found) return found
    throw new ClerkSyncError('config_invalid', `${name} was given no table for ${entity}.`)
  }
  const needLedger = (): Ledger => {
    if (ledger) return ledger
    throw new ClerkSyncError('config_invalid', `${name} was given no events table, which hooks need.`)
  }
  const writing = (change: Change): Program<Written> => dialect.write(statementsOf(change), change, faultOf)
  const write = async (change: Change, options?: CallOptions): Promise<WriteOutcome> =>
    (await run(() => writing(change), signalOf(options))).outcome
  const findAlone = ({ entity, key }: Pick<Change, 'entity' | 'key'>): Promise<Found | undefined> =>
    withRetries(
      async () => {
        const { table } = statementsOf({ entity })
        const row = rowOf(await find(table, key), table, key)
        return row && foundRow(name, table, row)
      },
      faultOf,
      signalOf(),
    )

  const { claim, confirm, forget } = claimsOf(needLedger, faultOf)

  function* claimAndLock(event: EventRef, at: Date, attempt: Attempt, locked?: Change): Program<boolean> {
    if (!(yield* claim(event, at, attempt.deferred))) return false
    if (locked && dialect.lockRow) {
      const { rows } = yield* send(statementsOf(locked).lock(locked.key))
      attempt.lockedRow = rows.some(({ clerk_key }) => String(clerk_key).trimEnd() === locked.key)
    }
    return true
  }

  /** The letter last: on MySQL the first plain select fixes what the transaction sees, and must wait for the row's lock. */
  function* writeAndRemove(event: EventRef, attempt: Attempt, change: Change | undefined): Program<WriteOutcome> {
    const outcome = change ? yield* writeLocked(attempt, change) : 'unchanged'
    if (letters) yield* letters.remove(event.id)
    return outcome
  }

  function* writeLocked({ deferred, lockedRow }: Attempt, change: Change): Program<WriteOutcome> {
    const { outcome, inserted, mayBeDeferred } = yield* writing(change)
    if (mayBeDeferred) deferred.expect()
    // There is no lock on a row that is not there: another delivery may have inserted it since, and a third one written it.
    if (lockedRow === false && !inserted) throw new RowAppeared()
    return outcome
  }

  const rowIn = (rows: readonly Row[], { entity, key }: Change): Row | undefined =>
    rowOf(rows, statementsOf({ entity }).table, key)

  /** After the hook. A crash in between leaves a letter whose message is claimed: its next delivery removes it. */
  function* claimAndRemove(event: EventRef): Program<void> {
    yield* claim(event, new Date())
    if (letters) yield* letters.remove(event.id)
  }

  /** In one round trip. The write of a message that was processed before is harmless: the row's version is as large. */
  function* lookAndWrite(event: EventRef, change: Change | undefined): Program<WriteOutcome | 'duplicate'> {
    const look = needLedger().find(event)
    if (!change) return isEntered((yield* send(look)).rows, event) ? 'duplicate' : 'unchanged'
    const [found, written] = yield* sendAlong(look, writing(change))
    return isEntered(found.rows, event) ? 'duplicate' : written.outcome
  }

  async function check(options: CheckOptions): Promise<readonly Problem[]> {
    const [{ checkDatabase }, catalog] = await Promise.all([import('./check-database.ts'), dialect.catalog()])
    const about = { dialect, catalog, tables, ledger: ledgerTable, letters, faultOf }
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
        const attempt: Attempt = { deferred: new DeferredTriggers(dialect) }
        return transaction(
          {
            claim: () => claimAndLock(event, at, attempt, locked),
            read: locked && ((tx) => find(statementsOf(locked).table, locked.key, tx)),
            write: () => writeAndRemove(event, attempt, change),
            hook: (tx, outcome, read) => hook(tx, outcome, read && locked && rowIn(read, locked)),
            *confirm() {
              yield* attempt.deferred.run(change && statementsOf(change), change)
              yield* confirm(event)
            },
            undo: () => forget(event, at),
          },
          signal,
        )
      })
      return withRetries(runAttempt, (error) => (isRowAppeared(error) ? 'transient' : faultOf(error)), signal)
    },
    upsertMany: (changes): Promise<Tally> =>
      writeBatches(changes, statementsOf, {
        faultOf,
        write: (_, change) => write(change) as Promise<UpsertOutcome>,
        writeMany: (statements, batch) => run(() => writeMany(statements, batch)),
        versions: (statements, keys) => run(() => readVersions(statements, keys)),
      }),
    find: (entity, key) => findAlone({ entity, key }),
    check: (options = {}) => check(options),
    prune: async (before) => (await run(() => send(needLedger().prune(before)))).affected,
  }
}

import { ClerkSyncError } from '../errors.ts'
import { databaseFault, type Fault } from '../port/database-fault.ts'
import type { Trouble } from '../port/database-trouble.ts'
import { onceWithoutTransaction } from '../port/once-without-transaction.ts'
import type { Refusal } from '../port/refusal.ts'
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
  Tally,
  Upsert,
  UpsertOutcome,
  WriteOutcome,
} from '../port/sync-adapter.ts'
import { writeBatches } from './batch.ts'
import type { Dialect } from './dialects/dialect.ts'
import { rowOf } from './found-row.ts'
import { Ledger } from './ledger.ts'
import { Letters, type LettersTable } from './letters.ts'
import { claimsOf, isEntered, isRowAppeared, withOwnMoment } from './once-in-transaction.ts'
import { type Program, type Row, send, sendAlong } from './program.ts'
import { type FoundRows, type Runner, signalOf } from './runner.ts'
import type { BesideTable, KeyedTable, LedgerTable, SyncedTable, VersionsTable } from './table.ts'
import type { ChangeSteps, TableWriter } from './table-writer.ts'
import { writersOf } from './writers.ts'

/** What an adapter for an SQL database is made of, beside its driver. */
export interface SqlParts<Tx = unknown> {
  /** For messages and test titles: `drizzle:postgres`. */
  readonly name: string
  readonly dialect: Dialect
  readonly tables: readonly (SyncedTable | BesideTable)[]
  /** The table of versions, which tables without sync columns need. */
  readonly versions?: VersionsTable | undefined
  /** The table of the ledger, which hooks need. */
  readonly ledger: LedgerTable | undefined
  /** The table of dead letters, which is optional. */
  readonly deadLetters?: LettersTable | undefined
  /** What errors of the driver mean that carry no code of the database. */
  readonly faultOf?: (error: unknown) => Fault | undefined
  /** The constraint or column that an error names, where the driver's own is not found through `cause`. */
  readonly refusalOf?: (error: unknown) => Refusal | undefined
  /** What the adapter knows at set-up, of its driver say, for `check`. */
  readonly problems?: readonly Problem[]
  /** What keeps the database from its work, where the driver's own error is not found through `cause`. */
  readonly troubleOf?: (error: unknown) => Trouble | undefined
  /**
   * The rows with this value in the table's key, as the application's own query gives them, with its properties: in the
   * transaction, where there is one.
   */
  readonly find: (table: KeyedTable, key: string, tx?: Tx) => FoundRows
}

/** An adapter for an SQL database: it lacks only the way to the driver, which is the runner's. */
export function createSqlAdapter<R extends Rows, Tx, HookResult, Stored extends Rows>(
  { name, dialect, tables, versions, ledger: ledgerTable, deadLetters: lettersTable, find, ...parts }: SqlParts<Tx>,
  runner: Runner<Tx, HookResult>,
): SyncAdapter<R, Tx, HookResult, Stored> {
  const ledger = ledgerTable && new Ledger(ledgerTable, dialect)
  const transaction = runner.transaction?.bind(runner)
  const faultOf = (error: unknown) => parts.faultOf?.(error) ?? databaseFault(error)
  const letters = lettersTable && new Letters(lettersTable, dialect, faultOf)
  const run = <T>(program: () => Program<T>, signal?: AbortSignal): Promise<T> =>
    withRetries(() => runner.run(program(), signal), faultOf, signal)
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

  const { claim, confirm, forget } = claimsOf(needLedger, faultOf)

  function* claimAndLock(event: EventRef, at: Date, steps: ChangeSteps | undefined): Program<boolean> {
    if (!(yield* claim(event, at))) return false
    if (letters) yield* letters.remove(event.id)
    if (steps?.lock) yield* steps.lock()
    return true
  }

  function* finishAndConfirm(event: EventRef, steps: ChangeSteps | undefined): Program<void> {
    if (steps?.finish) yield* steps.finish()
    yield* confirm(event)
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
    const [{ checkDatabase }, catalog] = await Promise.all([import('./check-database.ts'), dialect.catalog()])
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
    ...(letters && { deadLetters: letters.store((program) => run(program, signalOf()), ledger) }),
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
      const attempt = withOwnMoment((at) => {
        const steps = change && writerOf(change).inTransaction(change, locked !== undefined)
        return transaction(
          {
            claim: () => claimAndLock(event, at, steps),
            read: locked && ((tx) => find(writerOf(locked).table, locked.key, tx)),
            write: (read) => writeStep(steps, read),
            hook: (tx, outcome, read) => hook(tx, outcome, read && locked && rowIn(read, locked)),
            confirm: () => finishAndConfirm(event, steps),
            undo: () => forget(event, at),
          },
          signal,
        )
      })
      return withRetries(attempt, (error) => (isRowAppeared(error) ? 'transient' : faultOf(error)), signal)
    },
    upsertMany: (changes): Promise<Tally> => writeBatches(changes, writerOf, faultOf),
    find: (entity, key) => findAlone({ entity, key }),
    check: (options = {}) => check(options),
    prune: async (before) => (await run(() => send(needLedger().prune(before)))).affected,
  }
}

function* writeStep(steps: ChangeSteps | undefined, read: readonly Row[] | undefined): Program<WriteOutcome> {
  return steps ? yield* steps.write(read) : 'unchanged'
}

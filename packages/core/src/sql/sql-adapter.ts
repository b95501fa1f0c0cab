import { ClerkSyncError } from '../errors.ts'
import { databaseFault, type Fault } from '../port/database-fault.ts'
import { LONGEST_WAIT_MS } from '../port/limits.ts'
import { onceWithoutTransaction } from '../port/once-without-transaction.ts'
import type { Refusal } from '../port/refusal.ts'
import { withRetries } from '../port/retries.ts'
import type {
  CallOptions,
  Change,
  CheckOptions,
  Delete,
  Entity,
  EventRef,
  Problem,
  Rows,
  SyncAdapter,
  Tally,
  Upsert,
  UpsertOutcome,
  WriteOutcome,
} from '../port/sync-adapter.ts'
import { NO_VERSION } from '../port/version.ts'
import { writeBatches } from './batch.ts'
import { checkCollations, checkLedger, checkTable, type TableFacts } from './check.ts'
import { checkTombstones } from './check-tombstones.ts'
import type { Dialect } from './dialects/dialect.ts'
import { Ledger } from './ledger.ts'
import { claimsOf, isEntered, withOwnMoment } from './once-in-transaction.ts'
import { type Program, type Row, send, sendAlong } from './program.ts'
import type { Runner } from './runner.ts'
import type { LedgerTable, SyncedTable } from './table.ts'
import { TableStatements } from './table-statements.ts'

/** What an adapter for an SQL database is made of, beside its driver. */
export interface SqlParts {
  /** For messages and test titles: `drizzle:postgres`. */
  readonly name: string
  readonly dialect: Dialect
  readonly tables: readonly SyncedTable[]
  /** The table of the ledger, which hooks need. */
  readonly ledger: LedgerTable | undefined
  /** What errors of the driver mean that carry no code of the database. */
  readonly faultOf?: (error: unknown) => Fault | undefined
  /** The constraint or column that an error names, where the driver's own is not found through `cause`. */
  readonly refusalOf?: (error: unknown) => Refusal | undefined
  /** What the adapter knows at set-up, of its driver say, for `check`. */
  readonly problems?: readonly Problem[]
  /** The rows with this value in the table's key, as the application's own query gives them, with its properties. */
  readonly find: (table: SyncedTable, key: string) => PromiseLike<readonly Row[]>
}

/** An adapter for an SQL database: it lacks only the way to the driver, which is the runner's. */
export function createSqlAdapter<R extends Rows, Tx, HookResult, Stored extends Rows>(
  { name, dialect, tables, ledger: ledgerTable, find, ...parts }: SqlParts,
  runner: Runner<Tx, HookResult>,
): SyncAdapter<R, Tx, HookResult, Stored> {
  const statements = new Map(
    tables.map((table): [Entity, TableStatements] => [table.entity, new TableStatements(table, dialect)]),
  )
  const ledger = ledgerTable && new Ledger(ledgerTable, dialect)
  const transaction = runner.transaction?.bind(runner)
  const faultOf = (error: unknown) => parts.faultOf?.(error) ?? databaseFault(error)
  const run = <T>(program: () => Program<T>, signal?: AbortSignal): Promise<T> =>
    withRetries(() => runner.run(program(), signal), faultOf, signal)
  const statementsOf = ({ entity }: Pick<Change, 'entity'>): TableStatements => {
    const found = statements.get(entity)
    if (found) return found
    throw new ClerkSyncError('config_invalid', `${name} was given no table for ${entity}.`)
  }
  const needLedger = (): Ledger => {
    if (ledger) return ledger
    throw new ClerkSyncError('config_invalid', `${name} was given no events table, which hooks need.`)
  }
  const writing = (change: Change): Program<UpsertOutcome> => dialect.write(statementsOf(change), change, faultOf)
  const write = (change: Change, options?: CallOptions): Promise<UpsertOutcome> =>
    run(() => writing(change), signalOf(options))

  const { claim, confirm, forget } = claimsOf(needLedger, faultOf)

  function* claimAndWrite(event: EventRef, at: Date, change: Change | undefined): Program<WriteOutcome | 'duplicate'> {
    if (!(yield* claim(event, at))) return 'duplicate'
    if (!change) return 'unchanged'
    return outcomeOf(change, yield* writing(change))
  }

  /** In one round trip. The write of a message that was processed before is harmless: the row's version is as large. */
  function* lookAndWrite(event: EventRef, change: Change | undefined): Program<WriteOutcome | 'duplicate'> {
    const look = needLedger().find(event)
    if (!change) return isEntered((yield* send(look)).rows, event) ? 'duplicate' : 'unchanged'
    const [found, written] = yield* sendAlong(look, writing(change))
    return isEntered(found.rows, event) ? 'duplicate' : outcomeOf(change, written)
  }

  function* check({ tombstones }: CheckOptions): Program<readonly Problem[]> {
    const problems: Problem[] = dialect.settings ? [...(yield* dialect.settings())] : []
    problems.push(...(parts.problems ?? []))
    const found: [SyncedTable, TableFacts][] = []
    for (const table of tables) {
      const facts = yield* dialect.facts(table.quoted)
      found.push([table, facts])
      problems.push(...checkTable(table, facts))
      const tombstone = tombstones?.[table.entity]
      if (tombstone) problems.push(...(yield* checkTombstones(dialect, table, facts, tombstone)))
    }
    problems.push(...checkCollations(found))
    if (ledgerTable) problems.push(...checkLedger(ledgerTable, yield* dialect.facts(ledgerTable.quoted)))
    return problems
  }

  return {
    name,
    tables: Object.fromEntries(tables.map((table) => [table.entity, table])),
    ledger: ledger !== undefined,
    faultOf,
    ...(parts.refusalOf && { refusalOf: parts.refusalOf }),
    upsert: (change: Upsert, options) => write(change, options),
    softDelete: async (change: Delete, options) =>
      (await write(change, options)) === 'unchanged' ? 'unchanged' : 'deleted',
    once(event, change, hook, options) {
      const signal = signalOf(options)
      if (!transaction) {
        return onceWithoutTransaction(event, hook, {
          write: () => run(() => lookAndWrite(event, change), signal),
          mark: () => run(() => claim(event, new Date()), signal),
        })
      }
      const attempt = withOwnMoment((at) =>
        transaction(
          () => claimAndWrite(event, at, change),
          hook,
          () => confirm(event),
          () => forget(event, at),
          signal,
        ),
      )
      return withRetries(attempt, faultOf, signal)
    },
    upsertMany: (changes): Promise<Tally> =>
      writeBatches(changes, statementsOf, {
        faultOf,
        write: (_, change) => write(change),
        writeMany: (statements, batch) => run(() => writeMany(statements, batch)),
        versions: (statements, keys) => run(() => readVersions(statements, keys)),
      }),
    find: (entity, key) =>
      withRetries(
        async () => {
          const { table } = statementsOf({ entity })
          // A collation that ignores case finds others as well.
          const row = (await find(table, key)).find((one) => one[table.key] === key)
          return row && { row, deleted: row[table.deletedAt] !== null, synced: row[table.clerkVersion] !== NO_VERSION }
        },
        faultOf,
        signalOf(),
      ),
    check: (options = {}) => run(() => check(options)),
    prune: async (before) => (await run(() => send(needLedger().prune(before)))).affected,
  }
}

/** A caller that sets no limit does not wait for ever either. */
function signalOf({ signal = AbortSignal.timeout(LONGEST_WAIT_MS) }: CallOptions = {}): AbortSignal {
  return signal
}

function outcomeOf(change: Change, written: UpsertOutcome): WriteOutcome {
  return change.kind === 'delete' && written !== 'unchanged' ? 'deleted' : written
}

function* writeMany(statements: TableStatements, batch: readonly [Upsert, ...Upsert[]]): Program<void> {
  yield* send(statements.many(batch))
}

function* readVersions(statements: TableStatements, keys: readonly string[]): Program<ReadonlyMap<string, string>> {
  const { rows } = yield* send(statements.versions(keys))
  return new Map(rows.map((row) => [String(row.clerk_key), String(row.clerk_version)]))
}

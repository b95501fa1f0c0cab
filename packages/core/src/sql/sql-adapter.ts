import { ClerkSyncError } from '../errors.ts'
import { databaseFault, type Fault } from '../port/database-fault.ts'
import { onceWithoutTransaction } from '../port/once-without-transaction.ts'
import { withRetries } from '../port/retries.ts'
import type {
  Change,
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
import { checkLedger, checkTable } from './check.ts'
import type { Dialect } from './dialects/dialect.ts'
import { Ledger } from './ledger.ts'
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
  /** The rows with this value in the table's key, as the application's own query gives them, with its properties. */
  readonly find: (table: SyncedTable, key: string) => PromiseLike<readonly Row[]>
}

const DROPPED =
  'A trigger, a rule or a row-level security policy drops what is inserted there, or changes its id: make it ' +
  'leave the ledger unchanged, or the hook would run for every delivery of the message.'

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
  const run = <T>(program: () => Program<T>): Promise<T> => withRetries(() => runner.run(program()), faultOf)
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
  const write = (change: Change): Promise<UpsertOutcome> => run(() => writing(change))

  function* claimAndWrite(event: EventRef, change: Change | undefined): Program<WriteOutcome | 'duplicate'> {
    if (!(yield* claim(event))) return 'duplicate'
    if (!change) return 'unchanged'
    return outcomeOf(change, yield* writing(change))
  }

  /** False where the message is in the ledger. That no row came back does not say so: a trigger may have dropped it. */
  function* claim(event: EventRef): Program<boolean> {
    const statement = needLedger().claim(event)
    let refusal: unknown
    try {
      const { rows } = yield* send(statement)
      if (!statement.returnsRows || String(rows[0]?.claimed).trimEnd() === event.id) return true
    } catch (error) {
      if (statement.returnsRows || faultOf(error) !== 'unique_conflict') throw error
      refusal = error
    }
    const { rows } = yield* send(needLedger().find(event))
    if (rows.length === 1) return false
    throw new ClerkSyncError('store_failed', `${needLedger().table.name} does not have the message. ${DROPPED}`, {
      cause: refusal,
    })
  }

  /** A hook may catch what the database threw. PostgreSQL then turns the commit into a rollback, without a word. */
  function* confirm(event: EventRef): Program<void> {
    const { rows } = yield* send(needLedger().find(event))
    if (rows.length === 1) return
    throw new ClerkSyncError(
      'store_failed',
      `After the hook, ${needLedger().table.name} does not have the message, and nothing was kept. Either the hook ` +
        'caught an error of the database and went on, which rolls the transaction back: let such errors out of the ' +
        `hook. Or: ${DROPPED}`,
    )
  }

  /** In one round trip. The write of a message that was processed before is harmless: the row's version is as large. */
  function* lookAndWrite(event: EventRef, change: Change | undefined): Program<WriteOutcome | 'duplicate'> {
    const look = needLedger().find(event)
    if (!change) return (yield* send(look)).rows.length === 1 ? 'duplicate' : 'unchanged'
    const [found, written] = yield* sendAlong(look, writing(change))
    return found.rows.length === 1 ? 'duplicate' : outcomeOf(change, written)
  }

  function* check(): Program<readonly Problem[]> {
    const problems: Problem[] = dialect.settings ? [...(yield* dialect.settings())] : []
    for (const table of tables) {
      problems.push(...checkTable(table, yield* dialect.facts(table.quoted)))
    }
    if (ledgerTable) problems.push(...checkLedger(ledgerTable, yield* dialect.facts(ledgerTable.quoted)))
    return problems
  }

  return {
    name,
    tables: Object.fromEntries(tables.map((table) => [table.entity, table])),
    ledger: ledger !== undefined,
    faultOf,
    upsert: (change: Upsert) => write(change),
    softDelete: async (change: Delete) => ((await write(change)) === 'unchanged' ? 'unchanged' : 'deleted'),
    once: transaction
      ? (event, change, hook) =>
          withRetries(
            () =>
              transaction(
                () => claimAndWrite(event, change),
                hook,
                () => confirm(event),
              ),
            faultOf,
          )
      : (event, change, hook) =>
          onceWithoutTransaction(event, hook, {
            write: () => run(() => lookAndWrite(event, change)),
            mark: () => run(() => claim(event)),
          }),
    upsertMany: (changes): Promise<Tally> =>
      writeBatches(changes, statementsOf, {
        faultOf,
        write: (_, change) => write(change),
        writeMany: (statements, batch) => run(() => writeMany(statements, batch)),
        versions: (statements, keys) => run(() => readVersions(statements, keys)),
      }),
    find: (entity, key) =>
      withRetries(async () => {
        const { table } = statementsOf({ entity })
        // A collation that ignores case finds others as well.
        const row = (await find(table, key)).find((one) => one[table.key] === key)
        return row && { row, deleted: row[table.deletedAt] !== null, synced: row[table.clerkVersion] !== NO_VERSION }
      }, faultOf),
    check: () => run(check),
    prune: async (before) => (await run(() => send(needLedger().prune(before)))).affected,
  }
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

import { ClerkSyncError } from '../errors.ts'
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
  WriteOutcome,
} from '../port/sync-adapter.ts'
import { NO_VERSION } from '../port/version.ts'
import { writeBatches } from './batch.ts'
import { checkCollations, checkLedger, checkTable, type TableFacts } from './check.ts'
import type { Dialect, Written } from './dialects/dialect.ts'
import { Ledger } from './ledger.ts'
import { type Program, type Row, send, sendAlong } from './program.ts'
import type { Runner } from './runner.ts'
import { Statements } from './statement.ts'
import type { LedgerTable, SyncedTable } from './table.ts'

/** What an adapter for an SQL database is made of, beside its driver. */
export interface SqlParts {
  /** For messages and test titles: `drizzle:postgres`. */
  readonly name: string
  readonly dialect: Dialect
  readonly tables: readonly SyncedTable[]
  /** The table of the ledger, which hooks need. */
  readonly ledger: LedgerTable | undefined
  /** The rows with this value in the table's key, as the application's own query gives them, with its properties. */
  readonly find: (table: SyncedTable, key: string) => PromiseLike<readonly Row[]>
}

/** An adapter for an SQL database: it lacks only the way to the driver, which is the runner's. */
export function createSqlAdapter<R extends Rows, Tx, HookResult, Stored extends Rows>(
  { name, dialect, tables, ledger: ledgerTable, find }: SqlParts,
  runner: Runner<Tx, HookResult>,
): SyncAdapter<R, Tx, HookResult, Stored> {
  const statements = new Map(
    tables.map((table): [Entity, Statements] => [table.entity, new Statements(table, dialect)]),
  )
  const ledger = ledgerTable && new Ledger(ledgerTable, dialect)
  const transaction = runner.transaction?.bind(runner)
  const run = <T>(program: () => Program<T>): Promise<T> => withRetries(() => runner.run(program()))
  const statementsOf = ({ entity }: Pick<Change, 'entity'>): Statements => {
    const found = statements.get(entity)
    if (found) return found
    throw new ClerkSyncError('config_invalid', `${name} was given no table for ${entity}.`)
  }
  const needLedger = (): Ledger => {
    if (ledger) return ledger
    throw new ClerkSyncError('config_invalid', `${name} was given no events table, which hooks need.`)
  }
  const write = (change: Change): Promise<Written> => run(() => dialect.write(statementsOf(change), change))

  function* claimAndWrite(event: EventRef, change: Change | undefined): Program<WriteOutcome | 'duplicate'> {
    if (!(yield* claim(event))) return 'duplicate'
    if (!change) return 'unchanged'
    return outcomeOf(change, yield* dialect.write(statementsOf(change), change))
  }

  function* claim(event: EventRef): Program<boolean> {
    const statement = needLedger().claim(event)
    try {
      const { rows } = yield* send(statement)
      return !statement.returnsRows || rows.length === 1
    } catch (error) {
      if (!dialect.claimed(error)) throw error
      // A collation that ignores case takes another message for this one, whose hook must not be left out in silence.
      const { rows } = yield* send(needLedger().find(event))
      if (rows.some((row) => row.event_id === event.id)) return false
      throw error
    }
  }

  /** A hook may catch what the database threw. PostgreSQL then turns the commit into a rollback, without a word. */
  function* confirm(event: EventRef): Program<void> {
    const { rows } = yield* send(needLedger().find(event))
    if (rows.length === 1) return
    throw new ClerkSyncError(
      'store_failed',
      'The transaction was rolled back while the hook ran: it caught an error of the database and went on. Let such ' +
        'errors out of the hook, so that the event is sent again.',
    )
  }

  /** Without transactions: what was processed is marked after the hook, so that no hook is ever left out. */
  async function atLeastOnce(
    event: EventRef,
    change: Change | undefined,
    hook: (tx: Tx, outcome: WriteOutcome) => HookResult,
  ): Promise<WriteOutcome | 'duplicate'> {
    const outcome = await run(() => lookAndWrite(event, change))
    if (outcome === 'duplicate') return outcome
    // There is none: the runner's Tx is never.
    await hook(undefined as Tx, outcome)
    try {
      await run(() => claim(event))
    } catch (cause) {
      const message =
        'The row is written and the hook has run, but the ledger could not be told: the event is sent again, and its ' +
        'hook runs again.'
      throw new ClerkSyncError('store_failed', message, { cause })
    }
    return outcome
  }

  /** In one round trip. The write of a message that was processed before is harmless: the row's version is as large. */
  function* lookAndWrite(event: EventRef, change: Change | undefined): Program<WriteOutcome | 'duplicate'> {
    const look = needLedger().find(event)
    if (!change) return (yield* send(look)).rows.length === 1 ? 'duplicate' : 'unchanged'
    const [found, written] = yield* sendAlong(look, dialect.write(statementsOf(change), change))
    return found.rows.length === 1 ? 'duplicate' : outcomeOf(change, written)
  }

  function* check(): Program<readonly Problem[]> {
    const problems: Problem[] = dialect.settings ? [...(yield* dialect.settings())] : []
    const found: [SyncedTable, TableFacts][] = []
    for (const table of tables) {
      const facts = yield* dialect.facts(table.quoted)
      found.push([table, facts])
      problems.push(...checkTable(table, facts, dialect.versionLength))
    }
    problems.push(...checkCollations(found))
    if (ledgerTable) problems.push(...checkLedger(ledgerTable, yield* dialect.facts(ledgerTable.quoted)))
    return problems
  }

  return {
    name,
    tables: Object.fromEntries(tables.map((table) => [table.entity, table])),
    ledger: ledger !== undefined,
    upsert: (change: Upsert) => write(change),
    softDelete: async (change: Delete) => ((await write(change)) === 'unchanged' ? 'unchanged' : 'deleted'),
    once: transaction
      ? (event, change, hook) =>
          withRetries(() =>
            transaction(
              () => claimAndWrite(event, change),
              hook,
              () => confirm(event),
            ),
          )
      : atLeastOnce,
    upsertMany: (changes): Promise<Tally> =>
      writeBatches(changes, statementsOf, {
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
      }),
    check: () => run(check),
    prune: async (before) => (await run(() => send(needLedger().prune(before)))).affected,
  }
}

function outcomeOf(change: Change, written: Written): WriteOutcome {
  return change.kind === 'delete' && written !== 'unchanged' ? 'deleted' : written
}

function* writeMany(statements: Statements, batch: readonly [Upsert, ...Upsert[]]): Program<void> {
  yield* send(statements.many(batch))
}

function* readVersions(statements: Statements, keys: readonly string[]): Program<ReadonlyMap<string, string>> {
  const { rows } = yield* send(statements.versions(keys))
  return new Map(rows.map((row) => [String(row.clerk_key), String(row.clerk_version)]))
}

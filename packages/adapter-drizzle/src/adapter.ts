import {
  type Change,
  ClerkSyncError,
  type Delete,
  type Entity,
  type EventRef,
  type Problem,
  type Rows,
  type SyncAdapter,
  type TableInfo,
  type Tally,
  type Upsert,
  type WriteOutcome,
  withRetries,
} from '@clerk-sync/core'
import { writeBatches } from './batch.ts'
import type { WriteProgram, Written } from './guarded-write.ts'
import type { Ledger } from './ledger.ts'
import { type Program, send } from './program.ts'
import type { Statements } from './statement.ts'

/** What all the adapters of this package are made of. */
export interface Parts {
  readonly name: string
  readonly statements: { readonly [E in Entity]?: Statements }
  readonly ledger: Ledger | undefined
  readonly write: WriteProgram
  /** What the claim of a message throws when it was claimed before, on a database where it throws. */
  readonly claimed: (error: unknown) => boolean
  /** The rows with this key, as the application's own query gives them. */
  readonly find: (statements: Statements, key: string) => PromiseLike<readonly Readonly<Record<string, unknown>>[]>
  readonly check: () => Promise<readonly Problem[]>
}

/** How one driver runs programs. */
export interface Runner<Tx, HookResult> {
  /** Outside any transaction of the caller's; what is yielded together is one round trip, and atomic. */
  run<T>(program: Program<T>): Promise<T>
  /** In one transaction: `before`, then the hook with what it gave, then `after`. `before` may end it early. */
  transaction(
    before: () => Program<WriteOutcome | 'duplicate'>,
    hook: (tx: Tx, outcome: WriteOutcome) => HookResult,
    after: () => Program<void>,
  ): Promise<WriteOutcome | 'duplicate'>
}

export function createAdapter<R extends Rows, Tx, HookResult>(
  parts: Parts,
  runner: Runner<Tx, HookResult>,
): SyncAdapter<R, Tx, HookResult> {
  const { name, ledger } = parts
  const run = <T>(program: () => Program<T>): Promise<T> => withRetries(() => runner.run(program()))
  const statementsOf = ({ entity }: Pick<Change, 'entity'>): Statements => {
    const statements = parts.statements[entity]
    if (statements) return statements
    throw new ClerkSyncError('config_invalid', `${name} was given no table for ${entity}.`)
  }
  const needLedger = (): Ledger => {
    if (ledger) return ledger
    throw new ClerkSyncError('config_invalid', `${name} was given no events table, which hooks need.`)
  }
  const write = (change: Change): Promise<Written> => run(() => parts.write(statementsOf(change), change))

  function* claimAndWrite(event: EventRef, change: Change | undefined): Program<WriteOutcome | 'duplicate'> {
    if (!(yield* claim(event))) return 'duplicate'
    if (!change) return 'unchanged'
    return outcomeOf(change, yield* parts.write(statementsOf(change), change))
  }

  function* claim(event: EventRef): Program<boolean> {
    const statement = needLedger().claim(event)
    try {
      const { rows } = yield* send(statement)
      return !statement.returnsRows || rows.length === 1
    } catch (error) {
      if (parts.claimed(error)) return false
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

  return {
    name,
    tables: Object.fromEntries(
      Object.entries(parts.statements).map(([entity, { table }]): [string, TableInfo] => [entity, table]),
    ),
    ledger: ledger !== undefined,
    upsert: (change: Upsert) => write(change),
    softDelete: async (change: Delete) => ((await write(change)) === 'unchanged' ? 'unchanged' : 'deleted'),
    once: (event, change, hook) =>
      withRetries(() =>
        runner.transaction(
          () => claimAndWrite(event, change),
          hook,
          () => confirm(event),
        ),
      ),
    upsertMany: (changes): Promise<Tally> =>
      writeBatches(changes, statementsOf, {
        write: (_, change) => write(change),
        writeMany: (statements, batch) => run(() => writeMany(statements, batch)),
        versions: (statements, keys) => run(() => readVersions(statements, keys)),
      }),
    find: (entity, key) =>
      withRetries(async () => {
        const [row] = await parts.find(statementsOf({ entity }), key)
        return row && { row, deleted: row.deletedAt !== null }
      }),
    check: parts.check,
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

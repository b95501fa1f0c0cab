import { ClerkSyncError } from '@clerk-sync/core'
import {
  checkOptions,
  type GivenTables,
  givenParts,
  givenTables,
  LONGEST_WAIT_MS,
  type Rows,
  type SyncAdapter,
  type WithLedger,
} from '@clerk-sync/core/adapter'
import { asyncRunner, createSqlAdapter, type RunResult, type Statement } from '@clerk-sync/core/sql'
import { CamelCasePlugin, CompiledQuery, type Kysely, type QueryResult, type Transaction } from 'kysely'
import type { CheckedTables } from './checked-tables.ts'
import { DIALECTS, dialectOf, isSingleConnection } from './dialects.ts'
import { onOneConnection } from './one-connection.ts'
import { readOwnTable, readPartTable, readTable, type Spelling } from './synced-table.ts'
import { handleOf, inTransaction, rollBack } from './transaction.ts'
import { ownQuery } from './transaction-connection.ts'
import type { AnyTables, KyselyRows, StoredRowsOf } from './types.ts'

export interface KyselyAdapterOptions {
  /**
   * How long a hook may take, in ms, on SQLite and PGlite: all else waits for the one connection that it holds. Then the
   * delivery is `hook_failed`. Default: 10,000; Svix waits 15 s for an answer.
   */
  readonly hookTimeoutMs?: number
}

/**
 * Syncs into tables of your database through Kysely, on PostgreSQL, MySQL, MariaDB or SQLite.
 *
 * Each table has the Clerk id in `id`, or in another unique column that `key` names, and the columns `clerk_version` and
 * `deleted_at`; `@clerk-sync/adapter-kysely/migrations` adds them. Or it has neither, and the adapter is given a table
 * `versions`: deletes then remove rows. An event without a hook is one statement, and a read of the row where the
 * statement does not show what became of it; with versions beside, a transaction on MySQL.
 *
 * @example
 * ```ts
 * import { kyselyAdapter, type SyncColumns } from '@clerk-sync/adapter-kysely'
 * import { Kysely, PostgresDialect } from 'kysely'
 * import { Pool } from 'pg'
 *
 * interface UserTable extends SyncColumns {
 *   id: string
 *   email: string | null
 *   image_url: string | null
 * }
 *
 * const db = new Kysely<{ app_user: UserTable }>({ dialect: new PostgresDialect({ pool: new Pool() }) })
 *
 * export const adapter = kyselyAdapter(db, { users: { table: 'app_user', columns: ['email', 'image_url'] } })
 * ```
 * @throws ClerkSyncError `config_invalid` for options that cannot be, or a database of another kind.
 */
export function kyselyAdapter<DB, const T extends AnyTables<DB>>(
  db: Kysely<DB>,
  tables: T & CheckedTables<DB, T>,
  options?: KyselyAdapterOptions,
): SyncAdapter<KyselyRows<DB, T>, WithLedger<T, Transaction<DB>>, unknown, StoredRowsOf<DB, T>>
export function kyselyAdapter<DB>(
  db: Kysely<DB>,
  tables: GivenTables<unknown, string>,
  options: KyselyAdapterOptions = {},
): SyncAdapter {
  refuseUnfit(db)
  const given = givenTables<unknown>('kyselyAdapter', tables, { parts: true })
  const hookTimeoutMs = hookTimeoutOf(options)
  const dialect = dialectOf(db)
  // The names are the application's, or were compared with its interface by the compiler.
  const untyped = db as unknown as Untyped
  const spelling: Spelling = {
    dialect,
    camelCase: db.getExecutor().plugins.some((plugin) => plugin instanceof CamelCasePlugin),
    compile: (table, column) => untyped.selectFrom(table).select(column).compile().sql,
  }
  const bare = db.withoutPlugins()
  const limitMs = isSingleConnection(db) ? hookTimeoutMs : undefined
  return createSqlAdapter<Rows, Transaction<DB>, unknown, Rows>(
    {
      name: `kysely:${dialect}`,
      dialect: DIALECTS[dialect],
      batching: true,
      tables: given.map(([entity, table]) => readTable(entity, table, spelling, tables.versions !== undefined)),
      partTables: givenParts<unknown>(tables).map(([part, table]) => readPartTable(part, table, spelling)),
      versions: readOwnTable('versions', tables.versions, spelling),
      ledger: readOwnTable('events', tables.events, spelling),
      deadLetters: readOwnTable('deadLetters', tables.deadLetters, spelling),
      find: ({ name, key }, id, tx) => {
        const query = (on: unknown) => (on as Untyped).selectFrom(name).selectAll().where(key, '=', id).execute()
        return tx ? query(tx) : onOneConnection(db, undefined, query)
      },
      select: ({ name, key }, rows) =>
        onOneConnection(db, undefined, (on: unknown) => {
          const query = (on as Untyped).selectFrom(name).selectAll()
          return rows.values
            ? query.where(rows.column, 'in', [...rows.values]).execute()
            : query.where(key, '>', rows.after).orderBy(key).limit(rows.limit).execute()
        }),
    },
    asyncRunner<Transaction<DB>>({
      send: (statements, signal) => {
        const [first] = statements
        if (!first || statements.length > 1) return batch(bare, dialect, statements)
        return onOneConnection(bare, signal, async (connection) => [await execute(connection, first)])
      },
      // Plugins are for the application's queries: they would bend names and results.
      sendIn: (tx, statement) => execute(tx.withoutPlugins(), statement),
      transaction: (run, signal) => inTransaction(db, limitMs, run, signal),
      handle: (tx) => handleOf(tx, dialect),
    }),
  )
}

type Untyped = Kysely<Record<string, Record<string, unknown>>>

/** Several statements that are atomic together. */
function batch<DB>(db: Kysely<DB>, dialect: string, statements: readonly Statement[]): Promise<RunResult[]> {
  return db.connection().execute(async (connection) => {
    try {
      // A transaction of SQLite that begins as a reader cannot become a writer after another one's commit.
      await connection.executeQuery(CompiledQuery.raw(dialect === 'sqlite' ? 'begin immediate' : 'begin'))
      const results: RunResult[] = []
      for (const statement of statements) results.push(await execute(connection, statement))
      await connection.executeQuery(CompiledQuery.raw('commit'))
      return results
    } catch (error) {
      await rollBack(connection)
      throw error
    }
  })
}

/** `savepoint` and `set constraints` write no rows, and PostgreSQL counts none. */
const WRITE = /^(?:insert|update|delete|with)\b/i

async function execute<DB>(on: Kysely<DB>, { sql, params, returnsRows }: Statement): Promise<RunResult> {
  const result: QueryResult<unknown> = await on.executeQuery(ownQuery(sql, params))
  if (!returnsRows && result.numAffectedRows === undefined && WRITE.test(sql)) {
    throw new ClerkSyncError(
      'config_invalid',
      "This dialect of Kysely's does not say how many rows a statement wrote (numAffectedRows), and without it " +
        'the outcome of an event is unknown. Use one of the dialects that the README of @clerk-sync/adapter-kysely names.',
    )
  }
  return {
    rows: result.rows as RunResult['rows'],
    affected: Number(result.numAffectedRows ?? 0),
  }
}

function hookTimeoutOf(options: KyselyAdapterOptions): number {
  const aliases = { timeout: 'hookTimeoutMs', timeoutMs: 'hookTimeoutMs', hookTimeout: 'hookTimeoutMs' }
  checkOptions('kyselyAdapter', options, ['hookTimeoutMs'], aliases)
  const { hookTimeoutMs = LONGEST_WAIT_MS } = options
  if (Number.isSafeInteger(hookTimeoutMs) && hookTimeoutMs > 0) return hookTimeoutMs
  throw new ClerkSyncError(
    'config_invalid',
    'kyselyAdapter: hookTimeoutMs must be a positive whole number of milliseconds.',
  )
}

function refuseUnfit(db: unknown): void {
  if (typeof db !== 'object' || db === null || !('getExecutor' in db)) {
    throw new ClerkSyncError(
      'config_invalid',
      'kyselyAdapter takes an instance of Kysely first, and its tables second.',
    )
  }
  if ('isTransaction' in db && db.isTransaction === true) {
    throw new ClerkSyncError(
      'config_invalid',
      'kyselyAdapter was given a transaction, but each event needs one of its own. Pass the Kysely ' +
        'instance itself.',
    )
  }
}

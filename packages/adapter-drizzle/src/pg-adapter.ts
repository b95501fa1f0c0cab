import type { SyncAdapter } from '@clerk-sync/core/adapter'
import {
  asyncRunner,
  createSqlAdapter,
  onlyOne,
  postgres,
  type Runner,
  type RunResult,
  type Statement,
} from '@clerk-sync/core/sql'
import { asc, type TablesRelationalConfig } from 'drizzle-orm'
import type { PgColumn, PgDatabase, PgQueryResultHKT, PgTable } from 'drizzle-orm/pg-core'
import { postgresResult } from './driver-result.ts'
import { type AnyTables, readTables } from './given-tables.ts'
import { handleOf } from './hook-handle.ts'
import { namedTransaction } from './named-transaction.ts'
import { outliveIdleConnections } from './pool.ts'
import { pooledStatement } from './pooled-statement.ts'
import { pooledTransaction } from './pooled-transaction.ts'
import { postgresJsProblems } from './postgres-js-problems.ts'
import type { Names } from './prepared.ts'
import { Rendered } from './rendered.ts'

export type AnyPgDatabase = PgDatabase<PgQueryResultHKT, Record<string, unknown>, TablesRelationalConfig>
type Executor = Pick<AnyPgDatabase, 'execute'>
type PgRunner = Runner<Executor, unknown> | Runner<never, unknown>

/** PostgreSQL through any driver of Drizzle's. */
export function pgAdapter(db: AnyPgDatabase, given: AnyTables, runner: PgRunner): SyncAdapter {
  const tables = readTables(db, given, {
    render: (column, table) =>
      db
        .select({ column: column as PgColumn })
        .from(table as PgTable)
        .toSQL().sql,
    select: (table, { where, first }, tx = db) => {
      const query = (tx as AnyPgDatabase)
        .select()
        .from(table as PgTable)
        .where(where)
        .$withCache(false)
      return first ? query.orderBy(asc(first.column)).limit(first.limit) : query
    },
  })
  const problems = postgresJsProblems(Reflect.get(db, '$client'))
  return createSqlAdapter({ name: 'drizzle:postgres', dialect: postgres, batching: true, problems, ...tables }, runner)
}

/** Drivers that have transactions. */
export function pgRunner(db: AnyPgDatabase, names: Names | undefined): Runner<Executor, unknown> {
  outliveIdleConnections(Reflect.get(db, '$client'))
  const execute = async (on: Executor, statement: Statement): Promise<RunResult> =>
    postgresResult(await on.execute(new Rendered(statement)))
  const send = pooledStatement(db, names)
  const unnamed = { sendIn: execute, transaction: pooledTransaction<Executor>(db) }
  return asyncRunner<Executor>({
    send: async (statements, signal) => [postgresResult(await send(onlyOne(statements), signal))],
    ...(names?.fallsBack ? namedTransaction(unnamed, names) : unnamed),
    handle: (tx) => handleOf(tx, 'postgres'),
  })
}

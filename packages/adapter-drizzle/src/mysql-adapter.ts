import type { SyncAdapter } from '@clerk-sync/core/adapter'
import { asyncRunner, createSqlAdapter, mysql, onlyOne, type RunResult, type Statement } from '@clerk-sync/core/sql'
import { asc, type TablesRelationalConfig } from 'drizzle-orm'
import type {
  MySqlColumn,
  MySqlDatabase,
  MySqlQueryResultHKT,
  MySqlTable,
  PreparedQueryHKTBase,
} from 'drizzle-orm/mysql-core'
import { mysqlResult } from './driver-result.ts'
import { planetscaleFault } from './fault.ts'
import { type AnyTables, readTables } from './given-tables.ts'
import { handleOf } from './hook-handle.ts'
import { planetscaleTransaction } from './planetscale-transaction.ts'
import { pooledStatement } from './pooled-statement.ts'
import { pooledTransaction } from './pooled-transaction.ts'
import type { Names } from './prepared.ts'
import { Rendered } from './rendered.ts'

export type AnyMySqlDatabase = MySqlDatabase<
  MySqlQueryResultHKT,
  PreparedQueryHKTBase,
  Record<string, unknown>,
  TablesRelationalConfig
>
type Executor = Pick<AnyMySqlDatabase, 'execute'>

/** MySQL and MariaDB. */
export function mysqlAdapter(
  db: AnyMySqlDatabase,
  given: AnyTables,
  planetscale: boolean,
  names: Names | undefined,
): SyncAdapter {
  const tables = readTables(db, given, {
    render: (column, table) =>
      db
        .select({ column: column as MySqlColumn })
        .from(table as MySqlTable)
        .toSQL().sql,
    select: (table, { where, first }, tx = db) => {
      const query = (tx as AnyMySqlDatabase)
        .select()
        .from(table as MySqlTable)
        .where(where)
        .$withCache(false)
      return first ? query.orderBy(asc(first.column)).limit(first.limit) : query
    },
  })
  const { transaction, ...parts } = planetscale
    ? { transaction: planetscaleTransaction<Executor>(db), faultOf: planetscaleFault }
    : { transaction: pooledTransaction<Executor>(db) }
  const execute = async (on: Executor, statement: Statement): Promise<RunResult> =>
    mysqlResult(await on.execute(new Rendered(statement)))
  const send = pooledStatement(db, names)
  return createSqlAdapter(
    { name: 'drizzle:mysql', dialect: mysql, batching: !planetscale, ...parts, ...tables },
    asyncRunner<Executor>({
      send: async (statements, signal) => [mysqlResult(await send(onlyOne(statements), signal))],
      sendIn: execute,
      transaction,
      handle: (tx) => handleOf(tx, 'mysql', planetscale ? planetscaleFault : undefined),
    }),
  )
}

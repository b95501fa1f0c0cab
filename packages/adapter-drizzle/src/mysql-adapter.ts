import { faultOf, type Problem, type SyncAdapter } from '@clerk-sync/core'
import { eq, type TablesRelationalConfig } from 'drizzle-orm'
import type {
  MySqlColumn,
  MySqlDatabase,
  MySqlQueryResultHKT,
  MySqlTable,
  PreparedQueryHKTBase,
} from 'drizzle-orm/mysql-core'
import { getTableConfig } from 'drizzle-orm/mysql-core'
import { createAdapter } from './adapter.ts'
import { type TableFacts, unquoted } from './check.ts'
import { mysqlResult } from './driver-result.ts'
import { writeMysql } from './guarded-write.ts'
import { type GivenTables, makeParts } from './parts.ts'
import { pooledTransaction } from './pooled-transaction.ts'
import type { SendPrepared } from './prepared.ts'
import type { RunResult } from './program.ts'
import { asyncRunner } from './runner.ts'
import { mysqlSpelling } from './spelling.ts'
import { Rendered } from './statement.ts'
import { uniqueIndexes } from './synced-table.ts'

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
  tables: GivenTables,
  prepared: SendPrepared | undefined,
): SyncAdapter {
  const execute = async (on: Executor, statement: Rendered): Promise<RunResult> =>
    mysqlResult(await on.execute(statement))
  const send = async (statement: Rendered): Promise<RunResult> =>
    prepared && statement.name ? mysqlResult(await prepared(statement)) : execute(db, statement)
  const query: Query = async (sql, ...params) => (await execute(db, new Rendered({ sql, params }, true))).rows
  const parts = makeParts(tables, {
    name: 'drizzle:mysql',
    spelling: mysqlSpelling,
    write: writeMysql,
    claimed: (error) => faultOf(error) === 'unique_conflict',
    render: (column, table) =>
      db
        .select({ column: column as MySqlColumn })
        .from(table as MySqlTable)
        .toSQL().sql,
    select: (table, column, value) =>
      db
        .select()
        .from(table as MySqlTable)
        .where(eq(column, value)),
    indexes: (table) => uniqueIndexes(getTableConfig(table as MySqlTable)),
    facts: (table) => tableFacts(table, query),
    settings: () => settings(query),
  })
  return createAdapter(
    parts,
    asyncRunner<Executor>({
      send: (statements) => Promise.all(statements.map(send)),
      sendIn: execute,
      transaction: pooledTransaction<Executor>(db),
    }),
  )
}

type Query = (sql: string, ...params: unknown[]) => Promise<RunResult['rows']>

async function tableFacts(quotedTable: string, query: Query): Promise<TableFacts> {
  const table = unquoted(quotedTable)
  const schema = quotedTable.includes('`.`') ? quotedTable.slice(1, quotedTable.indexOf('`.`')) : null
  const where = 'table_schema = coalesce(?, database()) and table_name = ?'
  const columns = await query(
    `select column_name as name, is_nullable as nullable, column_default as default_value, collation_name as collation
     from information_schema.columns where ${where}`,
    schema,
    table,
  )
  const indexes = await query(
    `select index_name as name, group_concat(column_name order by seq_in_index) as columns
     from information_schema.statistics where ${where} and non_unique = 0 group by index_name`,
    schema,
    table,
  )
  const references = await query(
    `select column_name as name from information_schema.key_column_usage
     where ${where} and referenced_table_name is not null`,
    schema,
    table,
  )
  const columnsOf = (row: RunResult['rows'][number]) => String(row.columns).split(',')
  return {
    columns: new Map(
      columns.map((row) => [
        String(row.name),
        {
          notNull: row.nullable === 'NO',
          defaultValue: row.default_value === null ? null : String(row.default_value),
          ignoresCase: typeof row.collation === 'string' && !/_(bin|cs)$|^binary$|_as_cs/.test(row.collation),
        },
      ]),
    ),
    primaryKey: indexes.filter((row) => row.name === 'PRIMARY').flatMap(columnsOf),
    uniques: indexes.filter((row) => row.name !== 'PRIMARY').map(columnsOf),
    references: references.map((row) => String(row.name)),
  }
}

async function settings(query: Query): Promise<readonly Problem[]> {
  const [row] = await query('select @@sql_mode as mode')
  if (/STRICT_(TRANS|ALL)_TABLES/.test(String(row?.mode))) return []
  return [
    {
      severity: 'warning',
      table: '(server)',
      message:
        'sql_mode is not strict: values that are too long are cut off without an error. Add STRICT_TRANS_TABLES.',
    },
  ]
}

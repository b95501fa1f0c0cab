import type { SyncAdapter } from '@clerk-sync/core'
import { eq, type TablesRelationalConfig } from 'drizzle-orm'
import type { PgColumn, PgDatabase, PgQueryResultHKT, PgTable } from 'drizzle-orm/pg-core'
import { getTableConfig } from 'drizzle-orm/pg-core'
import { createAdapter } from './adapter.ts'
import type { TableFacts } from './check.ts'
import { postgresResult } from './driver-result.ts'
import { writePostgres } from './guarded-write.ts'
import { type GivenTables, makeParts } from './parts.ts'
import { pooledTransaction } from './pooled-transaction.ts'
import type { SendPrepared } from './prepared.ts'
import type { RunResult } from './program.ts'
import { asyncRunner } from './runner.ts'
import { postgresSpelling } from './spelling.ts'
import { Rendered } from './statement.ts'
import { uniqueIndexes } from './synced-table.ts'

export type AnyPgDatabase = PgDatabase<PgQueryResultHKT, Record<string, unknown>, TablesRelationalConfig>
type Executor = Pick<AnyPgDatabase, 'execute'>

/** PostgreSQL through any driver of Drizzle's that has transactions. */
export function pgAdapter(db: AnyPgDatabase, tables: GivenTables, prepared: SendPrepared | undefined): SyncAdapter {
  const execute = async (on: Executor, statement: Rendered): Promise<RunResult> =>
    postgresResult(await on.execute(statement))
  const send = async (statement: Rendered): Promise<RunResult> =>
    prepared && statement.name ? postgresResult(await prepared(statement)) : execute(db, statement)
  const parts = makeParts(tables, {
    name: 'drizzle:postgres',
    spelling: postgresSpelling,
    write: writePostgres,
    claimed: () => false,
    render: (column, table) =>
      db
        .select({ column: column as PgColumn })
        .from(table as PgTable)
        .toSQL().sql,
    select: (table, column, value) =>
      db
        .select()
        .from(table as PgTable)
        .where(eq(column, value)),
    indexes: (table) => uniqueIndexes(getTableConfig(table as PgTable)),
    facts: (table) => tableFacts(async (sql) => (await execute(db, new Rendered({ sql, params: [table] }, true))).rows),
    settings: async () => [],
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

/** With the quoted table as the one parameter. */
type Query = (sql: string) => Promise<RunResult['rows']>

async function tableFacts(query: Query): Promise<TableFacts> {
  const columns = await query(
    `select a.attname as name, a.attnotnull as not_null, pg_get_expr(d.adbin, d.adrelid) as default_value,
       coalesce(not c.collisdeterministic, false) or t.typname = 'citext' as ignores_case
     from pg_attribute a
       join pg_type t on t.oid = a.atttypid
       left join pg_collation c on c.oid = a.attcollation
       left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
     where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped`,
  )
  const indexes = await query(
    `select i.indisprimary as is_primary, string_agg(a.attname, ',' order by k.position) as columns
     from pg_index i
       cross join lateral unnest(i.indkey) with ordinality as k(attnum, position)
       join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
     where i.indrelid = to_regclass($1) and i.indisunique and i.indpred is null and i.indexprs is null
     group by i.indexrelid, i.indisprimary`,
  )
  const references = await query(
    `select a.attname as name from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any(c.conkey)
     where c.conrelid = to_regclass($1) and c.contype = 'f'`,
  )
  const columnsOf = (row: RunResult['rows'][number]) => String(row.columns).split(',')
  return {
    columns: new Map(
      columns.map((row) => [
        String(row.name),
        {
          notNull: row.not_null === true,
          defaultValue: row.default_value === null ? null : String(row.default_value),
          ignoresCase: row.ignores_case === true,
        },
      ]),
    ),
    primaryKey: indexes.filter((row) => row.is_primary === true).flatMap(columnsOf),
    uniques: indexes.filter((row) => row.is_primary !== true).map(columnsOf),
    references: references.map((row) => String(row.name)),
  }
}

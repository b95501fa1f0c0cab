import { type SqlTables, sqlTables } from '@clerk-sync/adapter-testkit'
import { freshDatabase } from './databases.ts'
import { type Query, rawMysql, rawPostgres, rawSqlite, type WhenDone } from './raw-connections.ts'

/** A database of its own with the kit's tables, and a connection that is not the adapter's. */
export interface KitTables extends Pick<SqlTables, 'read' | 'insert' | 'triggers'> {
  readonly query: Query
}

export async function postgresTables(suite: string, whenDone: WhenDone): Promise<KitTables & { readonly url: string }> {
  const url = await freshDatabase('postgres', suite)
  return { url, ...(await createdTables('postgres', rawPostgres(url, whenDone))) }
}

export async function mysqlTables(
  server: 'mysql' | 'mariadb',
  suite: string,
  whenDone: WhenDone,
): Promise<KitTables & { readonly url: string }> {
  const url = await freshDatabase(server, suite)
  return { url, ...(await createdTables('mysql', rawMysql(url, whenDone))) }
}

export async function sqliteTables(whenDone: WhenDone): Promise<KitTables & { readonly file: string }> {
  const { file, query } = rawSqlite(whenDone)
  return { file, ...(await createdTables('sqlite', query)) }
}

export async function createdTables(dialect: 'postgres' | 'mysql' | 'sqlite', query: Query): Promise<KitTables> {
  const { create, read, insert, triggers } = sqlTables(dialect, query)
  await create()
  return { query, read, insert, triggers }
}

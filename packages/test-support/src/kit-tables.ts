import { type SqlTables, sqlTables } from '@clerk-sync/adapter-testkit'
import { freshDatabase } from './databases.ts'
import { type Query, rawMysql, rawPostgres, rawSqlite, type WhenDone } from './raw-connections.ts'

/** A database of its own with the kit's tables, and a connection that is not the adapter's. */
export interface KitTables extends Pick<SqlTables, 'read' | 'insert' | 'triggers' | 'linking'> {
  /** For an adapter that takes tables of parts: `parts: { ...ofParts, adapter }`. */
  readonly ofParts: SqlTables['parts']
  readonly query: Query
  /** Where the versions are beside the tables: what the harness reads them with. */
  readonly versions?: SqlTables['versions']
}

/** Where the versions of the kit's tables are. */
export type Versions = 'row' | 'beside'

export async function postgresTables(
  suite: string,
  whenDone: WhenDone,
  versions: Versions = 'row',
): Promise<KitTables & { readonly url: string }> {
  const url = await freshDatabase('postgres', versions === 'row' ? suite : `${suite}_beside`)
  return { url, ...(await createdTables('postgres', rawPostgres(url, whenDone), versions)) }
}

export async function mysqlTables(
  server: 'mysql' | 'mariadb',
  suite: string,
  whenDone: WhenDone,
  versions: Versions = 'row',
): Promise<KitTables & { readonly url: string }> {
  const url = await freshDatabase(server, versions === 'row' ? suite : `${suite}_beside`)
  return { url, ...(await createdTables('mysql', rawMysql(url, whenDone), versions)) }
}

export async function sqliteTables(
  whenDone: WhenDone,
  versions: Versions = 'row',
): Promise<KitTables & { readonly file: string }> {
  const { file, query } = rawSqlite(whenDone)
  return { file, ...(await createdTables('sqlite', query, versions)) }
}

export async function createdTables(
  dialect: 'postgres' | 'mysql' | 'sqlite',
  query: Query,
  versions: Versions = 'row',
): Promise<KitTables> {
  const {
    create,
    read,
    insert,
    triggers,
    linking,
    parts: ofParts,
    versions: beside,
  } = sqlTables(dialect, query, { versions })
  await create()
  return { query, read, insert, triggers, linking, ofParts, ...(versions === 'beside' && { versions: beside }) }
}

import type { Database, Store } from './store.ts'

/** Opened when it is first needed: what a process has of the others would count as its memory. */
export async function openStore(database: Database, url: string): Promise<Store> {
  if (database === 'postgres') return (await import('./postgres.ts')).openPostgres(url)
  if (database === 'mysql') return (await import('./mysql.ts')).openMysql(url)
  return (await import('./sqlite.ts')).openSqlite(url)
}

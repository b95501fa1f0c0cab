// ADAPTER=drizzle. One file a database, each as an application would have it; a driver is loaded when it is needed.
import { readFile } from 'node:fs/promises'
import type { Database } from './settings.ts'
import type { Store, SyncOptions } from './store.ts'

export async function openStore(database: Database, options: SyncOptions): Promise<Store> {
  const createTables = await readFile(new URL(`./tables-${database.dialect}.sql`, import.meta.url), 'utf8')
  switch (database.dialect) {
    case 'postgres':
      return (await import('./drizzle-postgres.ts')).openPostgres(database.url, createTables, options)
    case 'mysql':
      return (await import('./drizzle-mysql.ts')).openMysql(database.url, createTables, options)
    case 'sqlite':
      return (await import('./drizzle-sqlite.ts')).openSqlite(database.file, createTables, options)
  }
}

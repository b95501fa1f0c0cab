// The ORMs and their databases. To add one: a file for each database, and their lines below.
import { readFile } from 'node:fs/promises'
import { withRetries } from '@clerk-sync/core/adapter'
import { databaseError } from './printed.ts'
import { type Database, type Dialect, type Mode, SettingsError } from './settings.ts'
import type { Store, SyncOptions } from './store.ts'

/** @param address - a URL; the path of a file for SQLite */
type Open = (address: string, options: SyncOptions, mode: Mode) => Store

/** A driver is loaded when it is needed. */
const adapters: Readonly<Record<string, Readonly<Record<Dialect, () => Promise<{ open: Open }>>>>> = {
  drizzle: {
    postgres: () => import('./drizzle/postgres.ts'),
    mysql: () => import('./drizzle/mysql.ts'),
    sqlite: () => import('./drizzle/sqlite.ts'),
  },
  kysely: {
    postgres: () => import('./kysely/postgres.ts'),
    mysql: () => import('./kysely/mysql.ts'),
    sqlite: () => import('./kysely/sqlite.ts'),
  },
  prisma: {
    postgres: () => import('./prisma/postgres.ts'),
    mysql: () => import('./prisma/mysql.ts'),
    sqlite: () => import('./prisma/sqlite.ts'),
  },
}

/** The choices for ADAPTER. */
export const adapterNames: readonly string[] = Object.keys(adapters)

/**
 * Connects, creates the tables if they are missing, and sets up the sync.
 *
 * @throws Error with one line that says what is wrong with the database.
 */
export async function openStore(adapter: string, mode: Mode, database: Database, options: SyncOptions): Promise<Store> {
  const { dialect, address } = database
  const load = adapters[adapter]?.[dialect]
  if (!load) throw new SettingsError(`There is no adapter ${adapter}.`)
  const { open } = await load().catch((error) => {
    if (Reflect.get(error, 'code') !== 'ERR_MODULE_NOT_FOUND') throw error
    const message =
      'Something is not made yet: pnpm install && pnpm -r build, and npm run generate for Prisma’s client.'
    throw new SettingsError(message, { cause: error })
  })
  const createTables = await readTables(dialect, mode)
  let store: Store | undefined
  try {
    store = open(address, options, mode)
    const { run, clerkSync } = store
    // On SQLite another process may be at the same just now.
    await withRetries(() => run(createTables))
    // Tables that were there before may not fit: better said now than with the first delivery.
    const errors = (await clerkSync.check()).filter((problem) => problem.severity === 'error')
    if (errors.length === 0) return store
    throw new SettingsError(`The database does not fit. ${errors.map((problem) => problem.message).join(' ')}`)
  } catch (error) {
    await store?.close()
    throw databaseError(database, error)
  }
}

/** With the versions beside them, the tables stay without the library's columns, and one is added. */
async function readTables(dialect: Dialect, mode: Mode): Promise<string> {
  const read = (file: string) => readFile(new URL(`./tables/${file}.sql`, import.meta.url), 'utf8')
  const tables = await read(dialect)
  if (mode === 'row') return tables
  return tables.replaceAll(SYNC_COLUMNS, '') + (await read(`versions-${dialect}`))
}

const SYNC_COLUMNS = /,\n {2}clerk_version .*,\n {2}deleted_at .*/g

// The tables of docs/tables.md, as their reader pastes them.
import { kyselyAdapter } from '@clerk-sync/adapter-kysely'
import { createClerkSync } from '@clerk-sync/core'
import { type ApplicationName, inSnakeCase, tryApplication } from '@clerk-sync/test-support/applications'
import { SIGNING_SECRET } from '@clerk-sync/test-support/signed'
import { Kysely } from 'kysely'
import { Migrator } from 'kysely/migration'
import { describe, expect, it } from 'vitest'
import * as b2bMysql from './fixtures/tables/b2b/mysql.ts'
import * as b2bPostgres from './fixtures/tables/b2b/postgres.ts'
import * as b2bSqlite from './fixtures/tables/b2b/sqlite.ts'
import * as billingMysql from './fixtures/tables/billing/mysql.ts'
import * as billingPostgres from './fixtures/tables/billing/postgres.ts'
import * as billingSqlite from './fixtures/tables/billing/sqlite.ts'
import * as linkMysql from './fixtures/tables/link-in-bio/mysql.ts'
import * as linkPostgres from './fixtures/tables/link-in-bio/postgres.ts'
import * as linkSqlite from './fixtures/tables/link-in-bio/sqlite.ts'
import { type Store, stores } from './kit/stores.ts'

const signingSecret = SIGNING_SECRET

interface Migration {
  up(db: Kysely<unknown>): Promise<void>
  down(db: Kysely<unknown>): Promise<void>
}

/** Kysely on a database with the tables of an application; `down` leaves nothing behind, and `up` makes them again. */
async function migrated<Database>({ dialect }: Store, { up, down }: Migration): Promise<Kysely<Database>> {
  const db = new Kysely<Database>({ dialect })
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ '2026-01-01_clerk': { up, down } }) } })
  for (const step of ['migrateUp', 'migrateDown', 'migrateUp'] as const) {
    expect((await migrator[step]()).error).toBeUndefined()
  }
  return db
}

async function run(name: ApplicationName, store: Store, clerkSync: ReturnType<typeof createClerkSync>, mysql = false) {
  await tryApplication(name, { clerkSync, query: store.rows, named: inSnakeCase(mysql ? '`' : '"') })
}

type Tests = Readonly<Record<ApplicationName, (store: Store) => Promise<void>>>

/** What is left to say of each: the compiler must see which tables an adapter is given. */
const postgres: Tests = {
  'link-in-bio': async (store) => {
    const db = await migrated<linkPostgres.Database>(store, linkPostgres)
    const adapter = kyselyAdapter(db, linkPostgres.clerkTables)
    await run('link-in-bio', store, createClerkSync({ adapter, signingSecret }))
  },
  b2b: async (store) => {
    const db = await migrated<b2bPostgres.Database>(store, b2bPostgres)
    const adapter = kyselyAdapter(db, b2bPostgres.clerkTables)
    await run('b2b', store, createClerkSync({ adapter, signingSecret }))
  },
  billing: async (store) => {
    const db = await migrated<billingPostgres.Database>(store, billingPostgres)
    const adapter = kyselyAdapter(db, billingPostgres.clerkTables)
    await run('billing', store, createClerkSync({ adapter, signingSecret }))
  },
}

const mysql: Tests = {
  'link-in-bio': async (store) => {
    const db = await migrated<linkMysql.Database>(store, linkMysql)
    const adapter = kyselyAdapter(db, linkMysql.clerkTables)
    await run('link-in-bio', store, createClerkSync({ adapter, signingSecret }), true)
  },
  b2b: async (store) => {
    const db = await migrated<b2bMysql.Database>(store, b2bMysql)
    const adapter = kyselyAdapter(db, b2bMysql.clerkTables)
    await run('b2b', store, createClerkSync({ adapter, signingSecret }), true)
  },
  billing: async (store) => {
    const db = await migrated<billingMysql.Database>(store, billingMysql)
    const adapter = kyselyAdapter(db, billingMysql.clerkTables)
    await run('billing', store, createClerkSync({ adapter, signingSecret }), true)
  },
}

const sqlite: Tests = {
  'link-in-bio': async (store) => {
    const db = await migrated<linkSqlite.Database>(store, linkSqlite)
    const adapter = kyselyAdapter(db, linkSqlite.clerkTables)
    await run('link-in-bio', store, createClerkSync({ adapter, signingSecret }))
  },
  b2b: async (store) => {
    const db = await migrated<b2bSqlite.Database>(store, b2bSqlite)
    const adapter = kyselyAdapter(db, b2bSqlite.clerkTables)
    await run('b2b', store, createClerkSync({ adapter, signingSecret }))
  },
  billing: async (store) => {
    const db = await migrated<billingSqlite.Database>(store, billingSqlite)
    const adapter = kyselyAdapter(db, billingSqlite.clerkTables)
    await run('billing', store, createClerkSync({ adapter, signingSecret }))
  },
}

const TESTS: Readonly<Record<string, Tests>> = { PostgreSQL: postgres, MySQL: mysql, MariaDB: mysql, SQLite: sqlite }

describe.each(stores)('docs/tables.md on %s', (database, open) => {
  it.each(Object.entries(TESTS[database] ?? {}))('%s', async (_name, test) => test(await open('kysely_tables')))
})

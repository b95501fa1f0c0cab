// The tables of docs/tables.md, as their reader pastes them.
import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { createClerkSync } from '@clerk-sync/core'
import { type ApplicationName, tryApplication } from '@clerk-sync/test-support/applications'
import { SIGNING_SECRET } from '@clerk-sync/test-support/signed'
import { describe, it } from 'vitest'
import * as b2bMysql from './fixtures/tables/b2b/mysql.ts'
import * as b2bPostgres from './fixtures/tables/b2b/postgres.ts'
import * as b2bSqlite from './fixtures/tables/b2b/sqlite.ts'
import * as billingMysql from './fixtures/tables/billing/mysql.ts'
import * as billingPostgres from './fixtures/tables/billing/postgres.ts'
import * as billingSqlite from './fixtures/tables/billing/sqlite.ts'
import * as linkMysql from './fixtures/tables/link-in-bio/mysql.ts'
import * as linkPostgres from './fixtures/tables/link-in-bio/postgres.ts'
import * as linkSqlite from './fixtures/tables/link-in-bio/sqlite.ts'
import { openMysql, openPostgres, openSqlite } from './kit/tables/open.ts'

const signingSecret = SIGNING_SECRET

/** What is left to say of each: the compiler must see which tables an adapter is given. */
const postgres: Readonly<Record<ApplicationName, () => Promise<void>>> = {
  'link-in-bio': async () => {
    const opened = await openPostgres('drizzle_tables', linkPostgres)
    const adapter = drizzleAdapter(opened.db, linkPostgres.clerkTables)
    await tryApplication('link-in-bio', { ...opened, clerkSync: createClerkSync({ adapter, signingSecret }) })
  },
  b2b: async () => {
    const opened = await openPostgres('drizzle_tables', b2bPostgres)
    const adapter = drizzleAdapter(opened.db, b2bPostgres.clerkTables)
    await tryApplication('b2b', { ...opened, clerkSync: createClerkSync({ adapter, signingSecret }) })
  },
  billing: async () => {
    const opened = await openPostgres('drizzle_tables', billingPostgres)
    const adapter = drizzleAdapter(opened.db, billingPostgres.clerkTables)
    await tryApplication('billing', { ...opened, clerkSync: createClerkSync({ adapter, signingSecret }) })
  },
}

const mysqlOn = (server: 'mysql' | 'mariadb'): typeof postgres => ({
  'link-in-bio': async () => {
    const opened = await openMysql(server)(linkMysql)
    const adapter = drizzleAdapter(opened.db, linkMysql.clerkTables)
    await tryApplication('link-in-bio', { ...opened, clerkSync: createClerkSync({ adapter, signingSecret }) })
  },
  b2b: async () => {
    const opened = await openMysql(server)(b2bMysql)
    const adapter = drizzleAdapter(opened.db, b2bMysql.clerkTables)
    await tryApplication('b2b', { ...opened, clerkSync: createClerkSync({ adapter, signingSecret }) })
  },
  billing: async () => {
    const opened = await openMysql(server)(billingMysql)
    const adapter = drizzleAdapter(opened.db, billingMysql.clerkTables)
    await tryApplication('billing', { ...opened, clerkSync: createClerkSync({ adapter, signingSecret }) })
  },
})

const sqlite: typeof postgres = {
  'link-in-bio': async () => {
    const opened = await openSqlite(linkSqlite)
    const adapter = drizzleAdapter(opened.db, linkSqlite.clerkTables)
    await tryApplication('link-in-bio', { ...opened, clerkSync: createClerkSync({ adapter, signingSecret }) })
  },
  b2b: async () => {
    const opened = await openSqlite(b2bSqlite)
    const adapter = drizzleAdapter(opened.db, b2bSqlite.clerkTables)
    await tryApplication('b2b', { ...opened, clerkSync: createClerkSync({ adapter, signingSecret }) })
  },
  billing: async () => {
    const opened = await openSqlite(billingSqlite)
    const adapter = drizzleAdapter(opened.db, billingSqlite.clerkTables)
    await tryApplication('billing', { ...opened, clerkSync: createClerkSync({ adapter, signingSecret }) })
  },
}

describe.each([
  ['PostgreSQL', postgres],
  ['MySQL', mysqlOn('mysql')],
  ['MariaDB', mysqlOn('mariadb')],
  ['SQLite', sqlite],
])('docs/tables.md on %s', (_, applications) => {
  it.each(Object.entries(applications))('%s', (_name, run) => run())
})

import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import * as ofMysql from '@clerk-sync/adapter-drizzle/mysql'
import * as ofPg from '@clerk-sync/adapter-drizzle/pg'
import * as ofSqlite from '@clerk-sync/adapter-drizzle/sqlite'
import { type ClerkSync, createClerkSync } from '@clerk-sync/core'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { ARRIVALS, deliver, rejoining } from '@clerk-sync/test-support/rejoining'
import Database from 'better-sqlite3'
import { isNull, sql } from 'drizzle-orm'
import { drizzle as drizzleSqlite } from 'drizzle-orm/better-sqlite3'
import * as my from 'drizzle-orm/mysql-core'
import { drizzle as drizzleMysql } from 'drizzle-orm/mysql2'
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres'
import * as pg from 'drizzle-orm/pg-core'
import * as lite from 'drizzle-orm/sqlite-core'
import { createPool } from 'mysql2/promise'
import { Pool } from 'pg'
import { describe, expect, it, onTestFinished } from 'vitest'

// The two schemas of docs/deletes-and-erasure.md, and the one that everybody writes. Two tables of a kind differ in their
// name alone.

const pgTables = {
  live: pg.pgTable(
    'live',
    {
      id: ofPg.clerkId().primaryKey(),
      userId: pg.text('user_id').notNull(),
      organizationId: pg.text('organization_id').notNull(),
      ...ofPg.syncColumns(),
    },
    (table) => [pg.uniqueIndex('live_unique').on(table.userId, table.organizationId).where(isNull(table.deletedAt))],
  ),
  erased: pg.pgTable(
    'erased',
    {
      id: ofPg.clerkId().primaryKey(),
      userId: pg.text('user_id'),
      organizationId: pg.text('organization_id'),
      ...ofPg.syncColumns(),
    },
    (table) => [pg.uniqueIndex('erased_unique').on(table.userId, table.organizationId)],
  ),
}

const mysqlTables = {
  live: my.mysqlTable(
    'live',
    {
      id: ofMysql.clerkId().primaryKey(),
      userId: ofMysql.clerkId('user_id').notNull(),
      organizationId: ofMysql.clerkId('organization_id').notNull(),
      ...ofMysql.syncColumns(),
      // No partial indexes on MySQL and MariaDB: NULL, for deleted rows, is never the same as NULL.
      live: my.tinyint('live').generatedAlwaysAs(sql`(if(deleted_at is null, 1, null))`),
    },
    (table) => [my.uniqueIndex('live_unique').on(table.userId, table.organizationId, table.live)],
  ),
  erased: my.mysqlTable(
    'erased',
    {
      id: ofMysql.clerkId().primaryKey(),
      userId: ofMysql.clerkId('user_id'),
      organizationId: ofMysql.clerkId('organization_id'),
      ...ofMysql.syncColumns(),
    },
    (table) => [my.uniqueIndex('erased_unique').on(table.userId, table.organizationId)],
  ),
}

const sqliteTables = {
  live: lite.sqliteTable(
    'live',
    {
      id: ofSqlite.clerkId().primaryKey(),
      userId: lite.text('user_id').notNull(),
      organizationId: lite.text('organization_id').notNull(),
      ...ofSqlite.syncColumns(),
    },
    (table) => [lite.uniqueIndex('live_unique').on(table.userId, table.organizationId).where(isNull(table.deletedAt))],
  ),
  erased: lite.sqliteTable(
    'erased',
    {
      id: ofSqlite.clerkId().primaryKey(),
      userId: lite.text('user_id'),
      organizationId: lite.text('organization_id'),
      ...ofSqlite.syncColumns(),
    },
    (table) => [lite.uniqueIndex('erased_unique').on(table.userId, table.organizationId)],
  ),
}

type Kind = 'live' | 'erased'
interface Store {
  readonly clerkSync: (kind: Kind, options?: object) => ClerkSync
  readonly rows: (statement: string) => Promise<readonly object[]>
}

const SYNC_COLUMNS = "clerk_version varchar(34) not null default '0', deleted_at"
const tableOf = (kind: Kind, id: string, date: string) => {
  const reference = kind === 'live' ? `${id} not null` : id
  return `create table ${kind} (id ${id} primary key, user_id ${reference}, organization_id ${reference}, ${SYNC_COLUMNS} ${date})`
}
const INDEX = {
  live: 'create unique index live_unique on live (user_id, organization_id) where deleted_at is null',
  erased: 'create unique index erased_unique on erased (user_id, organization_id)',
}
const KINDS: readonly Kind[] = ['live', 'erased']

async function openPostgres(): Promise<Store> {
  const pool = new Pool({ connectionString: await freshDatabase('postgres', 'drizzle_rejoining'), max: 2 })
  onTestFinished(() => pool.end())
  for (const kind of KINDS) {
    await pool.query(tableOf(kind, 'text', 'timestamptz(3)'))
    await pool.query(INDEX[kind])
  }
  const adapter = (kind: Kind) => drizzleAdapter(drizzlePg(pool), { organizationMemberships: pgTables[kind] })
  return {
    clerkSync: (kind, options) => createClerkSync({ adapter: adapter(kind), ...options }),
    rows: async (statement) => (await pool.query(statement)).rows,
  }
}

const openMysql = (server: 'mysql' | 'mariadb') => async (): Promise<Store> => {
  const pool = createPool({ uri: await freshDatabase(server, 'drizzle_rejoining'), connectionLimit: 2 })
  onTestFinished(() => pool.end())
  for (const kind of KINDS) {
    await pool.query(tableOf(kind, 'varchar(255) character set ascii collate ascii_bin', 'datetime(3)'))
  }
  await pool.query('alter table live add live tinyint as (if(deleted_at is null, 1, null))')
  await pool.query('create unique index live_unique on live (user_id, organization_id, live)')
  await pool.query(INDEX.erased)
  const adapter = (kind: Kind) =>
    drizzleAdapter(drizzleMysql({ client: pool }), { organizationMemberships: mysqlTables[kind] })
  return {
    clerkSync: (kind, options) => createClerkSync({ adapter: adapter(kind), ...options }),
    rows: async (statement) => {
      const [rows] = await pool.query(statement)
      return Array.isArray(rows) ? (rows as object[]) : []
    },
  }
}

async function openSqlite(): Promise<Store> {
  const connection = new Database(':memory:')
  onTestFinished(() => {
    connection.close()
  })
  for (const kind of KINDS) {
    connection.exec(tableOf(kind, 'text', 'integer'))
    connection.exec(INDEX[kind])
  }
  const adapter = (kind: Kind) =>
    drizzleAdapter(drizzleSqlite(connection), { organizationMemberships: sqliteTables[kind] })
  return {
    clerkSync: (kind, options) => createClerkSync({ adapter: adapter(kind), ...options }),
    rows: async (statement) => {
      const prepared = connection.prepare<[], object>(statement)
      if (prepared.reader) return prepared.all()
      prepared.run()
      return []
    },
  }
}

const stores: readonly [string, () => Promise<Store>][] = [
  ['PostgreSQL', openPostgres],
  ['MySQL', openMysql('mysql')],
  ['MariaDB', openMysql('mariadb')],
  ['SQLite', openSqlite],
]

describe.for(stores)('A member who left and comes back is stored, whatever comes first, on %s', ([, open]) => {
  it.for([
    ['with an index over live rows', 'live', 'erase'],
    ['with an index over live rows, where deleted rows keep their values', 'live', 'keep'],
    ['with references that take NULL, which a delete erases', 'erased', 'erase'],
  ] as const)('%s', async ([, kind, onDelete]) => {
    const { clerkSync, rows } = await open()
    expect((await clerkSync(kind, { onDelete }).check()).filter(({ severity }) => severity === 'error')).toEqual([])
    for (const arrival of ARRIVALS) {
      await rows(`delete from ${kind}`)
      const events = rejoining()
      const sent = arrival.map((name) => events[name])
      const refused = await deliver(clerkSync(kind, { onDelete }), sent)
      expect({ arrival, refused }).toEqual({ arrival, refused: [] })
      expect(await rows(`select id, user_id, organization_id from ${kind} where deleted_at is null`)).toEqual([
        { id: 'orgmem_2', user_id: 'user_1', organization_id: 'org_1' },
      ])
      const kept = kind === 'live' ? 'user_1' : null
      expect(await rows(`select id, user_id from ${kind} where deleted_at is not null`)).toEqual([
        { id: 'orgmem_1', user_id: kept },
      ])
    }
  })

  it('but not where deleted rows keep their values in an index over all rows: check() says so', async () => {
    const { clerkSync } = await open()
    const refused = clerkSync('erased', { onDelete: 'keep' })
    expect(await refused.check()).toContainEqual(
      expect.objectContaining({ severity: 'error', column: 'user_id, organization_id' }),
    )
    const { joined, left, rejoined } = rejoining()
    expect(await deliver(refused, [joined, left, rejoined])).toEqual([expect.stringMatching(/^unique_conflict/)])
  })
})

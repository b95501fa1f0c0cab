import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { createClerkSync } from '@clerk-sync/core'
import type { Rows, SyncAdapter } from '@clerk-sync/core/adapter'
import { type Relay, relayTo } from '@clerk-sync/test-support/relay'
import { tripsOf } from '@clerk-sync/test-support/round-trips'
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import { PrismaPg } from '@prisma/adapter-pg'
import { describe, expect, it, onTestFinished } from 'vitest'
import { PrismaClient as MysqlClient } from './.generated/mysql/prisma/index.js'
import { PrismaClient as MysqlBesideClient } from './.generated/mysql-beside/prisma/index.js'
import { PrismaClient } from './.generated/postgres/prisma/client.ts'
import { PrismaClient as BesideClient } from './.generated/postgres-beside/prisma/client.ts'
import { PrismaClient as SqliteClient } from './.generated/sqlite/prisma/client.ts'
import { PrismaClient as SqliteBesideClient } from './.generated/sqlite-beside/prisma/client.ts'
import { poolConfig, prismaMysql } from './kit/mysql.ts'
import { prismaPostgres } from './kit/postgres.ts'
import { besideShapes, shapes } from './kit/shapes.ts'
import { prismaSqlite } from './kit/sqlite.ts'
import { PrismaClient as Postgres6Client } from './prisma6/.generated/postgres/prisma/index.js'
import { PrismaClient as Postgres6BesideClient } from './prisma6/.generated/postgres-beside/prisma/index.js'
import { PrismaPg as PrismaPg6 } from './prisma6/drivers.ts'

/** How many round trips a creation, an update, a stale event, a delete and an event with an empty hook take. */
async function allTripsOf<R extends Rows, Tx>(adapter: SyncAdapter<R, Tx>, trips: () => number): Promise<number[]> {
  const given: SyncAdapter = adapter
  const hooked = createClerkSync({ adapter: given, map: {}, on: { 'user.created': () => {} } })
  const counts = await tripsOf(createClerkSync({ adapter: given, map: {} }), trips)
  const [created] = await tripsOf(hooked, trips, 'user_2')
  return [...counts, created ?? 0]
}

async function relayed({ url }: { readonly url: string }): Promise<Relay> {
  const relay = await relayTo(url)
  onTestFinished(relay.close)
  return relay
}

describe('Round trips of a creation, an update, a stale event, a delete, and a creation with a hook', () => {
  it.for([
    ['Prisma 7', (url: string) => new PrismaClient({ adapter: new PrismaPg({ connectionString: url, max: 1 }) })],
    ['Prisma 6', (url: string) => new Postgres6Client({ adapter: new PrismaPg6({ connectionString: url, max: 1 }) })],
  ] as const)('on PostgreSQL, with %s', async ([, open]) => {
    const { url, trips } = await relayed(await prismaPostgres('prisma_trips', onTestFinished))
    const prisma = open(url)
    onTestFinished(() => prisma.$disconnect())
    expect(await allTripsOf(prismaAdapter(prisma as PrismaClient, shapes.plain), trips)).toEqual([1, 1, 2, 1, 5])
  })

  // Without prepared statements on the server: the driver's own default prepares, executes and closes.
  const text = { useTextProtocol: true }
  it.for([
    ['MySQL', 'mysql', undefined, [4, 4, 4, 4, 10]],
    ['MySQL, with useTextProtocol', 'mysql', text, [2, 2, 2, 2, 6]],
    ['MariaDB', 'mariadb', undefined, [2, 2, 2, 2, 6]],
    ['MariaDB, with useTextProtocol', 'mariadb', text, [2, 2, 2, 2, 6]],
  ] as const)('on %s', async ([, server, options, expected]) => {
    const { url, trips } = await relayed(await prismaMysql(server, 'prisma_trips', onTestFinished))
    const driver = new PrismaMariaDb({ ...poolConfig(url), connectionLimit: 1, idleTimeout: 0 }, options)
    const prisma = new MysqlClient({ adapter: driver })
    onTestFinished(() => prisma.$disconnect())
    expect(await allTripsOf(prismaAdapter(prisma, shapes.plain), trips)).toEqual(expected)
  })

  it('on SQLite, where there is no way to go: the statements, with begin and commit', async () => {
    const { file } = await prismaSqlite(onTestFinished)
    const statements: string[] = []
    const driver = new PrismaBetterSqlite3({ url: file, verbose: (text) => statements.push(String(text)) })
    const prisma = new SqliteClient({ adapter: driver })
    onTestFinished(() => prisma.$disconnect())
    expect(await allTripsOf(prismaAdapter(prisma, shapes.plain), () => statements.length)).toEqual([3, 3, 9, 3, 5])
  })
})

/** On every event, and it does nothing. */
const hook = { 'user.created': () => undefined, 'user.updated': () => undefined, 'user.deleted': () => undefined }

describe('Round trips of a creation, an update, a stale event and a delete, with the versions beside; then with a hook', () => {
  const besideTripsOf = async <R extends Rows, Tx>(given: SyncAdapter<R, Tx>, trips: () => number) => {
    const adapter: SyncAdapter = given
    return [
      await tripsOf(createClerkSync({ adapter }), trips),
      await tripsOf(createClerkSync({ adapter, on: hook }), trips, 'user_2'),
    ]
  }

  it.for([
    ['Prisma 7', (url: string) => new BesideClient({ adapter: new PrismaPg({ connectionString: url, max: 1 }) })],
    [
      'Prisma 6',
      (url: string) => new Postgres6BesideClient({ adapter: new PrismaPg6({ connectionString: url, max: 1 }) }),
    ],
  ] as const)('on PostgreSQL, with %s', async ([, open]) => {
    const { url, trips } = await relayed(await prismaPostgres('prisma_trips', onTestFinished, 'beside'))
    const prisma = open(url)
    onTestFinished(() => prisma.$disconnect())
    expect(await besideTripsOf(prismaAdapter(prisma as BesideClient, besideShapes.plain), trips)).toEqual([
      [1, 1, 2, 4],
      [5, 5, 6, 6],
    ])
  })

  const text = { useTextProtocol: true }
  it.for([
    ['MySQL', 'mysql', undefined, [8, 10, 6, 8], [12, 14, 10, 12]],
    ['MySQL, with useTextProtocol', 'mysql', text, [5, 6, 4, 5], [7, 8, 6, 7]],
    ['MariaDB', 'mariadb', undefined, [5, 6, 4, 5], [7, 8, 6, 7]],
  ] as const)('on %s', async ([, server, options, ...expected]) => {
    const { url, trips } = await relayed(await prismaMysql(server, 'prisma_trips', onTestFinished, undefined, 'beside'))
    const driver = new PrismaMariaDb({ ...poolConfig(url), connectionLimit: 1, idleTimeout: 0 }, options)
    const prisma = new MysqlBesideClient({ adapter: driver })
    onTestFinished(() => prisma.$disconnect())
    expect(await besideTripsOf(prismaAdapter(prisma, besideShapes.plain), trips)).toEqual(expected)
  })

  it('on SQLite, where there is no way to go: the statements, with begin and commit', async () => {
    const { file } = await prismaSqlite(onTestFinished, undefined, 'beside')
    const statements: string[] = []
    const driver = new PrismaBetterSqlite3({ url: file, verbose: (text) => statements.push(String(text)) })
    const prisma = new SqliteBesideClient({ adapter: driver })
    onTestFinished(() => prisma.$disconnect())
    expect(await besideTripsOf(prismaAdapter(prisma, besideShapes.plain), () => statements.length)).toEqual([
      [6, 6, 4, 5],
      [8, 8, 6, 7],
    ])
  })
})

import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { createClerkSync } from '@clerk-sync/core'
import type { Rows, SyncAdapter } from '@clerk-sync/core/adapter'
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import { PrismaPg } from '@prisma/adapter-pg'
import { describe, expect, it, onTestFinished } from 'vitest'
import { PrismaClient as MysqlClient } from './.generated/mysql/prisma/index.js'
import { PrismaClient } from './.generated/postgres/prisma/client.ts'
import { PrismaClient as SqliteClient } from './.generated/sqlite/prisma/client.ts'
import { userEvent } from './kit/events.ts'
import * as mysql from './kit/mysql.ts'
import * as postgres from './kit/postgres.ts'
import { relayTo } from './kit/relay.ts'
import { shapes } from './kit/shapes.ts'
import * as sqlite from './kit/sqlite.ts'
import { PrismaClient as Postgres6Client } from './prisma6/.generated/postgres/prisma/index.js'
import { PrismaPg as PrismaPg6 } from './prisma6/drivers.ts'

/** How many round trips a creation, an update, a stale event, a delete and an event with an empty hook take. */
async function tripsOf<R extends Rows, Tx>(adapter: SyncAdapter<R, Tx>, trips: () => number): Promise<number[]> {
  const given: SyncAdapter = adapter
  const plain = createClerkSync({ adapter: given, map: {} })
  const hooked = createClerkSync({ adapter: given, map: {}, on: { 'user.created': () => {} } })
  await plain.apply(userEvent('user.created', 'user_warm_up', 1_700_000_000_000))
  await hooked.apply(userEvent('user.created', 'user_warm_up_2', 1_700_000_000_000))
  const counts: number[] = []
  for (const [clerkSync, event] of [
    [plain, userEvent('user.created', 'user_1', 1_700_000_000_000)],
    [plain, userEvent('user.updated', 'user_1', 1_700_000_001_000, { first_name: 'Ada' })],
    [plain, userEvent('user.updated', 'user_1', 1_700_000_000_500, { first_name: 'late' })],
    [plain, userEvent('user.deleted', 'user_1', 1_700_000_002_000)],
    [hooked, userEvent('user.created', 'user_2', 1_700_000_000_000)],
  ] as const) {
    const before = trips()
    await clerkSync.apply(event)
    counts.push(trips() - before)
  }
  return counts
}

describe('Round trips of a creation, an update, a stale event, a delete, and a creation with a hook', () => {
  it.for([
    ['Prisma 7', (url: string) => new PrismaClient({ adapter: new PrismaPg({ connectionString: url, max: 1 }) })],
    ['Prisma 6', (url: string) => new Postgres6Client({ adapter: new PrismaPg6({ connectionString: url, max: 1 }) })],
  ] as const)('on PostgreSQL, with %s', async ([, open]) => {
    const server = await postgres.freshDatabase('prisma_trips')
    await postgres.kitTables(server).create()
    const { url, trips } = await relayTo(server)
    const prisma = open(url)
    onTestFinished(() => prisma.$disconnect())
    expect(await tripsOf(prismaAdapter(prisma as PrismaClient, shapes.plain), trips)).toEqual([1, 1, 2, 1, 5])
  })

  // Without prepared statements on the server: the driver's own default prepares, executes and closes.
  const text = { useTextProtocol: true }
  it.for([
    ['MySQL', 'CLERK_SYNC_MYSQL_URL', 'prisma_trips', undefined, [4, 4, 4, 4, 10]],
    ['MySQL, with useTextProtocol', 'CLERK_SYNC_MYSQL_URL', 'prisma_trips_text', text, [2, 2, 2, 2, 6]],
    ['MariaDB', 'CLERK_SYNC_MARIADB_URL', 'prisma_trips', undefined, [2, 2, 2, 2, 6]],
    ['MariaDB, with useTextProtocol', 'CLERK_SYNC_MARIADB_URL', 'prisma_trips_text', text, [2, 2, 2, 2, 6]],
  ] as const)('on %s', async ([, variable, database, options, expected]) => {
    const server = await mysql.freshMysql(variable, database)
    await mysql.kitTables(server).create()
    const { url, trips } = await relayTo(server)
    const driver = new PrismaMariaDb({ ...mysql.poolConfig(url), connectionLimit: 1, idleTimeout: 0 }, options)
    const prisma = new MysqlClient({ adapter: driver })
    onTestFinished(() => prisma.$disconnect())
    expect(await tripsOf(prismaAdapter(prisma, shapes.plain), trips)).toEqual(expected)
  })

  it('on SQLite, where there is no way to go: the statements, with begin and commit', async () => {
    const { file, create } = sqlite.kitTables()
    await create()
    const statements: string[] = []
    const driver = new PrismaBetterSqlite3({ url: file, verbose: (text) => statements.push(String(text)) })
    const prisma = new SqliteClient({ adapter: driver })
    onTestFinished(() => prisma.$disconnect())
    expect(await tripsOf(prismaAdapter(prisma, shapes.plain), () => statements.length)).toEqual([6, 6, 6, 6, 8])
  })
})

import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { sqlTables } from '@clerk-sync/adapter-testkit'
import { type ClerkEvent, type ClerkSync, ClerkSyncError, createClerkSync } from '@clerk-sync/core'
import { drizzle as drizzleMysql } from 'drizzle-orm/mysql2'
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres'
import mysql, { type RowDataPacket } from 'mysql2/promise'
import pg from 'pg'
import { describe, expect, it, onTestFinished } from 'vitest'
import { userEvent } from './kit/events.ts'
import { freshMysql } from './kit/mysql.ts'
import { freshDatabase } from './kit/postgres.ts'
import { type Relay, relayTo } from './kit/relay.ts'
import * as mysqlSchema from './kit/schema-mysql.ts'
import * as pgSchema from './kit/schema-pg.ts'

interface Store {
  readonly relay: Relay
  readonly clerkSync: ClerkSync
  /** Past the relay. */
  count(table: 'users' | 'welcomes' | 'events'): Promise<number>
}

async function openPostgres(): Promise<Store> {
  const url = await freshDatabase('drizzle_away')
  const raw = new pg.Pool({ connectionString: url, max: 1 })
  await sqlTables('postgres', async (text) => (await raw.query(text)).rows).create()
  const relay = await relayTo(url)
  const pool = new pg.Pool({ connectionString: relay.url, max: 3 })
  // As the manual of node-postgres says: an idle connection that breaks is reported here.
  pool.on('error', () => {})
  onTestFinished(() => Promise.all([raw.end(), pool.end()]).then(() => {}))
  const adapter = drizzleAdapter(drizzlePg(pool, { casing: 'snake_case' }), pgSchema.shapes.plain)
  const clerkSync = createClerkSync({
    adapter,
    on: {
      'user.created': ({ event, tx }) =>
        tx.insert(pgSchema.welcomes).values({ userId: event.data.id, eventId: event.id }),
    },
  })
  return { relay, clerkSync, count: async (table) => Number((await raw.query(`select 1 from ${table}`)).rowCount) }
}

async function openMysql(): Promise<Store> {
  const url = await freshMysql('CLERK_SYNC_MYSQL_URL', 'drizzle_away')
  const raw = mysql.createPool({ uri: url, connectionLimit: 1 })
  await sqlTables('mysql', async (text) => (await raw.query<RowDataPacket[]>(text))[0]).create()
  const relay = await relayTo(url)
  const client = mysql.createPool({ uri: relay.url, connectionLimit: 3 })
  onTestFinished(() => Promise.all([raw.end(), client.end()]).then(() => {}))
  const adapter = drizzleAdapter(drizzleMysql({ client, casing: 'snake_case' }), mysqlSchema.shapes.plain)
  const clerkSync = createClerkSync({
    adapter,
    on: {
      'user.created': ({ event, tx }) =>
        tx.insert(mysqlSchema.welcomes).values({ userId: event.data.id, eventId: event.id }),
    },
  })
  return {
    relay,
    clerkSync,
    count: async (table) => (await raw.query<RowDataPacket[]>(`select 1 from ${table}`))[0].length,
  }
}

/** The code of what `apply` threw, or its outcome. */
const answerOf = async (clerkSync: ClerkSync, event: ClerkEvent): Promise<string> =>
  clerkSync.apply(event).catch((error: unknown) => {
    if (!ClerkSyncError.is(error)) throw error
    return `${error.status} ${error.code}`
  })

describe.for([
  ['PostgreSQL', openPostgres],
  ['MySQL', openMysql],
] as const)('While %s is away', ([, open]) => {
  it('a delivery is answered 503, and stored when it is sent again', async () => {
    const { relay, clerkSync, count } = await open()
    const at = 1_760_000_000_000
    const plain = Array.from({ length: 10 }, (_, n) => userEvent('user.updated', `user_${n}`, at))
    const hooked = Array.from({ length: 10 }, (_, n) => userEvent('user.created', `user_${n}`, at - 1))
    const all = [...plain, ...hooked]
    expect(await clerkSync.apply(userEvent('user.created', 'user_before', at))).toBe('created')

    await relay.goAway()
    const away = await Promise.all(all.map((event) => answerOf(clerkSync, event)))
    expect(new Set(away)).toEqual(new Set(['503 store_failed']))

    await relay.comeBack()
    const again = await Promise.all(all.map((event) => answerOf(clerkSync, event)))
    expect(again.filter((answer) => answer.startsWith('503'))).toEqual([])
    expect(await count('users')).toBe(11)
    expect(await count('welcomes')).toBe(11)
    expect(await count('events')).toBe(11)
  })

  it('connections that break under deliveries lose none of them, and no effect happens twice', async () => {
    const { relay, clerkSync, count } = await open()
    const at = 1_760_000_000_000
    let pending = Array.from({ length: 60 }, (_, n) => userEvent('user.created', `user_${n}`, at))
    let broken = 0
    for (let attempt = 0; pending.length > 0; attempt++) {
      const answers = pending.map((event) => answerOf(clerkSync, event))
      if (attempt < 5) {
        // After the first of them is through, the others are on their way.
        await Promise.race(answers)
        await relay.goAway()
      }
      const failed = await Promise.all(answers)
      pending = pending.filter((_, n) => failed[n]?.startsWith('503'))
      broken += pending.length
      if (attempt < 5) await relay.comeBack()
    }
    expect(broken).toBeGreaterThan(0)
    expect(await count('users')).toBe(60)
    expect(await count('welcomes')).toBe(60)
  })
})

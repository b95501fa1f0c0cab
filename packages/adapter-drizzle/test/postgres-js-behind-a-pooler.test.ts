// postgres.js with its default settings behind PgBouncer in transaction mode, which keeps no prepared statements.
import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { sqlTables } from '@clerk-sync/adapter-testkit'
import { createClerkSync } from '@clerk-sync/core'
import { startPgBouncer } from '@clerk-sync/fault-proxy'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { userEvent } from '@clerk-sync/test-support/events'
import { drizzle } from 'drizzle-orm/postgres-js'
import pg from 'pg'
import postgres from 'postgres'
import { expect, it, onTestFinished } from 'vitest'
import { shapes, welcomes } from './kit/schema-pg.ts'

const AT = 1_760_000_000_000

async function behindPooler() {
  const target = await freshDatabase('postgres', 'drizzle_pooler')
  const raw = new pg.Pool({ connectionString: target, max: 1 })
  await sqlTables('postgres', async (text) => (await raw.query(text)).rows).create()
  const bouncer = await startPgBouncer({ target })
  const client = postgres(bouncer.url, { max: 5, onnotice: () => {} })
  onTestFinished(async () => {
    await client.end({ timeout: 1 })
    await bouncer.close()
    await raw.end()
  })
  const count = async (table: string) => Number((await raw.query(`select 1 from ${table}`)).rowCount)
  return { db: drizzle(client, { casing: 'snake_case' }), count }
}

it('every delivery with a hook that is answered 200 created is in the database', async () => {
  const { db, count } = await behindPooler()
  const clerkSync = createClerkSync({
    adapter: drizzleAdapter(db, shapes.plain),
    on: {
      'user.created': ({ event, tx }) => tx.insert(welcomes).values({ userId: event.data.id, eventId: event.id }),
    },
  })
  const events = Array.from({ length: 100 }, (_, n) => userEvent('user.created', `user_${n}`, AT))
  expect(await Promise.all(events.map((event) => clerkSync.apply(event)))).toEqual(events.map(() => 'created'))
  expect(await count('users')).toBe(100)
  expect(await count('welcomes')).toBe(100)
})

it('every delivery without a hook is in the database', async () => {
  const { db, count } = await behindPooler()
  const clerkSync = createClerkSync({ adapter: drizzleAdapter(db, { users: shapes.plain.users }) })
  const events = Array.from({ length: 100 }, (_, n) => userEvent('user.created', `user_${n}`, AT))
  expect(await Promise.all(events.map((event) => clerkSync.apply(event)))).toEqual(events.map(() => 'created'))
  expect(await count('users')).toBe(100)
})

it('a transaction within a hook is a savepoint: what it gives up is gone, the rest is kept', async () => {
  const { db, count } = await behindPooler()
  const clerkSync = createClerkSync({
    adapter: drizzleAdapter(db, shapes.plain),
    on: {
      'user.created': async ({ event, tx }) => {
        const welcome = { userId: event.data.id, eventId: event.id }
        await tx.transaction((inner) => inner.insert(welcomes).values(welcome))
        const givenUp = tx.transaction(async (inner) => {
          await inner.insert(welcomes).values(welcome)
          await inner.execute('select * from no_such_table')
        })
        await givenUp.catch(() => {})
        await tx.insert(welcomes).values(welcome)
      },
    },
  })
  const events = Array.from({ length: 40 }, (_, n) => userEvent('user.created', `user_${n}`, AT))
  expect(await Promise.all(events.map((event) => clerkSync.apply(event)))).toEqual(events.map(() => 'created'))
  expect(await count('welcomes')).toBe(80)
})

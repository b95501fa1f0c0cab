// A write that a hook built and forgot to run is an error, and not a message that passes for processed.
import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { sqlTables } from '@clerk-sync/adapter-testkit'
import { createClerkSync } from '@clerk-sync/core'
import { userEvent } from '@clerk-sync/test-support/events'
import { queryOf } from '@clerk-sync/test-support/raw-connections'
import Database from 'better-sqlite3'
import { eq, sql } from 'drizzle-orm'
import { drizzle as drizzleSqlite } from 'drizzle-orm/better-sqlite3'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite'
import { describe, expect, it, onTestFinished } from 'vitest'
import * as schemaPg from './kit/schema-pg.ts'
import * as schemaSqlite from './kit/schema-sqlite.ts'

const AT = 1_760_000_000_000
const event = userEvent('user.created', 'user_ada', AT)
const welcome = { userId: 'user_ada', eventId: event.id }

describe('better-sqlite3', () => {
  const { welcomes } = schemaSqlite
  type Tx = Parameters<Parameters<ReturnType<typeof drizzleSqlite>['transaction']>[0]>[0]

  async function applied(hook: (tx: Tx) => void) {
    const connection = new Database(':memory:')
    onTestFinished(() => void connection.close())
    await sqlTables('sqlite', queryOf(connection)).create()
    const { users, events } = schemaSqlite.shapes.plain
    const clerkSync = createClerkSync({
      adapter: drizzleAdapter(drizzleSqlite(connection, { casing: 'snake_case' }), { users, events }),
      on: { 'user.created': ({ tx }) => hook(tx as Tx) },
    })
    const outcome = await clerkSync.apply(event).catch((error: unknown) => error)
    const count = (table: string) => connection.prepare(`select * from ${table}`).all().length
    return { outcome, users: count('users'), events: count('events'), welcomes: count('welcomes') }
  }

  it.for<[string, (tx: Tx) => void]>([
    ['insert', (tx) => void tx.insert(welcomes).values(welcome)],
    ['insert', (tx) => void tx.insert(welcomes)],
    ['update', (tx) => void tx.update(welcomes).set({ userId: 'user_eve' })],
    ['delete', (tx) => void tx.delete(welcomes).where(eq(welcomes.userId, 'user_ada'))],
    ['delete', (tx) => void tx.with(tx.$with('one').as(tx.select().from(welcomes))).delete(welcomes)],
    ['insert', (tx) => tx.transaction((inner) => void inner.insert(welcomes).values(welcome))],
    [
      'update',
      (tx) => {
        tx.insert(welcomes).values(welcome).run()
        tx.update(welcomes).set({ userId: 'user_eve' })
      },
    ],
  ])('tx.%s without .run()', async ([verb, hook]) => {
    const { outcome, ...rows } = await applied(hook)
    expect(outcome).toMatchObject({
      code: 'hook_failed',
      message: expect.stringContaining(`The hook built tx.${verb}(welcomes) and did not run it`),
    })
    expect(rows).toEqual({ users: 0, events: 0, welcomes: 0 })
  })

  it('what was run is kept: alone, prepared, after with(), in a transaction of its own', async () => {
    const { outcome, ...rows } = await applied((tx) => {
      const one = (name: string) => ({ userId: name, eventId: name })
      tx.insert(welcomes).values(one('a')).run()
      tx.insert(welcomes).values(one('b')).onConflictDoNothing().returning().all()
      tx.insert(welcomes).values(one('c')).prepare().run()
      tx.transaction((inner) => inner.insert(welcomes).values(one('d')).run())
      tx.with(tx.$with('one').as(tx.select().from(welcomes)))
        .insert(welcomes)
        .values(one('e'))
        .run()
      tx.delete(welcomes).where(eq(welcomes.userId, 'a')).run()
      tx.run(sql`insert into welcomes (user_id, event_id) values ('f', 'f')`)
    })
    expect(outcome).toBe('created')
    expect(rows).toEqual({ users: 1, events: 1, welcomes: 5 })
  })
})

describe('an asynchronous driver', () => {
  const { welcomes } = schemaPg
  type Tx = Parameters<Parameters<NodePgDatabase['transaction']>[0]>[0]

  async function applied(hook: (tx: Tx) => unknown) {
    const db = drizzlePglite({ casing: 'snake_case' })
    onTestFinished(() => db.$client.close())
    const query = async (text: string) => (await db.$client.query<Record<string, unknown>>(text)).rows
    await sqlTables('postgres', query).create()
    const { users, events } = schemaPg.shapes.plain
    const clerkSync = createClerkSync({
      adapter: drizzleAdapter(db, { users, events }),
      on: { 'user.created': ({ tx }) => hook(tx as object as Tx) },
    })
    const outcome = await clerkSync.apply(event).catch((error: unknown) => error)
    const count = async (table: string) => (await query(`select * from ${table}`)).length
    return {
      outcome,
      users: await count('users'),
      events: await count('events'),
      welcomes: await count('welcomes'),
    }
  }

  it('a write that is not awaited is an error', async () => {
    const { outcome, ...rows } = await applied(async (tx) => {
      await tx.insert(welcomes).values(welcome)
      tx.update(welcomes).set({ userId: 'user_eve' })
    })
    expect(outcome).toMatchObject({
      code: 'hook_failed',
      message: expect.stringContaining('The hook built tx.update(welcomes) and did not run it'),
    })
    expect(rows).toEqual({ users: 0, events: 0, welcomes: 0 })
  })

  it('one that is returned, awaited with others, or a part of another is kept', async () => {
    const { outcome, ...rows } = await applied(async (tx) => {
      const one = (name: string) => ({ userId: name, eventId: name })
      await Promise.all(['a', 'b'].map((name) => tx.insert(welcomes).values(one(name))))
      const inserted = tx.$with('inserted').as(tx.insert(welcomes).values(one('c')).returning())
      await tx.with(inserted).select().from(inserted)
      return tx.insert(welcomes).values(one('d'))
    })
    expect(outcome).toBe('created')
    expect(rows).toEqual({ users: 1, events: 1, welcomes: 4 })
  })
})

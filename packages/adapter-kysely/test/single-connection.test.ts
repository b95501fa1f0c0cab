import { sqlTables } from '@clerk-sync/adapter-testkit'
import { createClerkSync } from '@clerk-sync/core'
import { userEvent } from '@clerk-sync/test-support/events'
import { sqliteTables } from '@clerk-sync/test-support/kit-tables'
import { PGlite } from '@electric-sql/pglite'
import Sqlite from 'better-sqlite3'
import { type Dialect, PGliteDialect, SqliteDialect } from 'kysely'
import { describe, expect, it, onTestFinished } from 'vitest'
import { adapterOf, hooks, open } from './kit/adapter.ts'

const databases: readonly [string, () => Promise<Dialect>][] = [
  [
    'better-sqlite3',
    async () => {
      const { file } = await sqliteTables(onTestFinished)
      const database = new Sqlite(file)
      onTestFinished(() => {
        database.close()
      })
      return new SqliteDialect({ database })
    },
  ],
  [
    'PGlite',
    async () => {
      const pglite = await PGlite.create()
      onTestFinished(() => pglite.close())
      await sqlTables('postgres', async (text) => (await pglite.query<Record<string, unknown>>(text)).rows).create()
      return new PGliteDialect({ pglite })
    },
  ],
]
const at = 1_760_000_000_000

describe.for(databases)('On the one connection of %s', ([, dialect]) => {
  it('a hook that asks db in place of tx is told so, and holds up nobody for ever', async () => {
    const db = open(await dialect())
    let outside: Promise<unknown> = Promise.resolve()
    const clerkSync = createClerkSync({
      adapter: adapterOf(db, 'plain', { hookTimeoutMs: 50 }),
      on: {
        'user.created': async ({ event, tx }) => {
          await hooks.effect(tx, { userId: event.data.id, eventId: event.id })
          outside = db.selectFrom('users').select('id').execute()
          await outside
        },
      },
    })
    const waiting = clerkSync.apply(userEvent('user.created', 'user_1', at))
    const other = clerkSync.apply(userEvent('user.updated', 'user_2', at))
    await expect(waiting).rejects.toMatchObject({
      code: 'hook_failed',
      message: expect.stringMatching(/longer than 50 ms.*`db` in place of `tx`/),
    })
    expect(await other).toBe('created')
    expect(await outside).not.toContainEqual({ id: 'user_1' })
    expect(await db.selectFrom('welcomes').selectAll().execute()).toEqual([])
    expect(await db.selectFrom('users').select('id').execute()).toEqual([{ id: 'user_2' }])
  })
})

it('Two connections to one SQLite file write beside each other, with hooks and without', async () => {
  const { file } = await sqliteTables(onTestFinished)
  const processes = [1, 2].map(() => {
    const database = new Sqlite(file, { timeout: 0 })
    onTestFinished(() => {
      database.close()
    })
    return createClerkSync({
      adapter: adapterOf(open(new SqliteDialect({ database })), 'plain'),
      on: {
        'user.created': ({ event, tx }) => hooks.effect(tx, { userId: event.data.id, eventId: event.id }),
      },
    })
  })
  const events = Array.from({ length: 40 }, (_, n) =>
    userEvent(n % 2 ? 'user.created' : 'user.updated', `user_${n % 4}`, at + n),
  )
  const outcomes = await Promise.all(processes.flatMap((one) => events.map((event) => one.apply(event))))
  expect(outcomes.filter((outcome) => outcome === 'duplicate')).toHaveLength(20)
  const raw = new Sqlite(file, { readonly: true })
  onTestFinished(() => {
    raw.close()
  })
  expect(raw.prepare('select count(*) as n from welcomes').get()).toEqual({ n: 20 })
})

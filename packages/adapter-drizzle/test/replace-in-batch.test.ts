import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { createClerkSync } from '@clerk-sync/core'
import type { Upsert } from '@clerk-sync/core/adapter'
import { userEvent } from '@clerk-sync/test-support/events'
import { postgresTables } from '@clerk-sync/test-support/kit-tables'
import { neon, neonConfig } from '@neondatabase/serverless'
import { drizzle as drizzleD1 } from 'drizzle-orm/d1'
import { drizzle } from 'drizzle-orm/neon-http'
import { expect, it, onTestFinished } from 'vitest'
import { openD1 } from './kit/d1.ts'
import { serveNeon } from './kit/neon-server.ts'
import { besideShapes } from './kit/schema-pg.ts'
import { besideShapes as sqliteShapes } from './kit/schema-sqlite.ts'

const START = 1_760_000_000_000

async function opened() {
  const { url, query } = await postgresTables('drizzle_replace_in_batch', onTestFinished, 'beside')
  const server = await serveNeon()
  onTestFinished(server.close)
  neonConfig.fetchEndpoint = server.endpoint
  const adapter = drizzleAdapter(drizzle(neon(url), { casing: 'snake_case' }), besideShapes.uniqueLast)
  return { adapter, query }
}

async function openedOnD1() {
  const { binding, tables, ask, close } = await openD1('beside')
  onTestFinished(close)
  await tables.create()
  const database = drizzleD1(binding({ run: (call) => call(), runSync: (call) => call() }), { casing: 'snake_case' })
  return { adapter: drizzleAdapter(database, sqliteShapes.uniqueLast), query: ask }
}

// A compare-and-set lowers the version before it writes. Where a second request had to do the rest, a refusal in between
// would leave the tombstone below every event.
it('on neon-http, a tombstone that a refused compare-and-set was to replace stays as it is, also with AFTER triggers', async () => {
  const { adapter, query } = await opened()
  const clerkSync = createClerkSync({ adapter })
  await query(`create function note() returns trigger language plpgsql as $$ begin return null; end $$;
    create trigger note after insert or update on "uniqueLastUsers" for each row execute function note()`)
  await clerkSync.apply(userEvent('user.created', 'user_1', START, { first_name: 'Ada' }))
  await clerkSync.apply(userEvent('user.deleted', 'user_1', START + 1000))
  const tombstone = await query("select version, deleted_at from versions where id = 'user_1'")
  await query(`create function refuse() returns trigger language plpgsql as $$ begin raise 'refused'; end $$;
    create trigger refuse before insert on "uniqueLastUsers" for each row execute function refuse()`)
  const version = `${START + 5000}${START + 5000}1000000`
  const expected = String(tombstone[0]?.version)
  const change = {
    kind: 'upsert',
    entity: 'user',
    key: 'user_1',
    version,
    values: { firstName: 'Eve' },
    expected,
  } as const
  await expect(adapter.upsert(change)).rejects.toThrow()
  expect(await query("select version, deleted_at from versions where id = 'user_1'")).toEqual(tombstone)
  await query('drop trigger refuse on "uniqueLastUsers"')
  expect(await adapter.upsert(change)).toBe('created')
  expect(await query('select id, first_name from "uniqueLastUsers"')).toEqual([{ id: 'user_1', first_name: 'Eve' }])
})

it('on neon-http, a compare-and-set whose version a trigger drops is an error, and leaves the version as it was', async () => {
  const { adapter, query } = await opened()
  await createClerkSync({ adapter }).apply(userEvent('user.created', 'user_1', START, { first_name: 'Ada' }))
  const versions = () => query("select version, deleted_at from versions where id = 'user_1'")
  const before = await versions()
  await query(`create function drop_it() returns trigger language plpgsql as $$ begin return null; end $$;
    create trigger drop_it before insert on versions for each row execute function drop_it()`)
  const change: Upsert = {
    ...{ kind: 'upsert', entity: 'user', key: 'user_1', values: { firstName: 'Eve' } },
    ...{ version: `${START + 5000}${START + 5000}1000000`, expected: String(before[0]?.version) },
  }
  await expect(adapter.upsert(change)).rejects.toMatchObject({ code: 'store_failed' })
  expect(await versions()).toEqual(before)
})

it.for([
  ['neon-http', 'from before'],
  ['neon-http', 'of a user'],
  ['d1', 'from before'],
  ['d1', 'of a user'],
] as const)('on %s, a kept delete that a trigger drops of a row %s is an error', async ([driver, row]) => {
  const { adapter, query } = await (driver === 'd1' ? openedOnD1() : opened())
  const clerkSync = createClerkSync({ adapter, onDelete: 'keep' })
  if (row === 'from before') await query(`insert into "uniqueLastUsers" (id, first_name) values ('user_1', 'Ada')`)
  else await clerkSync.apply(userEvent('user.created', 'user_1', START - 1000, { first_name: 'Ada' }))
  const versions = () => query('select id, version, deleted_at from versions')
  const before = await versions()
  expect(before).toHaveLength(row === 'from before' ? 0 : 1)
  await query(
    driver === 'd1'
      ? 'create trigger drop_it before update on versions begin select raise(ignore); end'
      : `create function drop_it() returns trigger language plpgsql as $$ begin return null; end $$;
         create trigger drop_it before update on versions for each row execute function drop_it()`,
  )
  const deleted = userEvent('user.deleted', 'user_1', START)
  const message = expect.stringMatching(/A trigger, a rule or a row-level security policy/)
  await expect(clerkSync.apply(deleted)).rejects.toMatchObject({ code: 'store_failed', message })
  expect(await versions()).toEqual(before)
  await query(`drop trigger drop_it${driver === 'd1' ? '' : ' on versions'}`)
  expect(await clerkSync.apply(deleted)).toBe('deleted')
  const [after] = await versions()
  expect([after?.id, Number(new Date(after?.deleted_at as string))]).toEqual(['user_1', START])
  if (row === 'from before') expect(after?.version).toBe(`8${'0'.repeat(33)}`)
})

it.each([
  ['D1', openedOnD1],
  ['neon-http', opened],
])('on %s, of two deletes at once that keep the row, the later one stays', async (_, open) => {
  const { adapter, query } = await open()
  const { apply } = createClerkSync({ adapter, onDelete: 'keep' })
  const users = Array.from({ length: 10 }, (_, n) => `user_${n}`)
  for (const user of users) await apply(userEvent('user.created', user, START, { first_name: 'Ada' }))
  await Promise.all(
    users.flatMap((user) => [1000, 2000].map((ms) => apply(userEvent('user.deleted', user, START + ms)))),
  )
  const times = (await query('select deleted_at from versions')).map(({ deleted_at }) => new Date(deleted_at as string))
  expect(times.map(Number)).toEqual(users.map(() => START + 2000))
})

// Statements under a name, which node-postgres gets by default: what they must outlive.
import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/pg'
import { type ClerkEvent, createClerkSync } from '@clerk-sync/core'
import { startPgBouncer } from '@clerk-sync/fault-proxy'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { userEvent } from '@clerk-sync/test-support/events'
import { drizzle } from 'drizzle-orm/node-postgres'
import { bigint, pgTable, timestamp, varchar } from 'drizzle-orm/pg-core'
import { drizzle as drizzlePostgresJs } from 'drizzle-orm/postgres-js'
import pg from 'pg'
import postgres from 'postgres'
import { expect, it, onTestFinished } from 'vitest'

const texts = pgTable('texts', { id: clerkId().primaryKey(), note: varchar({ length: 10 }), ...syncColumns() })
const numbers = pgTable('numbers', {
  id: clerkId().primaryKey(),
  note: bigint({ mode: 'number' }),
  ...syncColumns(),
})
const times = pgTable('times', { id: clerkId().primaryKey(), note: timestamp({ precision: 3 }), ...syncColumns() })

const SYNC = "clerk_version varchar(34) not null default '0', deleted_at timestamptz(3)"
const CREATE = [
  `create table texts (id text primary key, note varchar(10) unique, ${SYNC})`,
  // Narrower than the schema has it, as before a migration.
  `create table numbers (id text primary key, note integer, ${SYNC})`,
  `create table times (id text primary key, note timestamp(3), ${SYNC})`,
]

/** With one connection, so that what the server has prepared on it can be read. */
async function database(options: pg.PoolConfig = {}) {
  const url = await freshDatabase('postgres', 'drizzle_names')
  const raw = new pg.Pool({ connectionString: url, max: 1 })
  for (const statement of CREATE) await raw.query(statement)
  const pool = new pg.Pool({ connectionString: url, max: 1, ...options })
  const db = drizzle(pool, { casing: 'snake_case' })
  onTestFinished(async () => {
    await pool.end()
    await raw.end()
  })
  return {
    url,
    raw,
    pool,
    prepared: async () => {
      const { rows } = await pool.query<{ statement: string }>('select statement from pg_prepared_statements')
      return rows.map(({ statement }) => /^\w+ into "(\w+)"/.exec(statement)?.[1])
    },
    note: async (table: string) =>
      (await raw.query({ text: `select note from ${table}`, rowMode: 'array' })).rows.flat(),
    texts: createClerkSync({
      adapter: drizzleAdapter(db, { users: texts }),
      map: { user: ({ username }) => ({ note: username }) },
    }),
    numbers: createClerkSync({
      adapter: drizzleAdapter(db, { users: numbers }),
      map: { user: ({ username }) => ({ note: Number(username) }) },
    }),
    times: createClerkSync({
      adapter: drizzleAdapter(db, { users: times }),
      map: { user: ({ username }) => ({ note: new Date(username ?? 0) }) },
    }),
  }
}

let now = 1_760_000_000_000

/** The outcome, or the code of the error. */
function stored(clerkSync: { apply(event: ClerkEvent): Promise<string> }, username: string, id = 'user_1') {
  now += 1000
  return clerkSync
    .apply(userEvent('user.updated', id, now, { username }))
    .catch((error: { code: string }) => error.code)
}

it('are there for texts and numbers, and for nothing that has a time', async () => {
  const { texts, numbers, times, prepared } = await database()
  expect(await stored(texts, 'a')).toBe('created')
  expect(await prepared()).toEqual(['texts'])
  expect(await stored(numbers, '1')).toBe('created')
  expect(await stored(times, '2026-01-01T00:00:00Z')).toBe('created')
  expect(await texts.apply(userEvent('user.deleted', 'user_1', now))).toBe('deleted')
  expect((await prepared()).sort()).toEqual(['numbers', 'texts'])
})

it('are not there where prepare is false', async () => {
  const { pool, prepared } = await database()
  const adapter = drizzleAdapter(drizzle(pool, { casing: 'snake_case' }), { users: texts }, { prepare: false })
  await stored(createClerkSync({ adapter, map: { user: ({ username }) => ({ note: username }) } }), 'a')
  expect(await prepared()).toEqual([])
})

it('batches have them, and get others once they have written as many rows again', async () => {
  const { texts, pool, note } = await database()
  const batches = async () => {
    const { rows } = await pool.query<{ name: string; doublings: number }>(
      "select name, substring(statement from '/\\* (\\d+) \\*/$')::int as doublings from pg_prepared_statements where statement like '%unnest%' order by prepare_time",
    )
    return rows
  }
  const burst = (from: number, count: number) =>
    Promise.all(Array.from({ length: count }, (_, n) => stored(texts, `n${from + n}`, `user_${from + n}`)))
  await burst(0, 40)
  const [first, ...others] = await batches()
  expect(first).toEqual({ name: expect.stringMatching(/^clerk_sync_[0-9a-f]{16}$/), doublings: 5 })
  expect(others).toEqual([])
  await burst(40, 100)
  const growing = (await batches()).map(({ doublings }) => doublings)
  expect(growing.at(-1)).toBe(7)
  expect(growing).toEqual(growing.toSorted())
  // What was made by then is used again.
  await burst(140, 20)
  expect(await batches()).toHaveLength(growing.length)
  expect(new Set(await note('texts')).size).toBe(160)
})

it('a burst after a column got a wider type', async () => {
  const { numbers, raw, note } = await database()
  const burst = (value: number) =>
    Promise.all(Array.from({ length: 20 }, (_, n) => stored(numbers, String(value + n), `user_${n}`)))
  expect(new Set(await burst(0))).toEqual(new Set(['created']))
  await raw.query('alter table numbers alter note type bigint')
  expect(new Set(await burst(5_000_000_000))).toEqual(new Set(['updated']))
  expect((await note('numbers')).map(Number).sort()).toEqual(Array.from({ length: 20 }, (_, n) => 5_000_000_000 + n))
})

it("Drizzle's logger sees them", async () => {
  const { pool } = await database()
  const logged: string[] = []
  const db = drizzle(pool, { casing: 'snake_case', logger: { logQuery: (query) => void logged.push(query) } })
  const adapter = drizzleAdapter(db, { users: texts })
  await stored(createClerkSync({ adapter, map: { user: ({ username }) => ({ note: username }) } }), 'a')
  expect(logged).toEqual([expect.stringMatching(/^insert into "texts"/)])
})

it('a refused value is refused as without a name, costs no connection, and the names stay', async () => {
  const { texts, pool, prepared, note } = await database()
  const pid = async () => (await pool.query('select pg_backend_pid() as pid')).rows[0]?.pid
  expect(await stored(texts, 'short')).toBe('created')
  const before = await pid()
  expect(await stored(texts, 'longer than ten')).toBe('value_refused')
  expect(await stored(texts, 'short', 'user_2')).toBe('unique_conflict')
  expect(await stored(texts, 'shorter')).toBe('updated')
  expect(await note('texts')).toEqual(['shorter'])
  expect(await pid()).toBe(before)
  expect(await prepared()).toEqual(['texts'])
})

it('a column that gets a wider type while they are in use', async () => {
  const { numbers, texts, raw, note } = await database()
  expect(await stored(numbers, '7')).toBe('created')
  expect(await stored(texts, 'a')).toBe('created')
  await raw.query('alter table numbers alter note type bigint')
  await raw.query('alter table texts alter note type text')
  expect(await stored(numbers, '5000000000')).toBe('updated')
  expect(await stored(texts, 'longer than ten')).toBe('updated')
  expect(await note('numbers')).toEqual(['5000000000'])
  expect(await note('texts')).toEqual(['longer than ten'])
  // From now on without names.
  expect(await stored(numbers, '6000000000')).toBe('updated')
  expect(await note('numbers')).toEqual(['6000000000'])
})

it('with names for all, the same heals with a new connection', async () => {
  const { pool, raw, note } = await database()
  const db = drizzle(pool, { casing: 'snake_case' })
  const clerkSync = createClerkSync({
    adapter: drizzleAdapter(db, { users: numbers }, { prepare: true }),
    map: { user: ({ username }) => ({ note: Number(username) }) },
  })
  expect(await stored(clerkSync, '7')).toBe('created')
  await raw.query('alter table numbers alter note type bigint, alter clerk_version type varchar(40)')
  await stored(clerkSync, '5000000000')
  expect(await stored(clerkSync, '5000000000')).toBe('updated')
  expect(await note('numbers')).toEqual(['5000000000'])
})

it('a time is not moved when its column gets a zone while they are in use', async () => {
  const { times, raw, note } = await database({ options: '-c timezone=Asia/Tokyo' })
  expect(await stored(times, '2026-01-01T00:00:00Z')).toBe('created')
  await raw.query("alter table times alter note type timestamptz(3) using note at time zone 'UTC'")
  expect(await stored(times, '2026-01-01T12:00:00Z')).toBe('updated')
  expect(await note('times')).toEqual([new Date('2026-01-01T12:00:00Z')])
})

it('a pooler that loses them: every delivery that is answered is stored, and none fails', async () => {
  const { url, raw } = await database()
  const bouncer = await startPgBouncer({ target: url })
  const pool = new pg.Pool({ connectionString: bouncer.url, max: 8 })
  onTestFinished(async () => {
    await pool.end()
    await bouncer.close()
  })
  const db = drizzle(pool, { casing: 'snake_case' })
  const deliver = async (prepare?: true) => {
    await raw.query('truncate texts')
    const clerkSync = createClerkSync({
      adapter: drizzleAdapter(db, { users: texts }, { ...(prepare && { prepare }) }),
      map: { user: ({ username }) => ({ note: username }) },
    })
    const outcomes = await Promise.all(Array.from({ length: 300 }, (_, n) => stored(clerkSync, `${n}`, `user_${n}`)))
    const { rowCount } = await raw.query('select 1 from texts')
    return { created: outcomes.filter((outcome) => outcome === 'created').length, rowCount }
  }
  expect(await deliver()).toEqual({ created: 300, rowCount: 300 })
  // What a name costs that is insisted on, so that the pooler is one that loses them.
  expect((await deliver(true)).created).toBeLessThan(300)
})

it.for([true, undefined])('postgres.js, with prepare: %s', async (prepare) => {
  const { url, note } = await database()
  const client = postgres(url, { max: 1, fetch_types: false })
  onTestFinished(() => client.end())
  const clerkSync = createClerkSync({
    adapter: drizzleAdapter(drizzlePostgresJs(client), { users: texts }, { ...(prepare && { prepare }) }),
    map: { user: ({ username }) => ({ note: username }) },
  })
  expect(await stored(clerkSync, 'a')).toBe('created')
  expect(await note('texts')).toEqual(['a'])
  const prepared = await client<{ statement: string }[]>`select statement from pg_prepared_statements`
  const writes = prepared.filter(({ statement }) => /^insert into "texts"/.test(statement))
  expect(writes).toHaveLength(prepare ? 1 : 0)
})

import { kyselyAdapter } from '@clerk-sync/adapter-kysely'
import { clerkVersionsMigration, syncColumnsMigration } from '@clerk-sync/adapter-kysely/migrations'
import type { Upsert } from '@clerk-sync/core/adapter'
import { postgresTables } from '@clerk-sync/test-support/kit-tables'
import { relayTo } from '@clerk-sync/test-support/relay'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { adapterOf, open } from './kit/adapter.ts'
import { openPostgres } from './kit/stores.ts'

const version = '1'.repeat(33)

async function opened(versions: 'row' | 'beside') {
  const { url, query } = await postgresTables('kysely_postgres_batches', onTestFinished, versions)
  const relay = await relayTo(url)
  onTestFinished(relay.close)
  const pool = new pg.Pool({ connectionString: relay.url, max: 2 })
  onTestFinished(() => pool.end())
  return {
    url,
    query,
    trips: relay.trips,
    adapter: adapterOf(open(new PostgresDialect({ pool })), 'plain', { versions }),
  }
}

const batchOf = (count: number): Upsert[] =>
  Array.from({ length: count }, (_, n) => ({
    kind: 'upsert',
    entity: 'user',
    key: `user_${String(n).padStart(4, '0')}`,
    version,
    values: { email: `${n}@example.com` },
  }))

describe.for(['row', 'beside'] as const)('On PostgreSQL, versions: %s', (versions) => {
  it('500 users are one round trip, and so they are when they are there', async () => {
    const { adapter, trips, query } = await opened(versions)
    await adapter.writeMany(batchOf(2))
    for (const [outcome, newer] of [
      ['created', '2'.repeat(33)],
      ['updated', '3'.repeat(33)],
    ] as const) {
      const batch = batchOf(502).slice(2)
      const before = trips()
      const written = await adapter.writeMany(batch.map((change) => ({ ...change, version: newer })))
      expect(trips() - before).toBe(1)
      expect(written.filter((one) => one.outcome !== outcome)).toEqual([])
    }
    expect(await query('select id from users')).toHaveLength(502)
  })

  it('a row that stays locked holds up 500 rows at most, and after the time-out nothing waits for it once more', async () => {
    const { adapter, url, query, trips } = await opened(versions)
    await adapter.writeMany(batchOf(1))
    const other = new pg.Client({ connectionString: url })
    await other.connect()
    onTestFinished(() => other.end())
    await other.query('begin')
    await other.query("update users set email = 'other' where id = 'user_0000'")
    const limits: AbortController[] = []
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => {
      const limit = new AbortController()
      limits.push(limit)
      return limit.signal
    })
    onTestFinished(() => timeout.mockRestore())
    const batch = batchOf(1200).map((change) => ({ ...change, version: '2'.repeat(33) }))
    const written = expect(adapter.writeMany(batch)).rejects.toThrow('10 s are over')
    await vi.waitFor(async () => expect(await query('select id from users')).toHaveLength(701), 4000)
    const before = trips()
    for (const limit of limits) limit.abort(new Error('10 s are over'))
    await written
    expect(trips() - before).toBe(0)
  })

  it('of a batch, the row that a trigger drops is reported, and the others are written', async () => {
    const { adapter, query } = await opened(versions)
    await query(
      "create function f() returns trigger language plpgsql as $$ begin return case when new.id <> 'user_0003' then new end; end $$",
    )
    await query('create trigger t before insert or update on users for each row execute function f()')
    const written = await adapter.writeMany(batchOf(6))
    expect(written.map(({ outcome }) => outcome)).toEqual(batchOf(6).map((_, n) => (n === 3 ? undefined : 'created')))
    expect(written[3]?.error).toMatchObject({ code: 'store_failed' })
    expect(await query("select id from users where id = 'user_0003'")).toEqual([])
    if (versions === 'beside') expect(await query("select id from versions where id = 'user_0003'")).toEqual([])
  })

  it.for(['', 'deferrable initially deferred'])(
    'of a batch, the row that an AFTER trigger deletes is reported, and the others are written: %s',
    async (deferred) => {
      const { adapter, query } = await opened(versions)
      await query(
        "create function f() returns trigger language plpgsql as $$ begin delete from users where id = 'user_0003'; return null; end $$",
      )
      const kind = deferred ? 'constraint trigger' : 'trigger'
      await query(`create ${kind} t after insert or update on users ${deferred} for each row execute function f()`)
      const written = await adapter.writeMany(batchOf(6))
      expect(written.map(({ outcome }) => outcome)).toEqual(batchOf(6).map((_, n) => (n === 3 ? undefined : 'created')))
      expect(written[3]?.error).toMatchObject({ code: 'store_failed' })
      expect((await query('select id from users order by id')).map(({ id }) => id)).toEqual(
        batchOf(6).flatMap(({ key }, n) => (n === 3 ? [] : [key])),
      )
    },
  )

  it('of a batch, the row that the database refuses is reported, and the others are written', async () => {
    const { adapter, query } = await opened(versions)
    await query("alter table users add check (email <> '3@example.com')")
    const written = await adapter.writeMany(batchOf(6))
    expect(written.map(({ outcome }) => outcome)).toEqual(batchOf(6).map((_, n) => (n === 3 ? undefined : 'created')))
    expect(written[3]?.error).toMatchObject({ code: '23514' })
    expect(await query('select id from users')).toHaveLength(5)
  })
})

const texts = [
  'plain',
  '',
  'NULL',
  'null',
  '{}',
  '{"a",b}',
  'a"b',
  'a\\b',
  '\\',
  '"',
  "it's",
  'a\tb\nc\r',
  ' ',
  '🙂é',
  null,
]

/** A type, and what the columns of that type are given in different rows. */
const TYPES: readonly (readonly [type: string, values: readonly unknown[]])[] = [
  ['text', texts],
  ['varchar(20)', texts],
  ['char(20)', texts],
  ['integer', [0, -5, 2_147_483_647, '7', null]],
  ['bigint', [0n, '9007199254740993', 5, null]],
  ['numeric(10, 2)', ['1.005', 2.5, null]],
  ['double precision', [0.1, -0, 1e300, null]],
  ['boolean', [true, false, null]],
  ['jsonb', [{ a: '"\\,{}' }, { list: [1, null, 'é'] }, null]],
  ['json', [{ a: '"\\,{}' }, null]],
  ['uuid', ['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', null]],
  ['timestamptz(3)', [new Date('2026-03-29T01:30:00.123Z'), null]],
  ['timestamptz(3)', ['2026-03-29T01:30:00.123+02:00', null]],
  ['timestamp(3)', [new Date('2026-03-29T01:30:00.123Z'), new Date('1999-12-31T23:59:59.999Z')]],
  ['date', ['2026-03-29', null]],
  ['mood', ['happy', 'sad, "really"', null]],
  ['short_text', ['abc', null]],
  ['bytea', [Buffer.from([0, 1, 92, 255]), null]],
  ['text[]', [['a', 'b"c', '{}'], [], null]],
  ['text', ['text', 5, true, null]],
]

it.for(TYPES)('PostgreSQL stores of a batch what it stores of single writes: %s, %o', async ([type, values]) => {
  const { dialect, rows } = await openPostgres('kysely_postgres_batches')
  await rows(`create type mood as enum ('happy', 'sad, "really"')`)
  await rows('create domain short_text as text check (length(value) < 5)')
  for (const table of ['batch', 'single', 'beside'])
    await rows(`create table ${table} (id text primary key, value ${type})`)
  const db = new Kysely<{ [table: string]: { [column: string]: never } }>({ dialect })
  for (const table of ['batch', 'single']) await syncColumnsMigration(table).up(db)
  await clerkVersionsMigration().up(db)
  const own = { columns: ['value'], key: 'id', ...(type.endsWith('[]') && { arrays: ['value'] }) }
  const inRow = { version: 'clerk_version', deletedAt: 'deleted_at' }
  const adapterFor = (table: string, more: object, versions?: object) =>
    kyselyAdapter(db, { users: { table, ...own, ...more }, ...versions } as never)
  // Each value in a batch of its own: one that is refused would send the others another way.
  const batches = values.map((value, n) =>
    ['a', 'b'].map((row): Upsert => {
      const key = `user_${String(n).padStart(2, '0')}_${row}`
      return { kind: 'upsert', entity: 'user', key, version, values: { value } }
    }),
  )
  const single = adapterFor('single', inRow)
  for (const change of batches.flat()) await single.upsert(change)
  const both = [adapterFor('batch', inRow), adapterFor('beside', {}, { versions: 'clerk_versions' })]
  for (const adapter of both) {
    for (const batch of batches) {
      expect((await adapter.writeMany(batch)).map(({ outcome }) => outcome)).toEqual(['created', 'created'])
    }
  }
  const stored = (table: string) => rows(`select id, value::text, value is null as is_null from ${table} order by id`)
  expect(await stored('batch')).toEqual(await stored('single'))
  expect(await stored('beside')).toEqual(await stored('single'))
})

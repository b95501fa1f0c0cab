// What reconcile says of rows that were there before Clerk, and which user they are of.
import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { clerkEventsTable, clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/sqlite'
import { createClerkSync, type DeliveryLinkOptions } from '@clerk-sync/core'
import { backfill, reconcile } from '@clerk-sync/core/clerk-api'
import { rawSqlite } from '@clerk-sync/test-support/raw-connections'
import { startClerkApi } from '@clerk-sync/testing'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { expect, onTestFinished, test } from 'vitest'

const users = sqliteTable('users', {
  id: integer().primaryKey(),
  clerkId: clerkId('clerk_id').unique(),
  email: text(),
  isProven: integer('is_proven', { mode: 'boolean' }),
  ...syncColumns(),
})
type User = typeof users.$inferSelect

const BY_EMAIL = { by: 'email', proven: (row: User) => row.isProven === true } as const
const HOUR_MS = 3_600_000

/** A table of users from before, Clerk with these addresses, and a library that links during a move. */
async function setting(
  { rows, clerk }: { rows: readonly (readonly [email: string, isProven: boolean])[]; clerk: readonly string[] },
  link: DeliveryLinkOptions<User> | undefined = { ...BY_EMAIL, until: new Date(Date.now() + HOUR_MS) },
) {
  const { file, query } = rawSqlite(onTestFinished)
  await query(
    "create table users (id integer primary key, clerk_id text unique, email text, is_proven integer, clerk_version text not null default '0', deleted_at integer)",
  )
  await query(
    'create table clerk_events (id text primary key, type text not null, entity_id text, occurred_at integer not null, processed_at integer not null)',
  )
  for (const [email, isProven] of rows) {
    await query(`insert into users (email, is_proven) values ('${email}', ${isProven ? 1 : 0})`)
  }
  const api = await startClerkApi({ webhooks: 'never' })
  onTestFinished(() => api.close())
  const ids: string[] = []
  for (const email_address of clerk) {
    const status = email_address.startsWith('unverified') ? 'unverified' : 'verified'
    const address = { id: 'idn_1', email_address, verification: { status, strategy: 'email_code' } }
    const { id } = await api.users.create({ primary_email_address_id: 'idn_1', email_addresses: [address] } as never)
    ids.push(id)
  }
  const client = new Database(file)
  onTestFinished(() => void client.close())
  const clerkSync = createClerkSync({
    adapter: drizzleAdapter(drizzle(client), { users, events: clerkEventsTable() }),
    map: { user: (_, { email }) => ({ email }) },
    link,
  })
  const read = { secretKey: api.secretKey, apiUrl: api.url, limits: { requestsPer10s: 100_000 } }
  const stored = () => query('select id, clerk_id, email, clerk_version from users order by id')
  return { api, ids, clerkSync, read, settled: { ...read, settleMs: 0, graceMs: 0 }, stored }
}

const ADA = { rows: [['Ada@example.com', true]], clerk: ['ada@example.com'] } as const

test('a row that one user alone matches is reported, and neither linked nor written', async () => {
  const { ids, clerkSync, read, settled, stored } = await setting(ADA)
  const before = await stored()
  const healed: unknown[] = []
  const result = await reconcile(clerkSync, { ...settled, onDrift: (drift) => void healed.push(drift) })
  expect(result).toMatchObject({ ok: false, failures: [], drift: { user: { unlinked: 1, missing: 0 } } })
  expect(result.drifts).toEqual([
    { kind: 'unlinked', entity: 'user', id: ids[0], ageMs: expect.any(Number), pending: false },
  ])
  expect(await stored()).toEqual(before)
  expect(healed).toEqual([])
  expect(await backfill(clerkSync, { ...read, link: BY_EMAIL })).toMatchObject({ ok: true, link: { linked: 1 } })
  expect(await reconcile(clerkSync, settled)).toMatchObject({ ok: true, drifts: [] })
  expect(await stored()).toMatchObject([{ id: 1, clerk_id: ids[0], email: 'ada@example.com' }])
})

test('a dry run says the same', async () => {
  const { clerkSync, settled, stored } = await setting(ADA)
  const before = await stored()
  const result = await reconcile(clerkSync, { ...settled, dryRun: true })
  expect(result).toMatchObject({ ok: false, drift: { user: { unlinked: 1, missing: 0 } } })
  expect(await stored()).toEqual(before)
})

test('while the event of the sign-up may be on its way, it is pending, and the run is ok', async () => {
  const { clerkSync, settled, stored } = await setting(ADA)
  const before = await stored()
  const result = await reconcile(clerkSync, { ...settled, graceMs: HOUR_MS })
  expect(result).toMatchObject({ ok: true, drift: { user: { pending: 1, unlinked: 0 } } })
  expect(result.drifts).toMatchObject([{ kind: 'unlinked', pending: true }])
  expect(await stored()).toEqual(before)
})

test.each([
  [
    'several rows',
    [
      ['ada@example.com', true],
      ['Ada@example.com', true],
    ],
    'ada@example.com',
  ],
  ['a row whose address is not proven', [['ada@example.com', false]], 'ada@example.com'],
  ['an address that is not verified in Clerk', [['unverified@example.com', true]], 'unverified@example.com'],
  ['another address', [['bob@example.com', true]], 'ada@example.com'],
] as const)('whom %s would match gets a row of their own, as from a delivery', async (_, rows, email) => {
  const { ids, clerkSync, settled, stored } = await setting({ rows, clerk: [email] })
  const before = await stored()
  const result = await reconcile(clerkSync, settled)
  expect(result).toMatchObject({ ok: true, drift: { user: { missing: 1, unlinked: 0 } } })
  expect(await stored()).toEqual([...before, expect.objectContaining({ clerk_id: ids[0], email })])
})

test('a row that two users match is nobody’s: both are failures, and nothing is written', async () => {
  const { ids, clerkSync, settled, stored } = await setting(
    { rows: [['one', true]], clerk: ['ada@example.com', 'bob@example.com'] },
    { by: () => 'one', column: 'email', until: new Date(Date.now() + HOUR_MS) },
  )
  const before = await stored()
  const { ok, drift, failures } = await reconcile(clerkSync, settled)
  expect([ok, drift.user?.unlinked, drift.user?.missing]).toEqual([false, 0, 0])
  expect(failures.map(({ id, error }) => [id, error.code]).sort()).toEqual(ids.map((id) => [id, 'link_clash']).sort())
  expect(failures[0]?.error.message).toMatch(/several users match one row.*by hand/)
  expect(await stored()).toEqual(before)
})

test('a row that matches a user who has another one already is not reported', async () => {
  const { ids, clerkSync, read, settled, stored } = await setting(ADA)
  await backfill(clerkSync, read)
  expect(await stored()).toMatchObject([{ clerk_id: null }, { clerk_id: ids[0] }])
  expect(await reconcile(clerkSync, settled)).toMatchObject({ ok: true, drifts: [] })
})

test('once the move is over, and without link, the user is missing, and written', async () => {
  const { ids, clerkSync, settled, stored } = await setting(ADA, { ...BY_EMAIL, until: new Date(Date.now() - 1) })
  const result = await reconcile(clerkSync, settled)
  expect(result).toMatchObject({ ok: true, drift: { user: { missing: 1, unlinked: 0 } } })
  expect(await stored()).toMatchObject([{ clerk_id: null }, { clerk_id: ids[0] }])
})

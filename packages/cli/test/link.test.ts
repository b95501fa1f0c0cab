// backfill --link-by, on a table that had users before Clerk.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { startClerkApi } from '@clerk-sync/testing'
import { expect, onTestFinished, test } from 'vitest'
import { applicationWith } from './support/application.ts'
import { clerkSync, jsonOf } from './support/command.ts'
import { installForKysely } from './support/sqlite-application.ts'

const MODULE = `import { kyselyAdapter } from '@clerk-sync/adapter-kysely'
import { createClerkSync } from '@clerk-sync/core'
import Connection from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'

const db = new Kysely<any>({ dialect: new SqliteDialect({ database: new Connection(process.env.DATABASE_URL) }) })

export const clerkSync = createClerkSync({
  adapter: kyselyAdapter(db, { users: { table: 'users', columns: ['email'], key: 'clerk_id' } }),
  /* link */
})
`
const TABLE = `create table users (id integer primary key, clerk_id text unique, email text unique, proven_at text, legacy text,
  note text, clerk_version text not null default '0', deleted_at integer)`

async function setUp(link = '') {
  const api = await startClerkApi({ seed: 1, users: 4 })
  onTestFinished(() => api.close())
  const cwd = applicationWith({ 'clerk-sync.ts': MODULE.replace('/* link */', link) })
  installForKysely(cwd)
  const file = join(cwd, 'app.db')
  const database = new DatabaseSync(file)
  onTestFinished(() => database.close())
  database.exec(TABLE)
  const users: { id: string; email: string }[] = []
  for (const name of ['ada', 'bob', 'eve']) {
    const email = `${name}@example.org`
    const address = {
      id: `idn_${name}`,
      email_address: email,
      verification: { status: 'verified', strategy: 'email_code' },
    }
    const { id } = await api.users.create({
      external_id: `old-${name}`,
      // Older than what may still be on its way.
      updated_at: Date.now() - 600_000,
      primary_email_address_id: address.id,
      email_addresses: [address],
    } as never)
    users.push({ id, email })
  }
  const insert = database.prepare('insert into users (email, proven_at, legacy, note) values (?, ?, ?, ?)')
  insert.run('Ada@example.org', '2020-01-02 03:04:05', 'old-ada', 'hers')
  insert.run('bob@example.org', null, 'old-bob', 'his')
  const env = { DATABASE_URL: file, CLERK_SECRET_KEY: api.secretKey, CLERK_API_URL: api.url }
  const run = (...args: readonly string[]) => clerkSync(['backfill', '--limit', '1000', ...args], { cwd, env })
  const reconcile = (...args: readonly string[]) => clerkSync(['reconcile', '--limit', '1000', ...args], { cwd, env })
  const rows = () => database.prepare('select id, clerk_id, note from users where id < 3 order by id').all()
  return { users, database, run, reconcile, rows }
}

test('by e-mail: rows whose address was proven get their Clerk ids, others are reported; a dry run writes nothing', async () => {
  const { users, database, run, rows } = await setUp()
  const args = ['--link-by', 'email', '--link-proven', 'proven_at'] as const
  const before = rows()
  const counted = await run(...args, '--dry-run')
  expect(counted.code, counted.stderr).toBe(1)
  expect(counted.stdout).toContain('1 users match a row.')
  expect(counted.stdout).toContain('not linked, row_unproven: 1')
  expect(counted.stdout).not.toContain('@example.org')
  expect(rows()).toEqual(before)
  expect(database.prepare('select count(*) as n from users').get()).toEqual({ n: 2 })

  const ended = await run(...args, '--json')
  expect(ended.code, ended.stderr).toBe(1)
  expect(jsonOf(ended)).toMatchObject({ ok: false, link: { dryRun: false, linked: 1, clashes: { row_unproven: 1 } } })
  expect(rows()).toEqual([
    { id: 1, clerk_id: users[0]?.id, note: 'hers' },
    { id: 2, clerk_id: null, note: 'his' },
  ])
})

test('by external id: the column is named, and needs no proof', async () => {
  const { users, run, rows } = await setUp()
  const ended = await run('--link-by', 'external-id', '--link-column', 'legacy', '--json')
  expect(ended.code, ended.stderr).toBe(0)
  expect(jsonOf(ended)).toMatchObject({ ok: true, link: { matched: 2, linked: 2 } })
  expect(rows().map(({ clerk_id }) => clerk_id)).toEqual([users[0]?.id, users[1]?.id])
})

test('reconcile names the users whose rows wait for their Clerk ids, by the link of the application, and links none', async () => {
  const { users, run, rows, reconcile } = await setUp(`link: {
    by: 'external_id',
    column: 'legacy',
    until: new Date(Date.now() + 3_600_000),
  },`)
  const before = rows()
  const ended = await reconcile()
  expect(ended.code, ended.stderr).toBe(1)
  for (const { id } of users.slice(0, 2)) expect(ended.stdout).toMatch(new RegExp(`^\\? unlinked user ${id}, `, 'm'))
  expect(ended.stderr).toContain('clerk-sync backfill --link-by links it')
  expect(ended.stdout + ended.stderr).not.toContain('@example.org')
  expect(rows()).toEqual(before)
  const json = jsonOf(await reconcile('--json'))
  expect(json).toMatchObject({
    ok: false,
    drift: { unlinked: 2, missing: 0 },
    driftByEntity: { user: { unlinked: 2 } },
  })
  const unlinked = (json.drifts as { kind: string; id: string }[]).map(({ kind, id }) => `${kind} ${id}`)
  expect(unlinked.sort()).toEqual(
    users
      .slice(0, 2)
      .map(({ id }) => `unlinked ${id}`)
      .sort(),
  )
  await run('--link-by', 'external-id', '--link-column', 'legacy')
  expect((await reconcile()).code).toBe(0)
})

test.each([
  [['--link-by', 'email'], /needs --link-proven/],
  [['--link-by', 'external-id'], /needs --link-column/],
  [['--link-proven', 'proven_at'], /are for --link-by/],
  [
    ['--link-by', 'email', '--link-proven', 'proven_at', '--dry-run', '--checkpoint', 'backfill.json'],
    /--dry-run or --checkpoint, not both/,
  ],
  [['--link-by', 'email', '--link-proven', 'verified'], /no column verified/],
  [['--link-by', 'email', '--link-proven', 'note'], /note must hold true or false/],
] as const)('%j is wrong usage, and nothing is linked', async (args, message) => {
  const { run, rows } = await setUp()
  const ended = await run(...args)
  expect(ended.stderr).toMatch(message)
  expect(ended.code).toBe(2)
  expect(rows().map(({ clerk_id }) => clerk_id)).toEqual([null, null])
})

test('the way to a production instance that the docs show removes tombstones, whatever else has no author', () => {
  const text = readFileSync(join(import.meta.dirname, '../../../docs/adopting.md'), 'utf8')
  const statements = /^update users set clerk_id = null[^`]*/m.exec(text)?.[0] ?? ''
  const database = new DatabaseSync(':memory:')
  onTestFinished(() => database.close())
  database.exec(`${TABLE}; create table posts (author_id integer);
    insert into users (id, clerk_id, deleted_at) values (1, 'user_1', null), (2, 'user_2', 1), (3, 'user_3', 1);
    insert into posts values (3), (null); ${statements}`)
  expect(database.prepare('select id, clerk_id from users order by id').all()).toEqual([
    { id: 1, clerk_id: null },
    { id: 3, clerk_id: 'user_3' },
  ])
})

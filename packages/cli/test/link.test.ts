// backfill --link-by, on a table that had users before Clerk.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { startClerkApi } from '@clerk-sync/testing'
import { expect, onTestFinished, test } from 'vitest'
import { applicationWith } from './support/application.ts'
import { clerkSync, jsonOf, SECRET } from './support/command.ts'
import { serveLibrary } from './support/server.ts'
import { installForKysely } from './support/sqlite-application.ts'

const MODULE = `import { kyselyAdapter } from '@clerk-sync/adapter-kysely'
import { createClerkSync } from '@clerk-sync/core'
import Connection from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'

const db = new Kysely<any>({ dialect: new SqliteDialect({ database: new Connection(process.env.DATABASE_URL) }) })

const adapter = kyselyAdapter(db, { users: { table: 'users', columns: /* columns */['email'], key: 'clerk_id' } })
/* adapter */
export const clerkSync = createClerkSync({
  adapter,
  /* link */
})
`
const TABLE = `create table users (id integer primary key, clerk_id text unique, email text unique, proven_at text, legacy text,
  note text, clerk_version text not null default '0', deleted_at integer)`

async function setUp({ link = '', adapter = '', columns = `['email']` } = {}) {
  const api = await startClerkApi({ seed: 1, users: 4 })
  onTestFinished(() => api.close())
  const cwd = applicationWith({
    'clerk-sync.ts': MODULE.replace('/* link */', link)
      .replace('/* adapter */', adapter)
      .replace(`/* columns */['email']`, columns),
  })
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
      first_name: null,
      last_name: null,
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
  const doctor = (url: string) =>
    clerkSync(['doctor', '--url', url, '--json'], { cwd, env: { ...env, CLERK_WEBHOOK_SIGNING_SECRET: SECRET } })
  return { api, users, database, run, reconcile, doctor, rows }
}

test('by e-mail: rows whose address was proven get their Clerk ids, others are reported; a dry run writes nothing', async () => {
  const { users, database, run, rows } = await setUp()
  const args = ['--link-by', 'email', '--link-proven', 'proven_at'] as const
  const before = rows()
  const counted = await run(...args, '--dry-run')
  expect(counted.code, counted.stderr).toBe(1)
  expect(counted.stdout).toContain('1 users match a row.')
  expect(counted.stdout).toContain('5 users match none: each would get a row of its own.')
  expect(counted.stdout).not.toContain('match nobody')
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

test('values that Clerk does not have are kept, and the run says that the next word of Clerk writes over them', async () => {
  const { run, rows } = await setUp({
    columns: `['email', 'note']`,
    link: `map: { user: (_user, record) => ({ email: record.email, note: record.fullName ?? '' }) },`,
  })
  const args = ['--link-by', 'external-id', '--link-column', 'legacy'] as const
  const said =
    /^2 values of note are kept now, and written over by the next event of their users, .*leave note out of map\.user.*adopting/m
  expect((await run(...args, '--dry-run')).stderr).toMatch(said)
  const linked = await run(...args)
  expect(linked.stdout).toContain('note: 0 changed, 2 kept, 0 lost')
  expect(linked.stderr).toMatch(said)
  expect(rows().map(({ note }) => note)).toEqual(['hers', 'his'])
  // A read is dated by Clerk's clock, which has whole seconds: one of the same second is not newer.
  await sleep(1_100)
  await run()
  expect(rows().map(({ note }) => note)).toEqual(['', ''])
})

test('rows that match nobody are counted, and their keys are in the JSON', async () => {
  const { database, run, reconcile } = await setUp()
  database.exec(`insert into users (id, email, proven_at) values (8, 'old@example.org', '2020-01-02'), (9, null, null)`)
  const args = ['--link-by', 'external-id', '--link-column', 'legacy'] as const
  const left = { count: 2, first: [{ id: '8' }, { id: '9' }] }
  const counted = await run(...args, '--dry-run', '--json')
  expect(jsonOf(counted)).toMatchObject({
    unlinkedRows: 4,
    link: { matched: 2, unmatchedUsers: 5, unmatchedRows: left },
  })
  expect(counted.stderr).toContain('2 rows have no Clerk id and match nobody: id 8, id 9\n')
  const ended = await run(...args, '--json')
  expect(ended.code, ended.stderr).toBe(0)
  expect(jsonOf(ended)).toMatchObject({ unlinkedRows: 2, link: { linked: 2, unmatchedUsers: 5, unmatchedRows: left } })
  database.exec(`insert into users (id) values ${Array.from({ length: 9 }, (_, n) => `(${n + 100})`).join()}`)
  const many = /^11 rows have no Clerk id and match nobody: id 8, id 9, (id \d+, ){8}…; --json has more of them$/m
  expect((await run(...args, '--dry-run')).stdout).toMatch(many)
  database.exec('delete from users where id >= 100 and clerk_id is null')
  const compared = await reconcile('--dry-run')
  expect(compared.code, compared.stderr).toBe(0)
  expect(compared.stderr).toContain('2 rows of users have no Clerk id')
  expect(compared.stdout + compared.stderr).not.toContain('@example.org')
})

test('rows that match nobody and cannot be listed are counted, and the JSON says why none is named', async () => {
  const { database, run } = await setUp({
    adapter: `adapter.linking!.listUnlinked = () => Promise.reject(new Error('ada@example.org'))`,
  })
  database.exec(`insert into users (id) values (8)`)
  const args = ['--link-by', 'external-id', '--link-column', 'legacy'] as const
  const said =
    /^1 rows have no Clerk id and match nobody; which is not known: The rows without a Clerk id were not read/m
  const counted = await run(...args, '--dry-run')
  expect(counted.code, counted.stderr).toBe(0)
  expect(counted.stdout).toMatch(said)
  const ended = await run(...args, '--json')
  expect(ended.code, ended.stderr).toBe(0)
  const error = { code: 'store_failed', message: expect.stringMatching(/were not read/) }
  expect(jsonOf(ended).link).toMatchObject({ linked: 2, unmatchedRows: { count: 1, first: [] } })
  expect(Object(jsonOf(ended).link).unmatchedRows.error).toEqual(error)
  expect(ended.stderr).toMatch(said)
  expect(ended.stdout + ended.stderr).not.toContain('@example.org')
})

test('a plain backfill says that rows from before Clerk are in the way, once for all of them, and so does its dry run', async () => {
  const { database, run, rows } = await setUp()
  // So that the index refuses both.
  database.exec('update users set email = lower(email)')
  const before = rows()
  const preview = await run('--dry-run')
  expect(preview.stderr).toMatch(/^2 rows of users have no Clerk id: .*clerk-sync backfill --link-by/m)
  const ended = await run()
  expect(ended.code).toBe(1)
  const said = /^not written: 2 times user \(user_\w+, user_\w+\), unique_conflict: .*rows without a Clerk id/m
  expect(ended.stderr).toMatch(said)
  expect(ended.stderr.match(/not written/g)).toHaveLength(1)
  expect(ended.stderr).toMatch(/^2 rows of users have no Clerk id: /m)
  expect(jsonOf(await run('--json'))).toMatchObject({ ok: false, unlinkedRows: 2, counts: { user: { failed: 2 } } })
  expect(rows()).toEqual(before)
  database.exec('delete from users where id = 2')
  const one = /^not written: user user_\w+, unique_conflict: .*rows without a Clerk id/m
  expect((await run()).stderr).toMatch(one)
})

test('a column of proofs that is not there is wrong usage also once all rows are linked', async () => {
  const { run, database } = await setUp()
  database.exec(`update users set proven_at = '2020-01-02'`)
  const linked = await run('--link-by', 'email', '--link-proven', 'proven_at')
  expect(linked.code, linked.stderr).toBe(0)
  const ended = await run('--link-by', 'email', '--link-proven', 'verified', '--dry-run')
  expect(ended.stderr).toMatch(/no column verified/)
  expect(ended.code).toBe(2)
})

test('reconcile names the users whose rows wait for their Clerk ids, by the link of the application, and links none', async () => {
  const { users, run, rows, reconcile } = await setUp({
    link: `link: { by: 'external_id', column: 'legacy', until: new Date(Date.now() + 3_600_000) },`,
  })
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

test('doctor counts rows without a Clerk id, and says to link them as long as users of Clerk have no row', async () => {
  const { api, users, database, run, doctor } = await setUp()
  const { url } = await serveLibrary()
  const found = async (check: string) => {
    const ended = await doctor(url)
    const { findings, ...counts } = jsonOf(ended)
    const [one] = (findings as { check: string; message: string }[]).filter((finding) => finding.check === check)
    return { ...one, text: ended.stderr, ...counts }
  }
  const link = expect.stringMatching(/get their ids by linking: clerk-sync backfill --link-by(?!.*reconcile)/)
  const linkAndCompare = expect.stringMatching(/get their ids by linking: .*clerk-sync reconcile --dry-run/)
  const before = await found('contents')
  expect(before).toMatchObject({
    severity: 'error',
    message: 'users: 0 live rows, and 2 without a Clerk id, and Clerk has 7.',
    fix: linkAndCompare,
  })
  expect(before.text).toContain('get their ids by linking: clerk-sync backfill --link-by')

  database.exec(`insert into users (email) values ('old@example.org'), ('late@example.org')`)
  await run('--link-by', 'external-id', '--link-column', 'legacy')
  const after = await found('contents')
  expect(after).toMatchObject({
    severity: 'note',
    message: "users: 7 live rows, as many as Clerk has, and 2 without a Clerk id, which are nobody's.",
    fix: expect.stringContaining('names those that match nobody'),
  })
  // Rows are linked by the index of the address, and it is meant.
  expect(await found('tables')).toMatchObject({
    severity: 'note',
    message: expect.stringMatching(/^users\.email is unique/),
  })
  expect(after).toMatchObject({ ok: true, errors: 0, warnings: 0 })
  expect(after.text).toMatch(/^note {5}tables: users\.email is unique/m)
  expect((await found('route')).message).toContain('one refusal (400 headers_missing) is of this look')

  await api.users.create()
  expect(await found('contents')).toMatchObject({
    severity: 'error',
    message: 'users: 7 live rows, and 2 without a Clerk id, and Clerk has 8.',
    fix: link,
  })

  for (const { id } of users) await api.users.delete(id)
  expect(await found('contents')).toMatchObject({
    severity: 'error',
    message: 'users: 7 live rows, and 2 without a Clerk id, and Clerk has 5.',
    fix: linkAndCompare,
  })
}, 60_000)

test.each([
  [['--link-by', 'email'], /needs --link-proven.*No such column\? Add one.*or link by external id/],
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

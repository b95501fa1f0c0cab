// backfill, reconcile, restore and prune, against a server of the Backend API and a database in a file.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ClerkApiOptions, startClerkApi } from '@clerk-sync/testing'
import { expect, onTestFinished, test, vi } from 'vitest'
import { applicationWith, MODULE } from './support/application.ts'
import { clerkSync, jsonOf, start } from './support/command.ts'
import { sqliteApplication } from './support/sqlite-application.ts'

async function setUp(options: ClerkApiOptions) {
  const api = await startClerkApi({ seed: 1, ...options })
  onTestFinished(() => api.close())
  const application = sqliteApplication()
  const env = { DATABASE_URL: application.file, CLERK_SECRET_KEY: api.secretKey, CLERK_API_URL: api.url }
  const run = (args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
    clerkSync(args, { cwd: application.cwd, env: { ...env, ...more } })
  /** Whether the tables have what Clerk has. */
  const equal = () => {
    const ids = application.query('select id from users where deleted_at is null order by id').map(({ id }) => id)
    expect(ids).toEqual(api.users.ids().toSorted())
  }
  return { api, cwd: application.cwd, query: application.query, sql: application.run, env, run, equal }
}

const NONE = { created: 0, updated: 0, unchanged: 0, deleted: 0, failed: 0 }

test('backfill fills the tables, and says how many rows it wrote; again, all are unchanged', async () => {
  const { api, run, equal, query } = await setUp({ users: 30, organizations: 3 })
  const ended = await run(['backfill', '--json'])
  expect(ended.code, ended.stderr).toBe(0)
  expect(jsonOf(ended)).toEqual({
    command: 'backfill',
    ok: true,
    counts: { user: { ...NONE, created: 30 }, organization: { ...NONE, created: 3 } },
    failures: [],
    incomplete: [],
    unlinkedRows: 0,
    requests: expect.any(Number),
    seconds: expect.any(Number),
    resumed: false,
  })
  equal()
  const withAddress = api.users.ids().filter((id) => api.users.get(id)?.primary_email_address_id)
  expect(query('select id from users where email is not null order by id').map(({ id }) => id)).toEqual(
    withAddress.toSorted(),
  )
  const again = await run(['backfill', '--tables', 'users'])
  expect(again.stdout).toMatch(/^user: 0 created, \d+ updated, \d+ unchanged, 0 deleted, 0 failed$/m)
  expect(again.stdout).not.toContain('organization:')
  expect(again.stdout).not.toMatch(/@example\.com/)
})

test('backfill --checkpoint goes on after kill -9, and removes its file at the end', async () => {
  const { cwd, env, equal, query } = await setUp({ users: 1200, latency: 300 })
  const args = ['backfill', '--checkpoint', 'backfill.json', '--json', '--limit', '1000']
  const killed = start(args, { cwd, env })
  await vi.waitFor(() => expect(readFileSync(join(cwd, 'backfill.json'), 'utf8')).toContain('"position"'), {
    timeout: 120_000,
  })
  killed.child.kill('SIGKILL')
  await killed.ended
  expect(Number(query('select count(*) as n from users')[0]?.n)).toBeLessThan(1200)
  const ended = await clerkSync(args, { cwd, env })
  expect(jsonOf(ended)).toMatchObject({ ok: true, resumed: true })
  equal()
  expect(existsSync(join(cwd, 'backfill.json'))).toBe(false)
})

test('backfill --dry-run shows what the tables lack and says nothing of what is gone, and writes nothing', async () => {
  const { api, run, query, sql } = await setUp({ users: 3 })
  const [there = '', ...missing] = api.users.ids()
  sql(`insert into users (id, clerk_version) values ('user_gone', '1'), ('${there}', '1')`)
  const ended = await run(['backfill', '--dry-run', '--json'])
  expect(ended.code, ended.stderr).toBe(1)
  expect(jsonOf(ended)).toMatchObject({ ok: false, dryRun: true, drift: { missing: 2, stale: 1 } })
  expect(ended.stderr).toContain(`~ stale user ${there} (email`)
  for (const id of missing) expect(ended.stderr).toContain(`+ missing user ${id}`)
  expect(ended.stderr).not.toContain('user_gone')
  expect(query('select count(*) as n from users where email is null')).toEqual([{ n: 2 }])
})

test.each([
  ['nowhere/backfill.json', 'nowhere/backfill.json, which --checkpoint names, cannot be written. (ENOENT)'],
  ['.', '., which --checkpoint names, cannot be written. (EISDIR)'],
  ['app.db', 'app.db holds no checkpoint'],
])('a checkpoint that cannot be used is exit code 2 before anything is asked: %s', async (path, message) => {
  const asked: unknown[] = []
  const { run, cwd, query } = await setUp({ users: 1, onRequest: (request) => asked.push(request) })
  const ended = await run(['backfill', '--checkpoint', path])
  expect(ended.stderr).toContain(message)
  expect(ended.code).toBe(2)
  expect(asked).toEqual([])
  expect(query('select id from users')).toEqual([])
  expect(existsSync(join(cwd, `${path}.new`))).toBe(false)
})

test('Ctrl-C ends a backfill with exit code 130; what was written stays', async () => {
  const { cwd, env, query } = await setUp({ users: 1200, latency: 500 })
  const running = start(['backfill', '--json', '--limit', '1000'], { cwd, env })
  await vi.waitFor(() => expect(Number(query('select count(*) as n from users')[0]?.n)).toBeGreaterThan(0), {
    timeout: 120_000,
  })
  running.child.kill('SIGINT')
  const ended = await running.ended
  expect(ended.code).toBe(130)
  expect(jsonOf(ended)).toEqual({ command: 'backfill', ok: false, interrupted: true })
  expect(Number(query('select count(*) as n from users')[0]?.n)).toBeGreaterThan(0)
})

test('a row that cannot be written is named, without its values, and does not stop the others: exit code 1', async () => {
  const { api, run, query, sql } = await setUp({ users: 5 })
  const [id = ''] = api.users.ids()
  sql(
    `create trigger refuse before insert on users when new.id = '${id}' begin select raise(abort, 'not this one'); end`,
  )
  const ended = await run(['backfill', '--tables', 'users', '--json'])
  expect(ended.code).toBe(1)
  expect(jsonOf(ended)).toMatchObject({ ok: false, counts: { user: { created: 4, failed: 1 } }, failures: [{ id }] })
  expect(query('select count(*) as n from users')).toEqual([{ n: 4 }])
  expect(ended.stderr).toContain(`not written: user ${id}`)
  expect(ended.stderr + ended.stdout).not.toMatch(/@example\.com/)
})

test('of more rows that cannot be written than are remembered, it is said that there are more', async () => {
  const { run, sql } = await setUp({ users: 1002 })
  sql(`create trigger refuse before insert on users begin select raise(abort, 'not now'); end`)
  const ended = await run(['backfill', '--tables', 'users', '--limit', '1000'])
  expect(ended.code).toBe(1)
  expect(ended.stdout).toContain('1002 failed')
  expect(ended.stderr).toMatch(/^not written: at least 1000 times user \(/m)
})

test('reconcile --dry-run shows what differs and writes nothing, with exit code 1; without it, it is mended', async () => {
  const { api, run, equal, query, sql } = await setUp({ users: 20 })
  await run(['backfill'])
  const [lost = '', stale = '', same = ''] = api.users.ids()
  sql(`delete from users where id = '${lost}'; update users set email = 'old@example.com' where id = '${stale}'`)
  const { id } = await api.users.create()
  const before = query('select * from users order by id')
  const dry = await run(['reconcile', '--dry-run', '--tables', 'users'])
  expect(dry.code, dry.stderr).toBe(1)
  expect(dry.stdout).toMatch(new RegExp(`^\\+ missing user ${lost}, .* old$`, 'm'))
  expect(dry.stdout).toMatch(new RegExp(`^~ stale user ${stale} \\(email\\), `, 'm'))
  expect(dry.stdout).toMatch(new RegExp(`^\\+ missing user ${id}, .*its event may be on the way$`, 'm'))
  expect(dry.stdout).not.toContain(same)
  expect(dry.stdout).not.toContain('@example.com')
  expect(query('select * from users order by id')).toEqual(before)
  const mended = await run(['reconcile', '--tables', 'users', '--json'])
  expect(mended.code, mended.stderr).toBe(0)
  expect(jsonOf(mended)).toMatchObject({
    ok: true,
    dryRun: false,
    drift: { missing: 1, stale: 1, undeleted: 0, pending: 1 },
    counts: { user: { created: 2, updated: 1, deleted: 0, failed: 0 } },
  })
  equal()
  expect(query("select id from users where email = 'old@example.com'")).toEqual([])
  expect((await run(['reconcile', '--dry-run', '--tables', 'users'])).stdout).toContain(
    'The tables equal what Clerk has.',
  )
})

test.each([
  ['no key', { CLERK_SECRET_KEY: '' }, 2, 'CLERK_SECRET_KEY is not set'],
  ['a key that Clerk refuses', { CLERK_SECRET_KEY: 'sk_test_wrongwrongwrong' }, 2, 'CLERK_SECRET_KEY'],
  ["another instance's key", { INSTANCE_ID: 'ins_another' }, 2, 'ins_another'],
])('reconcile with %s deletes nothing, and says what to do', async (_, more, code, message) => {
  const { api, run, query } = await setUp({ users: 3 })
  await run(['backfill'])
  const before = query('select * from users order by id')
  await api.users.delete(api.users.ids()[0] ?? '')
  const ended = await run(['reconcile', '--json'], more)
  expect(ended.stderr).toContain(message)
  expect(ended.code).toBe(code)
  expect(ended.stderr + ended.stdout).not.toContain('wrongwrong')
  expect(query('select * from users order by id')).toEqual(before)
})

test('restore brings back what Clerk has, and nothing else', async () => {
  const { api, run, query, sql } = await setUp({ users: 2 })
  await run(['backfill'])
  const [id = ''] = api.users.ids()
  sql(
    `update users set deleted_at = 1, clerk_version = '9999999999999' || substr(clerk_version, 14), email = null where id = '${id}'`,
  )
  expect(jsonOf(await run(['restore', id, '--json']))).toEqual({
    command: 'restore',
    ok: true,
    entity: 'user',
    id,
    outcome: 'restored',
  })
  expect(query('select deleted_at from users where id = ? and email is not null', id)).toEqual([{ deleted_at: null }])
  expect(await run(['restore', id])).toMatchObject({ code: 1, stdout: expect.stringContaining('was not deleted') })
  expect(await run(['restore', 'user_nobody'])).toMatchObject({ code: 1 })
  expect(await run(['restore', 'session_1'])).toMatchObject({ code: 2, stderr: expect.stringContaining('no Clerk id') })
  for (const [id, entity] of [
    ['csub_1', 'subscription'],
    ['csub_item_1', 'subscriptionItem'],
  ] as const) {
    expect(await run(['restore', id])).toMatchObject({ stderr: expect.stringContaining(`"${entity}" cannot be read`) })
  }
})

test('prune removes what is old, and refuses what could be sent again', async () => {
  const { run, query, sql } = await setUp({})
  const day = 86_400_000
  const event = (id: string, days: number) =>
    `('${id}', 'user.created', 'user_1', ${Date.now() - days * day}, ${Date.now() - days * day})`
  sql(`insert into clerk_events values ${event('old', 200)}, ${event('young', 20)}`)
  const pruned = { command: 'prune', ok: true, events: 1, deadLetters: 0, tombstones: {}, failures: [] }
  expect(jsonOf(await run(['prune', '--dry-run', '--json']))).toEqual(pruned)
  expect(query('select count(*) as n from clerk_events')).toEqual([{ n: 2 }])
  expect(jsonOf(await run(['prune', '--json']))).toEqual(pruned)
  expect(query('select id from clerk_events')).toEqual([{ id: 'young' }])
  expect(await run(['prune', '--older-than', '10d'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('90 days'),
  })
  expect(await run(['prune', '--older-than', 'yesterday'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('100d, 36h or 90m'),
  })
  expect(await run(['prune', '--older-than', '10d', '--force'])).toMatchObject({ code: 0 })
  expect(query('select id from clerk_events')).toEqual([])
})

/** Rows that a delete has left, a year ago. */
const deletedUsers = (count: number) =>
  `insert into users (id, clerk_version, deleted_at)
    with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count})
    select 'user_' || i, '1', ${Date.now() - 365 * 86_400_000} from n`

test('prune removes deleted rows where they are named, and says which a foreign key holds: exit code 1', async () => {
  const { run, query, sql } = await setUp({})
  sql(deletedUsers(3))
  sql(`insert into users (id, clerk_version) values ('user_alive', '1');
    create trigger keep before delete on users when old.id = 'user_2' begin select raise(abort, 'not this one'); end`)
  expect(jsonOf(await run(['prune', '--json']))).toMatchObject({ ok: true, tombstones: {} })
  const dry = await run(['prune', '--deleted-rows', 'users', '--dry-run'])
  expect(dry).toMatchObject({ code: 0, stdout: expect.stringMatching(/^3 tombstones of user would be removed$/m) })
  expect(query('select count(*) as n from users')).toEqual([{ n: 4 }])
  const ended = await run(['prune', '--deleted-rows', 'users', '--json'])
  expect(ended.code).toBe(1)
  expect(ended.stderr).toMatch(/^not removed: 1 deleted rows of users: users keeps the deleted row of user_2: /m)
  expect(jsonOf(ended)).toMatchObject({
    ok: false,
    tombstones: { user: 2 },
    failures: [{ entity: 'user', table: 'users', rows: 1, code: 'value_refused' }],
  })
  expect(query('select id from users order by id')).toEqual([{ id: 'user_2' }, { id: 'user_alive' }])
  expect(await run(['prune', '--deleted-rows', 'people'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Allowed choices are users, organizations'),
  })
})

test('Ctrl-C ends a prune with exit code 130 after the statement under way; what was removed stays removed', async () => {
  const { cwd, env, query, sql } = await setUp({})
  const count = () => Number(query('select count(*) as n from users')[0]?.n)
  sql(deletedUsers(50_000))
  sql(`create table slow (n integer);
    create trigger slowly after delete on users begin
      insert into slow with recursive n(i) as (select 1 union all select i + 1 from n where i < 500) select max(i) from n;
      delete from slow;
    end`)
  const running = start(['prune', '--deleted-rows', 'users', '--json'], { cwd, env })
  await vi.waitFor(() => expect(count()).toBeLessThan(50_000), { timeout: 120_000 })
  running.child.kill('SIGINT')
  const ended = await running.ended
  expect(ended.code, ended.stderr).toBe(130)
  expect(jsonOf(ended)).toMatchObject({ command: 'prune', ok: false, interrupted: true })
  expect(count()).toBeGreaterThan(0)
  expect(jsonOf(ended)).toMatchObject({ tombstones: { user: 50_000 - count() } })
})

test('a second Ctrl-C ends a prune at once, though the database does not answer', async () => {
  const { env } = await setUp({})
  const cwd = applicationWith({
    'clerk-sync.ts': MODULE.replace(
      'export const',
      "adapter.prune = () => { console.error('pruning'); return new Promise(() => setInterval(() => {}, 1000)) }\nexport const",
    ),
  })
  const { child, output, ended } = start(['prune'], { cwd, env })
  await vi.waitFor(() => expect(output.stderr).toContain('pruning'), { timeout: 60_000 })
  child.kill('SIGINT')
  await vi.waitFor(() => expect(output.stderr).toContain('Ctrl-C once more ends at once'), { timeout: 60_000 })
  expect(child.exitCode).toBeNull()
  const again = setInterval(() => child.kill('SIGINT'), 50)
  onTestFinished(() => clearInterval(again))
  expect((await ended).code).toBe(130)
})

test.each(['backfill', 'reconcile'])('%s --dry-run that could not compare all is no success', async (command) => {
  const { api, run, sql } = await setUp({ users: 2 })
  const args = [command, '--dry-run', '--tables', 'users', '--limit', '1000']
  await run(['backfill'])
  expect(await run(args)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^The tables (equal|lack nothing)/m) })

  const { id } = await api.users.create({ updated_at: -1 } as never)
  const failed = await run(args)
  expect(failed.stderr).toContain(
    `not compared: user ${id}, payload_invalid: What Clerk gave of the user ${id} has an updated_at`,
  )
  expect(failed.stdout).not.toMatch(/The tables (equal|lack)/)
  expect(failed.code).toBe(1)
  expect(jsonOf(await run([...args, '--json']))).toMatchObject({ ok: false, drifts: [], failures: [{ id }] })

  await api.users.delete(id)
  sql('delete from users')
  api.fail({ kind: 'empty', path: '/users', times: Number.POSITIVE_INFINITY })
  const short = await run(args)
  expect(short.stderr).toContain('not read whole: user; run it again.')
  expect(short.stdout).not.toMatch(/The tables (equal|lack)/)
  expect(short.code).toBe(1)
  const written = await run([command, '--tables', 'users', '--limit', '1000', '--json'])
  expect(written.stderr).toContain('not read whole: user; run it again.')
  expect(jsonOf(written)).toMatchObject({ ok: false, incomplete: ['user'] })
})

test('tables with more to delete than may be are not called equal; a backfill lacks nothing of what is gone', async () => {
  const { run, sql } = await setUp({ users: 2 })
  await run(['backfill'])
  sql("insert into users (id, clerk_version) values ('user_gone', '1'), ('user_left', '1')")
  const args = ['--dry-run', '--tables', 'users', '--limit', '1000']
  const ended = await run(['reconcile', ...args, '--max-deletes', '1'])
  expect(ended.stderr).toContain('2 would be deleted, and at most 1 may be')
  expect(ended.stdout).not.toContain('The tables equal')
  expect(ended.code).toBe(1)
  expect(await run(['backfill', ...args])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('The tables lack nothing that Clerk has.'),
  })
})

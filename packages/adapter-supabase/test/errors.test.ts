import { createServer } from 'node:http'
import { supabaseAdapter } from '@clerk-sync/adapter-supabase'
import { type ClerkSyncError, createClerkSync } from '@clerk-sync/core'
import { KEYS, tokenOf } from '@clerk-sync/supabase-fake'
import { userEvent, withEmail } from '@clerk-sync/test-support/events'
import { describe, expect, it, onTestFinished } from 'vitest'
import { clientOf } from './kit/client.ts'
import { openProject } from './kit/project.ts'

const at = 1_760_000_000_000
const created = (id: string, email = `${id}@example.com`) => userEvent('user.created', id, at, withEmail(email))

function syncOf(client: ReturnType<typeof clientOf>, hook?: () => unknown) {
  const adapter = supabaseAdapter(client, { users: { table: 'users', columns: ['email'] }, events: 'clerk_events' })
  return createClerkSync({ adapter, ...(hook && { on: { 'user.created': hook } }) })
}

const errorOf = (work: Promise<unknown>): Promise<ClerkSyncError> =>
  work.then(
    (value) => Promise.reject(new Error(`It resolved with ${String(value)}.`)),
    (error) => error,
  )

describe('What is wrong with the project is config_invalid, and says what to do', () => {
  it('the functions are not in the database', async () => {
    const { postgrest } = await openProject('supabase_errors', 'tables')
    const clerkSync = syncOf(clientOf(postgrest.url, KEYS.service), () => {})
    for (const work of [() => clerkSync.apply(created('user_1')), clerkSync.check]) {
      const error = await errorOf(work())
      expect(error).toMatchObject({ code: 'config_invalid', status: 500, cause: { code: 'PGRST202' } })
      expect(error.message).toMatch(/Copy sql\/functions\.sql .* migrations and run them.*notify pgrst/)
    }
  })

  it('the key is not the service role’s', async () => {
    const { postgrest } = await openProject('supabase_errors', 'functions', 'tables')
    const user = tokenOf({ sub: 'user_1', role: 'authenticated' })
    for (const key of [KEYS.anon, user]) {
      const error = await errorOf(syncOf(clientOf(postgrest.url, key)).apply(created('user_1')))
      expect(error).toMatchObject({ code: 'config_invalid', cause: { code: '42501' } })
      expect(error.message).toMatch(/service role key/)
    }
  })

  it('the key is of another project', async () => {
    const { postgrest } = await openProject('supabase_errors', 'functions', 'tables')
    const other = tokenOf({ role: 'service_role' }, 'the secret of another project')
    const error = await errorOf(syncOf(clientOf(postgrest.url, other)).apply(created('user_1')))
    expect(error).toMatchObject({ code: 'config_invalid', message: expect.stringMatching(/refused the key/) })
  })

  it('service_role lacks the grants on a table', async () => {
    const { postgrest, sql } = await openProject('supabase_errors', 'functions', 'tables')
    await sql('revoke all on users from service_role')
    const error = await errorOf(syncOf(clientOf(postgrest.url, KEYS.service)).apply(created('user_1')))
    expect(error).toMatchObject({
      code: 'config_invalid',
      message: expect.stringMatching(/grants of sql\/tables\.sql/),
    })
  })
})

describe('What the database refuses has the code that every adapter gives it', () => {
  it('a unique value that another row has, and a delete that frees it', async () => {
    const { postgrest, sql } = await openProject('supabase_errors', 'functions', 'tables')
    await sql('alter table users add unique (email)')
    const clerkSync = syncOf(clientOf(postgrest.url, KEYS.service))
    await clerkSync.apply(created('user_1', 'ada@example.com'))
    const error = await errorOf(clerkSync.apply(created('user_2', 'ada@example.com')))
    expect(error).toMatchObject({ code: 'unique_conflict', status: 503, cause: { code: '23505' } })
    expect(await sql('select id from users')).toEqual([{ id: 'user_1' }])
    await clerkSync.apply(userEvent('user.deleted', 'user_1', at + 1))
    expect(await clerkSync.apply(created('user_2', 'ada@example.com'))).toBe('created')
  })

  it('a row that a foreign key needs', async () => {
    const { postgrest, sql } = await openProject('supabase_errors', 'functions', 'tables')
    await sql('create table people (email text primary key)')
    await sql('alter table users add foreign key (email) references people (email)')
    const clerkSync = syncOf(clientOf(postgrest.url, KEYS.service))
    const event = created('user_1', 'ada@example.com')
    expect(await errorOf(clerkSync.apply(event))).toMatchObject({ code: 'reference_missing', cause: { code: '23503' } })
    await sql("insert into people values ('ada@example.com')")
    expect(await clerkSync.apply(event)).toBe('created')
  })

  it('a table, or a column, that is not there', async () => {
    const { postgrest, sql } = await openProject('supabase_errors', 'functions', 'tables')
    const clerkSync = syncOf(clientOf(postgrest.url, KEYS.service))
    await sql('alter table users drop column email')
    const column = await errorOf(clerkSync.apply(created('user_1')))
    expect(column).toMatchObject({ code: 'store_failed', cause: { code: '42703' } })
    await sql('drop table users')
    const table = await errorOf(clerkSync.apply(created('user_1')))
    expect(table).toMatchObject({ code: 'store_failed', cause: { code: '42P01' } })
    expect(table.message).toMatch(/check\(\) lists/)
  })

  it('what the database refuses in passing is tried again, and triggers find what they do without us', async () => {
    const { postgrest, sql } = await openProject('supabase_errors', 'functions', 'tables')
    const client = clientOf(postgrest.url, KEYS.service)
    // Every other insert is refused, by the database itself. The trigger names the sequence without its schema.
    await sql('create sequence attempts')
    await sql('grant all on sequence attempts to service_role')
    await sql(`create function busy() returns trigger language plpgsql as $$ begin
      if nextval('attempts') % 2 = 1 then raise exception using errcode = 'lock_not_available'; end if; return new;
    end $$`)
    await sql('create trigger busy before insert on users for each row execute function busy()')
    expect(await syncOf(client).apply(created('user_1'))).toBe('created')

    const adapter = supabaseAdapter(client, { users: { table: 'users', columns: ['email'] } })
    const values = { email: 'ada@example.com' }
    const change = { kind: 'upsert', entity: 'user', key: 'user_2', version: '1'.repeat(33), values } as const
    expect(await adapter.writeMany([change])).toEqual([{ change, outcome: 'created' }])
    expect(await sql("select nextval('attempts')::int as n")).toEqual([{ n: 5 }])
  })

  it('a batch reports its bad row with the database’s code and writes the others', async () => {
    const { postgrest, sql } = await openProject('supabase_errors', 'functions', 'tables')
    await sql("alter table users add constraint no_mallory check (email <> 'mallory@example.com')")
    const adapter = supabaseAdapter(clientOf(postgrest.url, KEYS.service), {
      users: { table: 'users', columns: ['email'] },
    })
    const upsert = (name: string) =>
      ({
        kind: 'upsert',
        entity: 'user',
        key: `user_${name}`,
        version: '1'.repeat(33),
        values: { email: `${name}@example.com` },
      }) as const
    const bad = upsert('mallory')
    expect(await adapter.writeMany([upsert('ada'), bad, upsert('bob')])).toEqual([
      { change: upsert('ada'), outcome: 'created' },
      { change: bad, error: expect.objectContaining({ code: '23514' }) },
      { change: upsert('bob'), outcome: 'created' },
    ])
    expect(await sql('select id from users order by id')).toEqual([{ id: 'user_ada' }, { id: 'user_bob' }])
  })
})

describe('What is not certain to be written is not acknowledged', () => {
  it.for(['insert', 'update'])('a trigger that drops each %s', async (statement) => {
    const { postgrest, sql } = await openProject('supabase_errors', 'functions', 'tables')
    if (statement === 'update') await sql("insert into users (id) values ('user_1')")
    await sql('create function drop_it() returns trigger language plpgsql as $$ begin return null; end $$')
    await sql(`create trigger drop_it before ${statement} on users for each row execute function drop_it()`)
    const clerkSync = syncOf(clientOf(postgrest.url, KEYS.service))
    const error = await errorOf(clerkSync.apply(created('user_1')))
    expect(error).toMatchObject({ code: 'store_failed', status: 503 })
    expect(error.message).toMatch(/drops such writes, .*: make it leave them unchanged\.$/)
  })

  it('a tombstone in the place of a live row, of the version that is expected', async () => {
    const { postgrest, sql } = await openProject('supabase_errors', 'functions', 'tables')
    const [expected, version] = ['1'.repeat(33), '2'.repeat(33)]
    await sql("insert into users (id, clerk_version, deleted_at) values ('user_1', $1, now())", expected)
    const adapter = supabaseAdapter(clientOf(postgrest.url, KEYS.service), {
      users: { table: 'users', columns: ['email'] },
    })
    const change = { kind: 'upsert', entity: 'user', key: 'user_1', version, values: { email: 'a' }, expected } as const
    expect(await adapter.upsert({ ...change, live: true })).toBe('already_deleted')
    expect(await sql('select email, clerk_version from users')).toEqual([{ email: null, clerk_version: expected }])
    expect(await adapter.upsert(change)).toBe('updated')
  })

  it('while the project is away, a delivery is 503, and stored when it is sent again', async () => {
    const { postgrest, sql } = await openProject('supabase_errors', 'functions', 'tables')
    let away = true
    const clerkSync = syncOf(
      clientOf(postgrest.url, KEYS.service, {
        // A port that nobody listens on.
        global: { fetch: (input, init) => fetch(away ? 'http://127.0.0.1:9' : input, init) },
      }),
    )
    const event = created('user_1')
    const error = await errorOf(clerkSync.apply(event))
    expect(error).toMatchObject({ code: 'store_failed', status: 503, cause: { message: 'TypeError: fetch failed' } })
    away = false
    expect(await clerkSync.apply(event)).toBe('created')
    expect(await sql('select id from users')).toEqual([{ id: 'user_1' }])
  })

  it.for([
    ['an empty 404, which supabase-js takes for success', 404, ''],
    ['a page of a proxy', 200, '<html>Welcome</html>'],
    ['an error page of a gateway', 502, '<html>Bad gateway</html>'],
    ['another function’s result', 200, '{"ok":true}'],
    ['nothing at all', 204, ''],
  ] as const)('%s', async ([, status, body]) => {
    const server = createServer((_, response) => response.writeHead(status).end(status === 204 ? undefined : body))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('The server has no port.')
    let hooks = 0
    const client = clientOf(`http://127.0.0.1:${address.port}`, KEYS.service)
    for (const clerkSync of [syncOf(client), syncOf(client, () => hooks++)]) {
      expect(await errorOf(clerkSync.apply(created('user_1')))).toMatchObject({ code: 'store_failed', status: 503 })
      await expect(clerkSync.check()).rejects.toThrow()
    }
    expect(hooks).toBe(0)
  })
})

describe('A hook runs at least once', () => {
  it('it throws: the row is there, the ledger has nothing, and it runs again', async () => {
    const { postgrest, sql } = await openProject('supabase_errors', 'functions', 'tables')
    let calls = 0
    const clerkSync = syncOf(clientOf(postgrest.url, KEYS.service), () => {
      if (++calls === 1) throw new Error('the mail server is away')
    })
    const event = created('user_1')
    expect(await errorOf(clerkSync.apply(event))).toMatchObject({ code: 'hook_failed' })
    expect(await sql('select id from users')).toEqual([{ id: 'user_1' }])
    expect(await sql('select id from clerk_events')).toEqual([])
    expect(await clerkSync.apply(event)).toBe('unchanged')
    expect(await clerkSync.apply(event)).toBe('duplicate')
    expect(calls).toBe(2)
  })

  it('the mark cannot be written to the ledger: the error says so, and the hook runs again', async () => {
    const { postgrest, sql } = await openProject('supabase_errors', 'functions', 'tables')
    let away = false
    let calls = 0
    const client = clientOf(postgrest.url, KEYS.service, {
      global: { fetch: (input, init) => (away ? Promise.reject(new TypeError('fetch failed')) : fetch(input, init)) },
    })
    const clerkSync = syncOf(client, () => {
      away = ++calls === 1
    })
    const event = created('user_1')
    const error = await errorOf(clerkSync.apply(event))
    expect(error).toMatchObject({ code: 'store_failed', status: 503 })
    expect(error.message).toMatch(/was stored and its hook ran.*its hook will run again/)
    away = false
    expect(await clerkSync.apply(event)).toBe('unchanged')
    expect(calls).toBe(2)
    expect(await sql('select type, entity_id from clerk_events')).toEqual([
      { type: 'user.created', entity_id: 'user_1' },
    ])
  })
})

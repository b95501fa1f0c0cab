// An application that was there before, as Supabase's guides build it: its tables are not altered, and a deleted user's row
// goes.
import { readFile } from 'node:fs/promises'
import { supabaseAdapter } from '@clerk-sync/adapter-supabase'
import { createClerkSync } from '@clerk-sync/core'
import { KEYS, tokenOf } from '@clerk-sync/supabase-fake'
import { event, userEvent } from '@clerk-sync/test-support/events'
import { ARRIVALS, deliver, rejoining } from '@clerk-sync/test-support/rejoining'
import { describe, expect, it } from 'vitest'
import { clientOf } from './kit/client.ts'
import { LINT_RULES } from './kit/lint-rules.ts'
import { openProject, type Project } from './kit/project.ts'

const at = 1_760_000_000_000

/** Their table of profiles, but for the type of its key, which refers to auth.users there; and Clerk's table of tasks. */
const APPLICATION = `
  create table public.profiles (
    id text not null,
    first_name text,
    last_name text,
    username text unique,
    updated_at timestamptz,
    primary key (id),
    constraint username_length check (char_length(username) >= 3)
  );
  alter table public.profiles enable row level security;
  create policy "Users see their own profile" on public.profiles
    for select to authenticated using ((select auth.jwt() ->> 'sub') = id);
  create policy "Users change their own profile" on public.profiles
    for update to authenticated using ((select auth.jwt() ->> 'sub') = id);
  create function public.touch() returns trigger language plpgsql as $$ begin new.updated_at := now(); return new; end $$;
  create trigger touch before update on public.profiles for each row execute function public.touch();

  create table public.tasks (
    id serial primary key,
    name text not null,
    user_id text not null default auth.jwt() ->> 'sub' references public.profiles (id) on delete cascade
  );
  alter table public.tasks enable row level security;
  create policy "Users see their own tasks" on public.tasks
    for select to authenticated using ((select auth.jwt() ->> 'sub') = user_id);
  create policy "Users add their own tasks" on public.tasks
    for insert to authenticated with check ((select auth.jwt() ->> 'sub') = user_id);

  create table public.organizations (id text primary key, name text not null unique);
  create table public.memberships (
    id text primary key,
    organization_id text not null,
    user_id text not null,
    role text,
    unique (user_id, organization_id)
  );
  alter table public.organizations enable row level security;
  alter table public.memberships enable row level security;

  insert into public.profiles (id, first_name, username) values ('user_old', 'from before', 'before')`

const TABLES = {
  users: { table: 'profiles', columns: ['first_name', 'last_name'] },
  organizations: { table: 'organizations', columns: ['name'] },
  organizationMemberships: { table: 'memberships', columns: ['organization_id', 'user_id', 'role'] },
  events: 'clerk_events',
  versions: 'clerk_versions',
} as const

/** The ledger of sql/tables.sql without its users. */
async function open(...more: readonly string[]) {
  const project = await openProject('supabase_beside', 'functions', 'versions')
  const tables = await readFile(new URL('../sql/tables.sql', import.meta.url), 'utf8')
  await project.sql(/create table public\.clerk_events \([^;]*;/.exec(tables)?.[0] ?? '')
  await project.sql('revoke all on clerk_events from anon, authenticated')
  for (const statement of [APPLICATION, ...more]) await project.sql(statement)
  const seen: unknown[] = []
  const clerkSync = createClerkSync({
    adapter: supabaseAdapter(clientOf(project.postgrest.url, KEYS.service), TABLES),
    map: { organization: (organization) => ({ name: organization.name }) },
    on: { 'user.deleted': { before: true, run: ({ before, outcome }) => void seen.push(before, outcome) } },
  })
  return { ...project, clerkSync, seen }
}

const clientFor = ({ postgrest }: Pick<Project, 'postgrest'>, sub: string) =>
  clientOf(postgrest.url, KEYS.anon, { accessToken: async () => tokenOf({ sub, role: 'authenticated' }) })

const user = (type: 'created' | 'updated' | 'deleted', id: string, after: number, firstName?: string) =>
  userEvent(`user.${type}`, id, at + after, firstName === undefined ? {} : { first_name: firstName })

const columnsOf = (sql: Project['sql']) =>
  sql(`select table_name, column_name, data_type from information_schema.columns where table_schema = 'public'
    and table_name in ('profiles', 'tasks', 'organizations', 'memberships') order by 1, 2`)

describe('Versions beside the tables of an application on Supabase', () => {
  it('a user reads what is theirs until they are deleted, which takes the rows that refer to them along', async () => {
    const { clerkSync, sql, seen, ...project } = await open()
    const before = await columnsOf(sql)
    expect((await clerkSync.check()).filter(({ severity }) => severity === 'error')).toEqual([])
    expect(await clerkSync.apply(user('created', 'user_ada', 0, 'Ada'))).toBe('created')
    await clerkSync.apply(user('created', 'user_bob', 0, 'Bob'))
    const ada = clientFor(project, 'user_ada')
    expect(await ada.from('tasks').insert({ name: 'Notes' })).toMatchObject({ status: 201 })
    await sql("insert into tasks (name, user_id) values ('Bridges', 'user_bob')")
    expect((await ada.from('profiles').select('id,first_name')).data).toEqual([{ id: 'user_ada', first_name: 'Ada' }])
    expect((await ada.from('tasks').select('name')).data).toEqual([{ name: 'Notes' }])

    expect(await clerkSync.apply(user('deleted', 'user_ada', 2_000))).toBe('deleted')
    expect(seen).toEqual([expect.objectContaining({ id: 'user_ada', first_name: 'Ada' }), 'deleted'])
    expect(await clerkSync.apply(user('updated', 'user_ada', 1_000, 'late'))).toBe('already_deleted')
    expect((await ada.from('profiles').select('id')).data).toEqual([])
    expect((await ada.from('tasks').select('name')).data).toEqual([])
    expect(await sql('select id from profiles order by id')).toEqual([{ id: 'user_bob' }, { id: 'user_old' }])
    expect(await sql('select name from tasks')).toEqual([{ name: 'Bridges' }])
    expect(await sql('select table_name, id from clerk_versions where deleted_at is not null')).toEqual([
      { table_name: 'profiles', id: 'user_ada' },
    ])
    expect(await columnsOf(sql)).toEqual(before)
  })

  it.for(['erase', 'keep'] as const)(
    '%s: a row stays, and a user sees live rows by the view of the README',
    async (onDelete) => {
      const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
      const [, snippet = ''] = /```sql\n(drop policy[^`]*live_users[^`]*)```/.exec(readme) ?? []
      const { postgrest, sql } = await openProject('supabase_beside', 'functions', 'versions')
      await sql(`create table users (id text primary key, name text not null default 'somebody');
      alter table users enable row level security;
      create policy "Users see everybody" on users for select to authenticated using (true)`)
      await sql(snippet)
      const clerkSync = createClerkSync({
        adapter: supabaseAdapter(clientOf(postgrest.url, KEYS.service), {
          users: { table: 'users', columns: ['name'] },
          versions: 'clerk_versions',
        }),
        map: { user: ({ first_name }) => ({ name: first_name ?? 'nobody' }) },
        onDelete,
      })
      expect((await clerkSync.check()).filter(({ severity }) => severity === 'error')).toEqual([])
      for (const id of ['user_ada', 'user_bob']) await clerkSync.apply(user('created', id, 0, id))
      for (const id of ['user_ada', 'user_new']) expect(await clerkSync.apply(user('deleted', id, 2))).toBe('deleted')
      expect(await clerkSync.apply(user('updated', 'user_ada', 1, 'late'))).toBe('already_deleted')
      const ada = onDelete === 'keep' ? 'late' : 'somebody'
      expect(await sql('select id, name from users order by id')).toEqual([
        { id: 'user_ada', name: ada },
        { id: 'user_bob', name: 'user_bob' },
        { id: 'user_new', name: 'somebody' },
      ])
      expect(await clerkSync.find('user', 'user_ada')).toMatchObject({ deleted: true, row: { name: ada } })
      const bob = clientFor({ postgrest }, 'user_bob')
      expect((await bob.from('live_users').select('id')).data).toEqual([{ id: 'user_bob' }])
      // What raises a version is for nobody.
      expect((await bob.from('clerk_versions').select('version')).error).toMatchObject({ code: '42501' })
      for (const rule of Object.values(LINT_RULES)) expect(await sql(rule)).toEqual([])
    },
  )

  it('a row that was there before is updated, and keeps what is the application’s', async () => {
    const { clerkSync, sql } = await open()
    expect(await clerkSync.find('user', 'user_old')).toMatchObject({ deleted: false, synced: false })
    expect(await clerkSync.apply(user('updated', 'user_old', 0, 'Ada'))).toBe('updated')
    expect(await sql('select first_name, username, updated_at is not null as touched from profiles')).toEqual([
      { first_name: 'Ada', username: 'before', touched: true },
    ])
    expect(await clerkSync.find('user', 'user_old')).toMatchObject({ deleted: false, synced: true })
    expect(await clerkSync.apply(user('deleted', 'user_old', 1_000))).toBe('deleted')
    expect(await clerkSync.find('user', 'user_old')).toBeUndefined()
  })

  it.for(['restrict', 'no action deferrable initially deferred'])(
    'a foreign key that forbids the removal is reference_held, and nothing is removed: on delete %s',
    async (action) => {
      const { clerkSync, sql } = await open(
        `create table invoices (user_id text references profiles (id) on delete ${action})`,
      )
      await clerkSync.apply(user('created', 'user_ada', 0))
      await sql("insert into invoices values ('user_ada')")
      await expect(clerkSync.apply(user('deleted', 'user_ada', 1_000))).rejects.toMatchObject({
        code: 'reference_held',
        status: 503,
      })
      expect(await sql("select id from profiles where id = 'user_ada'")).toHaveLength(1)
      expect(await sql('select id from clerk_versions where deleted_at is not null')).toEqual([])
      await sql('delete from invoices')
      expect(await clerkSync.apply(user('deleted', 'user_ada', 1_000))).toBe('deleted')
    },
  )

  it('a member who left comes back, in every order of arrival', async () => {
    const { clerkSync, sql } = await open()
    for (const arrival of ARRIVALS) {
      await sql('truncate memberships, clerk_versions')
      const events = rejoining()
      const refusals = await deliver(
        clerkSync,
        arrival.map((name) => events[name]),
      )
      expect([arrival, refusals]).toEqual([arrival, []])
      expect(await sql('select id from memberships')).toEqual([{ id: 'orgmem_2' }])
    }
  })

  it('with the policies of the README, a removed member stops reading, and a member of a removed organization', async () => {
    const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
    const [policies = ''] = /(?<=```sql\n)[^`]*live_memberships[^`]*(?=```)/.exec(readme) ?? []
    const { clerkSync, sql, ...project } = await open(policies.replaceAll('public.users', 'public.profiles'))
    const organization = (id: string, type: 'created' | 'deleted', after = 0) =>
      event(`organization.${type}`, at + after, { id, name: id, updated_at: at, object: 'organization', deleted: true })
    const membership = (id: string, sub: string, type: 'created' | 'deleted', organizationId = 'org_1', after = 0) =>
      event(`organizationMembership.${type}`, at + after, {
        id,
        role: 'org:member',
        updated_at: at + after,
        organization: { id: organizationId },
        public_user_data: { user_id: sub },
      })
    for (const id of ['user_ada', 'user_bob']) await clerkSync.apply(user('created', id, 0))
    for (const id of ['org_1', 'org_2']) await clerkSync.apply(organization(id, 'created'))
    await clerkSync.apply(membership('orgmem_1', 'user_ada', 'created'))
    await clerkSync.apply(membership('orgmem_2', 'user_ada', 'created', 'org_2'))
    await clerkSync.apply(membership('orgmem_3', 'user_bob', 'created'))
    const seenBy = async (sub: string) => {
      const client = clientFor(project, sub)
      const ids = async (table: string) => (await client.from(table).select('id')).data?.map(({ id }) => id).sort()
      return [await ids('organizations'), await ids('memberships'), await ids('live_memberships')]
    }
    expect(await seenBy('user_ada')).toEqual([
      ['org_1', 'org_2'],
      ['orgmem_1', 'orgmem_2'],
      ['orgmem_1', 'orgmem_2'],
    ])
    await clerkSync.apply(membership('orgmem_1', 'user_ada', 'deleted', 'org_1', 1_000))
    expect(await seenBy('user_ada')).toEqual([['org_2'], ['orgmem_2'], ['orgmem_2']])
    // The memberships of an organization that is gone are not live, though no event takes them along.
    await clerkSync.apply(organization('org_2', 'deleted', 1_000))
    expect(await seenBy('user_ada')).toEqual([[], ['orgmem_2'], []])
    expect(await seenBy('user_bob')).toEqual([['org_1'], ['orgmem_3'], ['orgmem_3']])
    await clerkSync.apply(user('deleted', 'user_bob', 1_000))
    expect(await sql('select id from live_memberships')).toEqual([])
    const anon = clientOf(project.postgrest.url, KEYS.anon)
    expect(await anon.from('live_memberships').select()).toMatchObject({ error: { code: '42501' } })
  })
})

describe('Nobody but the service role reads or raises a version', () => {
  it.for(['anon', 'authenticated'])('%s', async (role) => {
    const { clerkSync, sql, postgrest } = await open()
    await clerkSync.apply(user('created', 'user_ada', 0, 'Ada'))
    const state = () => Promise.all([sql('select * from clerk_versions'), sql('select * from profiles order by id')])
    const before = await state()
    const client = clientOf(postgrest.url, tokenOf({ sub: 'user_ada', role }))
    const highest = { table_name: 'profiles', id: 'user_ada', version: '9'.repeat(33) }
    const change = {
      ...{ table: 'profiles', key: 'id', mode: 'remove', row: { id: 'user_ada' }, deletedAt: new Date() },
      ...{ versions: 'clerk_versions', version: highest.version },
    }
    const attempts = [
      client.from('clerk_versions').select(),
      client.from('clerk_versions').update({ version: highest.version }).eq('id', 'user_ada'),
      client.from('clerk_versions').insert({ ...highest, id: 'user_new' }),
      client.from('clerk_versions').upsert(highest),
      client.from('clerk_versions').delete().eq('id', 'user_ada'),
      client.rpc('clerk_sync_write', { change }),
      client.rpc('clerk_sync_write_beside', { change, path: 'public' }),
      client.rpc('clerk_sync_keep_beside', { change: { ...change, expected: '-' }, path: 'public' }),
      client.rpc('clerk_sync_write_many', { changes: [change] }),
      client.rpc('clerk_sync_write_once', { ledger: 'clerk_events', message: 'msg_1', change }),
    ]
    for (const attempt of attempts) {
      const { data, status } = await attempt
      expect([data, [401, 403, 405].includes(status)]).toEqual([null, true])
    }
    expect(await state()).toEqual(before)
    // Nor through a grant by mistake: row-level security holds them.
    await sql('grant all on clerk_versions to anon, authenticated')
    expect((await client.from('clerk_versions').select()).data).toEqual([])
    await client.from('clerk_versions').update({ version: highest.version }).eq('id', 'user_ada')
    expect(await client.from('clerk_versions').insert({ ...highest, id: 'user_new' })).toMatchObject({
      error: { code: '42501' },
    })
    expect(await state()).toEqual(before)
  })
})

describe('check() of versions beside', () => {
  const errorsOf = async (change: string) => {
    const { clerkSync, sql } = await open()
    await sql(change)
    return (await clerkSync.check()).filter(({ severity }) => severity === 'error').map(({ message }) => message)
  }

  it.for([
    ['no table of versions', 'drop table clerk_versions', /^The table clerk_versions is not in the database/],
    [
      'another key',
      'alter table clerk_versions drop constraint clerk_versions_pkey, add primary key (table_name, id, version)',
      /^clerk_versions has no primary key on table_name and id/,
    ],
    [
      'no grants on it',
      'revoke all on clerk_versions from service_role',
      /^service_role may not select, insert, update, delete in clerk_versions, .* Run: grant select, insert, update, delete on/,
    ],
    [
      'no right to prune it',
      'revoke delete on clerk_versions from service_role',
      /^service_role may not delete in clerk_versions, .* Run: grant delete on public\."clerk_versions" to service_role;/,
    ],
    [
      'no right to remove rows',
      'revoke delete on profiles from service_role',
      /^service_role may not delete in profiles, .* Run: grant delete on public\."profiles" to service_role;/,
    ],
    [
      'a version that was left in a table',
      "alter table profiles add clerk_version text not null default '0'",
      /^profiles still has the column clerk_version/,
    ],
    [
      'versions that are open to all',
      'grant select, insert, update on clerk_versions to anon, authenticated; alter table clerk_versions disable row level security',
      /^anon and authenticated may use clerk_versions, .* Run: revoke all on public\."clerk_versions" from anon/,
    ],
  ] as const)('finds %s', async ([, change, message]) => {
    expect(await errorsOf(change)).toEqual([expect.stringMatching(message)])
  })
})

describe('A table is moved from one way to the other under load, as the README says', () => {
  const USERS = Array.from({ length: 12 }, (_, n) => `user_${n}`)

  it.for(['erase', 'keep'] as const)('there and back, after onDelete: %s', async (onDelete) => {
    const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
    const [there = '', back = ''] = readme.match(/(?<=```sql\n)begin;[^`]*(?=```)/g) ?? []
    const { postgrest, sql } = await openProject('supabase_moved', 'functions', 'tables', 'versions')
    const client = clientOf(postgrest.url, KEYS.service)
    const users = { table: 'users', columns: ['first_name'] }
    const inRow = createClerkSync({ adapter: supabaseAdapter(client, { users }), onDelete })
    const beside = createClerkSync({ adapter: supabaseAdapter(client, { users, versions: 'clerk_versions' }) })

    /** Old and new code at once, as in a rolling deploy; what is refused is sent again, to both. */
    const settle = async (events: readonly ReturnType<typeof user>[], move?: string) => {
      const sends = events.map(async (one) => {
        for (;;) {
          for (const clerkSync of [inRow, beside]) {
            const outcome = await clerkSync.apply(one).catch((error: unknown) => {
              if (!/clerk_version|deleted_at/.test(String(error))) throw error
            })
            if (outcome) return
          }
        }
      })
      if (move) await sql(move)
      await Promise.all(sends)
    }
    const live = async () =>
      (await sql('select * from users')).flatMap(({ id, first_name, deleted_at = null }) =>
        deleted_at === null ? [`${id}: ${first_name}`] : [],
      )
    const expected = (name: string) => USERS.flatMap((id, n) => (n % 3 === 0 ? [] : [`${id}: ${name}`])).sort()
    const late = USERS.map((id) => user('updated', id, 500, 'late'))

    await settle(USERS.map((id) => user('created', id, 0, 'one')))
    await settle(
      USERS.map((id, n) => (n % 3 === 0 ? user('deleted', id, 1_000) : user('updated', id, 1_000, 'two'))),
      there,
    )
    await settle(late)
    expect((await live()).sort()).toEqual(expected('two'))
    expect(await sql('select id from clerk_versions where deleted_at is not null')).toHaveLength(4)
    await settle(
      USERS.map((id, n) => (n % 3 === 0 ? user('deleted', id, 1_000) : user('updated', id, 2_000, 'three'))),
      back,
    )
    await settle(late)
    expect((await live()).sort()).toEqual(expected('three'))
    expect(await sql('select * from clerk_versions')).toEqual([])
  })
})

describe('A table is written in one of the two ways, and never in both', () => {
  const inRow = ({ postgrest }: Pick<Project, 'postgrest'>) =>
    createClerkSync({
      adapter: supabaseAdapter(clientOf(postgrest.url, KEYS.service), {
        users: { table: 'profiles', columns: ['first_name', 'last_name'] },
      }),
    })

  it('while it has sync columns, an adapter with versions beside is refused', async () => {
    const { clerkSync, sql, ...project } = await open(
      "alter table profiles add clerk_version text not null default '0', add deleted_at timestamptz(3)",
    )
    await expect(clerkSync.apply(user('created', 'user_ada', 0, 'Ada'))).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringMatching(/profiles still has the column clerk_version.*move them there first/),
    })
    expect(await sql('select * from clerk_versions')).toEqual([])
    expect(await inRow(project).apply(user('created', 'user_ada', 0, 'Ada'))).toBe('created')
  })

  it('when it has none, an adapter that keeps versions in the rows is', async () => {
    const { clerkSync, sql, ...project } = await open()
    await expect(inRow(project).apply(user('created', 'user_ada', 0, 'Ada'))).rejects.toThrow(/no column clerk_version/)
    expect(await sql('select id from profiles')).toEqual([{ id: 'user_old' }])
    expect(await clerkSync.apply(user('created', 'user_ada', 0, 'Ada'))).toBe('created')
  })

  it('names are names, whatever is in them', async () => {
    const [name, column, versions] = ['a "b"; --', 'x = 1; drop table profiles; --', 'v "v"; --']
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
    const { sql, postgrest } = await open(
      `create table ${quoted(name)} (${quoted(column)} text primary key)`,
      `alter table clerk_versions rename to ${quoted(versions)}`,
    )
    const adapter = supabaseAdapter(clientOf(postgrest.url, KEYS.service), {
      users: { table: name, columns: [], key: column },
      versions,
    })
    expect(await adapter.check()).toEqual([])
    const key = "'; drop table profiles; --"
    const change = { entity: 'user', key, values: {} } as const
    expect(await adapter.upsert({ ...change, kind: 'upsert', version: '1'.repeat(33) })).toBe('created')
    expect(await sql(`select * from ${quoted(name)}`)).toEqual([{ [column]: key }])
    const removal = { kind: 'delete', mode: 'remove', version: '2'.repeat(33), deletedAt: new Date() } as const
    expect(await adapter.softDelete({ ...change, ...removal })).toBe('deleted')
    expect(await sql(`select table_name, id from ${quoted(versions)}`)).toEqual([{ table_name: name, id: key }])
    expect(await adapter.find('user', key)).toMatchObject({ row: undefined, deleted: true })
  })

  it('two tables of an adapter may differ', async () => {
    const { sql, postgrest } = await open(
      'create table sessions (id text primary key, status text, clerk_version text not null default 0, deleted_at timestamptz(3))',
    )
    const clerkSync = createClerkSync({
      adapter: supabaseAdapter(clientOf(postgrest.url, KEYS.service), {
        users: TABLES.users,
        sessions: { table: 'sessions', columns: ['status'], versions: 'row' },
        versions: 'clerk_versions',
      }),
    })
    const session = { id: 'sess_1', user_id: 'user_ada', status: 'active', updated_at: at }
    expect(await clerkSync.apply(event('session.created', at, session))).toBe('created')
    expect(await clerkSync.apply(user('created', 'user_ada', 0, 'Ada'))).toBe('created')
    expect(await sql('select table_name from clerk_versions')).toEqual([{ table_name: 'profiles' }])
    expect(await sql('select length(clerk_version) as digits from sessions')).toEqual([{ digits: 33 }])
  })
})

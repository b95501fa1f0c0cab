import { supabaseAdapter } from '@clerk-sync/adapter-supabase'
import { createClerkSync } from '@clerk-sync/core'
import { KEYS } from '@clerk-sync/supabase-fake'
import { userEvent, withEmail } from '@clerk-sync/test-support/events'
import { describe, expect, it } from 'vitest'
import { clientOf } from './kit/client.ts'
import { openProject, type Project, projectWith } from './kit/project.ts'

const at = 1_760_000_000_000
const SYNC_COLUMNS = "clerk_version text not null default '0', deleted_at timestamptz(3)"

/** What the owner of the tables may use, and service_role may not. */
const PRIVATE = `
  create schema private;
  create function private.random_handle() returns text language sql volatile as $$ select 'handle_' || md5(random()::text) $$;
  create type private.plan as enum ('free', 'paid');
  create domain private.name as text not null check (length(value) > 0);
  create domain private.longer_name as private.name;
  create domain private.checked_name as text default 'nobody' check (value is not null);
  create sequence private.numbers;
  grant usage on sequence private.numbers to service_role;
  create type private.pair as (name text, number int);
  create domain private.plans as private.plan[] not null default '{free}';`

function syncOf({ postgrest }: Project, columns: readonly string[], map: object = {}) {
  const adapter = supabaseAdapter(clientOf(postgrest.url, KEYS.service), { users: { table: 'users', columns } })
  return createClerkSync({ adapter, map })
}

const problemsOf = async (clerkSync: Pick<ReturnType<typeof createClerkSync>, 'check'>) =>
  (await clerkSync.check()).map(({ severity, message }) => `${severity}: ${message}`)

describe('What takes no NULL, in a schema that service_role may not use, gets its default in an erased row', () => {
  it.for([
    [
      'a default that calls a function',
      'text not null default private.random_handle()',
      'ada',
      /^handle_[0-9a-f]{32}$/,
    ],
    ['an enum', "private.plan not null default 'free'", 'paid', /^free$/],
    ['a domain that is NOT NULL', "private.name default 'none'", 'ada', /^none$/],
    ['a domain of such a domain', "private.longer_name default 'none'", 'ada', /^none$/],
    ['a list of such an enum', "private.plan[] not null default '{free}'", ['paid'], /^\{free\}$/],
    ['a domain of such a list', 'private.plans', ['paid'], /^\{free\}$/],
    ['a composite type', "private.pair not null default ('none', 0)", { name: 'ada', number: 1 }, /^\(none,0\)$/],
    ['a number of a sequence', "bigint not null default nextval('private.numbers')", 7, /^[12]$/],
    ['a default of a cast', "text not null default ('free'::private.plan)::text", 'paid', /^free$/],
    [
      'a default of several words',
      "text not null default 'a' || coalesce(private.random_handle(), 'b')",
      'x',
      /^ahandle_/,
    ],
    ['a domain whose CHECK says so and which has the default', 'private.checked_name', 'ada', /^nobody$/],
  ] as const)('%s', async ([, type, given, erased]) => {
    const project = await openProject('supabase_other_schemas', 'functions')
    await project.sql(PRIVATE)
    await project.sql(`create table users (id text primary key, email text, handle ${type}, ${SYNC_COLUMNS})`)
    const clerkSync = syncOf(project, ['email', 'handle'], {
      user: (_: unknown, record: { email: string }) => ({ email: record.email, handle: given }),
    })
    expect(await problemsOf(clerkSync)).toEqual([])

    await clerkSync.apply(userEvent('user.created', 'user_1', at, withEmail('ada@example.com')))
    expect(await project.sql('select email, to_jsonb(handle) handle from users')).toEqual([
      { email: 'ada@example.com', handle: given },
    ])
    await clerkSync.apply(userEvent('user.deleted', 'user_1', at + 1))
    await clerkSync.apply(userEvent('user.deleted', 'user_never_seen', at + 1))
    const row = { email: null, handle: expect.stringMatching(erased), deleted_at: new Date(at + 1) }
    expect(await project.sql('select id, email, handle::text, deleted_at from users order by id')).toEqual([
      { id: 'user_1', ...row },
      { id: 'user_never_seen', ...row },
    ])
  })

  it('a domain of the application’s own column, which clerk-sync does not fill', async () => {
    const project = await openProject('supabase_other_schemas', 'functions', 'tables')
    await project.sql(PRIVATE)
    await project.sql(`alter table users add handle private.name default 'none', add plan private.plan not null default 'paid',
      add constraint reachable check (email is not null or deleted_at is not null)`)
    const clerkSync = syncOf(project, ['email'])
    expect(await problemsOf(clerkSync)).toEqual([
      expect.stringMatching(/^warning: users: the constraint reachable holds for email/),
    ])
    await clerkSync.apply(userEvent('user.created', 'user_1', at, withEmail('ada@example.com')))
    await project.sql(`update users set handle = 'chosen'`)
    await clerkSync.apply(userEvent('user.deleted', 'user_1', at + 1))
    expect(await project.sql('select email, handle, plan from users')).toEqual([
      { email: null, handle: 'chosen', plan: 'paid' },
    ])
  })

  it('where there is no default, check() says so, and the delete names the column', async () => {
    const project = await openProject('supabase_other_schemas', 'functions')
    await project.sql(PRIVATE)
    await project.sql(`create table users (id text primary key, first_name private.longer_name, ${SYNC_COLUMNS})`)
    const clerkSync = syncOf(project, ['first_name'])
    expect(await problemsOf(clerkSync)).toEqual([
      expect.stringMatching(/^error: users\.first_name is NOT NULL .*map\.deletedUser/),
    ])
    await expect(clerkSync.apply(userEvent('user.deleted', 'user_1', at))).rejects.toMatchObject({
      code: 'value_refused',
    })
  })

  it('a default that service_role may not execute: the error says what was refused, and in which table', async () => {
    const project = await openProject('supabase_other_schemas', 'functions', 'tables')
    await project.sql(PRIVATE)
    await project.sql('revoke execute on function private.random_handle() from public')
    await project.sql('alter table users add handle text not null default private.random_handle()')
    const error = syncOf(project, ['email']).apply(userEvent('user.created', 'user_1', at))
    await expect(error).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringMatching(/permission denied for function random_handle, in a call for the table users/),
    })
    await expect(error).rejects.not.toThrow(/the key \(|service role key/)
  })
})

describe('Triggers and constraints find what they find when PostgREST writes', () => {
  // One is Supabase's own schema of extensions, the other one that this project has added to PostgREST's search path.
  const HELPERS = `
    create schema helpers;
    grant usage on schema helpers to service_role;
    create function extensions.slugify(text) returns text language sql as $$ select lower($1) $$;
    create function helpers.is_nice(text) returns boolean language plpgsql as $$ begin
      return slugify($1) <> 'mallory';
    end $$;
    create table helpers.seen (what text);
    grant insert, select on helpers.seen to service_role;
    create function slug() returns trigger language plpgsql as $$ begin
      new.slug := slugify(new.first_name);
      return new;
    end $$;
    create function note() returns trigger language plpgsql as $$ begin
      insert into seen values (tg_op);
      return coalesce(new, old);
    end $$;
    alter table users add slug text, add constraint nice check (helpers.is_nice(first_name));
    create trigger slug before insert or update on users for each row execute function slug();
    create trigger note before insert or delete on clerk_events for each row execute function note();`

  it('on a write, in the ledger, when it is pruned, and in check()', async () => {
    const options = { extraSearchPath: ['public', 'extensions', 'helpers'] }
    const project = await projectWith('supabase_search_path', options, 'functions', 'tables')
    await project.sql(HELPERS)
    const adapter = supabaseAdapter(clientOf(project.postgrest.url, KEYS.service), {
      users: { table: 'users', columns: ['first_name'] },
      events: 'clerk_events',
    })
    const clerkSync = createClerkSync({ adapter, on: { 'user.created': () => {} } })
    expect(await problemsOf(clerkSync)).toEqual([
      expect.stringMatching(/^warning: users has the trigger slug/),
      expect.stringMatching(/^warning: users: the constraint nice holds for first_name/),
    ])
    await clerkSync.apply(userEvent('user.created', 'user_1', at, { first_name: 'ADA' }))
    await adapter.writeMany([
      { kind: 'upsert', entity: 'user', key: 'user_2', version: '1'.repeat(33), values: { first_name: 'BOB' } },
    ])
    expect(await project.sql('select id, slug from users order by id')).toEqual([
      { id: 'user_1', slug: 'ada' },
      { id: 'user_2', slug: 'bob' },
    ])
    expect(await adapter.prune(new Date(Date.now() + 60_000))).toBe(1)
    expect(await project.sql('select what from helpers.seen')).toEqual([{ what: 'INSERT' }, { what: 'DELETE' }])
  })
})

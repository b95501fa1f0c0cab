import { supabaseAdapter } from '@clerk-sync/adapter-supabase'
import { sqlTables } from '@clerk-sync/adapter-testkit'
import { createClerkSync } from '@clerk-sync/core'
import { KEYS } from '@clerk-sync/supabase-fake'
import { describe, expect, it } from 'vitest'
import { clientOf } from './kit/client.ts'
import { openProject } from './kit/project.ts'
import { shapes } from './kit/shapes.ts'

async function open(change = (statement: string) => statement) {
  const { postgrest, sql } = await openProject('supabase_check', 'functions')
  const adapter = (options: object) =>
    Reflect.apply(supabaseAdapter, undefined, [clientOf(postgrest.url, KEYS.service), options])
  const create = async () => {
    await sqlTables('postgres', (statement) => sql(change(statement))).create()
    // A table that is made by hand is open to all on Supabase.
    await sql('revoke all on all tables in schema public from anon, authenticated')
  }
  const check = async (options: Pick<typeof shapes.plain, 'users'> & { readonly events?: string }) => {
    const problems = await supabaseAdapter(clientOf(postgrest.url, KEYS.service), options).check()
    return problems.map(({ severity, message }) => `${severity}: ${message}`)
  }
  return { sql, create, check, adapter }
}

describe('check', () => {
  it('finds nothing on good tables', async () => {
    const { create, check } = await open()
    await create()
    expect(await check(shapes.plain)).toEqual([])
    expect(await check(shapes.ownKey)).toEqual([])
  })

  it('finds columns whose types do not take what Clerk sends, an enum without a status, and rules', async () => {
    const { sql, create, adapter } = await open()
    await create()
    await sql(`create type state as enum ('active', 'pending')`)
    await sql(`alter table users alter first_name type varchar(3), alter last_sign_in_at type bigint using 0,
      alter public_metadata type text, alter email type jsonb using null`)
    await sql(`alter table sessions alter status type state using null`)
    const { users, sessions } = shapes.plain
    const messages = async () =>
      (await createClerkSync({ adapter: adapter({ users, sessions }) }).check()).map(({ message }) => message).sort()
    expect(await messages()).toEqual([
      expect.stringMatching(/^sessions\.status has the type public\.state, without the values ended, removed, revoked/),
      expect.stringMatching(/^users\.first_name is character varying\(3\) and is filled with texts.*Give it text/),
      expect.stringMatching(/^users\.last_sign_in_at is bigint and is filled with a time/),
      expect.stringMatching(/^users\.public_metadata is text and is filled with JSON: it reads back as text/),
    ])
    await sql('create rule moved as on insert to users do instead nothing')
    expect(await messages()).toContainEqual(expect.stringMatching(/^users has the rule moved/))
  })

  it('finds deletes of the application in the column where those by Clerk are to be', async () => {
    const { sql, create, adapter } = await open()
    await create()
    await sql(`insert into users (id, deleted_at) values ('user_1', now())`)
    const problemsWith = async (onDelete: 'erase' | 'keep') => {
      const clerkSync = createClerkSync({ adapter: adapter({ users: shapes.plain.users }), onDelete })
      return (await clerkSync.check()).map(({ severity, message }) => `${severity}: ${message}`)
    }
    const found = expect.stringMatching(/^warning: users\.deleted_at is set in rows that no event has reached/)
    expect(await problemsWith('erase')).toContainEqual(found)
    // What `keep` itself inserts looks the same.
    expect(await problemsWith('keep')).not.toContainEqual(found)
    await sql(`update users set clerk_version = '1760000000000'`)
    expect(await problemsWith('erase')).not.toContainEqual(found)
  })

  it('finds tables that are not there', async () => {
    const { check } = await open()
    expect(await check(shapes.ownKey)).toEqual([
      'error: The table ownKeyUsers is not in the database. Run your migrations.',
      'error: The table events is not in the database. Run your migrations.',
    ])
  })

  it('finds missing columns, an unfit version, a missing index and a ledger without its key', async () => {
    const { sql, create, check } = await open()
    await create()
    await sql('alter table users drop column first_name, alter column clerk_version drop not null')
    await sql('alter table users drop constraint users_pkey')
    await sql('alter table events drop constraint events_pkey, drop column entity_id')
    const { users, events } = shapes.plain
    expect(await check({ users, events })).toEqual([
      'error: users.first_name is in the schema but not in the database. Run your migrations.',
      expect.stringMatching(/^error: users\.clerk_version must be NOT NULL DEFAULT '0'/),
      expect.stringMatching(/^error: users\.id has no unique index of its own/),
      'error: events.entity_id is missing. Run your migrations.',
      expect.stringMatching(/^error: events has no primary key/),
    ])
  })

  it('finds a ledger and dead letters that are open to all', async () => {
    const { postgrest, sql } = await openProject('supabase_check', 'functions', 'tables')
    const { users } = shapes.plain
    const tables = { users, events: 'clerk_events', deadLetters: 'clerk_dead_letters' }
    const adapter = supabaseAdapter(clientOf(postgrest.url, KEYS.service), tables)
    const messages = async () =>
      (await adapter.check()).flatMap(({ message }) => (/^anon/.test(message) ? [message] : []))
    await sql('grant select, insert on clerk_events, clerk_dead_letters to anon')
    expect(await messages()).toEqual([])
    await sql('alter table clerk_events disable row level security')
    await sql('alter table clerk_dead_letters disable row level security')
    expect(await messages()).toEqual([
      expect.stringMatching(/^anon may use clerk_events, .* key can read it, or enter a message/),
      expect.stringMatching(
        /^anon may use clerk_dead_letters, .* can read whole events .* Run: revoke all on public\."clerk_dead_letters"/,
      ),
    ])
  })

  it('does not take a partial or a deferrable unique index for the key’s', async () => {
    const { sql, create, check } = await open()
    await create()
    await sql('alter table users drop constraint users_pkey')
    await sql('create unique index on users (id) where deleted_at is null')
    const { users } = shapes.plain
    expect(await check({ users })).toEqual([expect.stringMatching(/^error: users\.id has no unique index/)])
    await sql('alter table users add unique (id) deferrable')
    expect(await check({ users })).toEqual([expect.stringMatching(/^error: users\.id has no unique index/)])
  })

  it('finds a key that ignores case', async () => {
    const { sql, create, check } = await open((statement) => statement.replaceAll('collate "C"', 'collate "nocase"'))
    await sql("create collation nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false)")
    await create()
    const { users } = shapes.plain
    expect(await check({ users })).toEqual([expect.stringMatching(/^error: users\.id ignores case/)])
  })

  it('finds unique columns and foreign keys, which will bite', async () => {
    const { sql, create, check } = await open()
    await create()
    await sql('alter table sessions add foreign key (user_id) references users (id)')
    expect(await check(shapes.uniqueFirst)).toEqual([
      expect.stringMatching(/^warning: uniqueFirstUsers\.email is unique: .*503 unique_conflict/),
    ])
    expect(await check(shapes.plain)).toEqual([
      expect.stringMatching(/^warning: sessions\.user_id has a foreign key: .*503 reference_missing/),
    ])
  })

  it('finds columns that hold no Clerk id, and a version that is too short', async () => {
    const { sql, create, check } = await open()
    await create()
    await sql('create domain short as varchar(20); create domain shorter as short')
    await sql(`alter table users alter clerk_version type varchar(20), alter id type shorter;
      alter table sessions alter user_id type uuid using null`)
    expect(await check(shapes.plain)).toEqual([
      expect.stringMatching(/^error: users\.clerk_version holds 20 characters, and a version has up to 34/),
      expect.stringMatching(/^error: users\.id holds 20 characters, and the Clerk id of the user has 32/),
      expect.stringMatching(/^error: sessions\.user_id has the type uuid, and the Clerk id of the user is text/),
    ])
  })

  it('finds what may refuse a write: triggers, unique indexes of some rows, and constraints', async () => {
    const { sql, create, check } = await open()
    await create()
    await sql(`create function meddle() returns trigger language plpgsql as $$ begin return new; end $$;
      create trigger meddle before insert on users for each row execute function meddle();
      create unique index one_mail on users (lower(email)) where deleted_at is null;
      alter table users add constraint long_mail check (length(email) > 3)`)
    const { users } = shapes.plain
    expect(await check({ users })).toEqual([
      expect.stringMatching(
        /^warning: users has the unique index one_mail, of some rows or of expressions: .*unique_c/,
      ),
      expect.stringMatching(/^warning: users has the trigger meddle: .* answered 503/),
      expect.stringMatching(/^warning: users: the constraint long_mail holds for email, .*value_refused/),
    ])
  })

  it('looks at the columns that the map fills alone, and at what it gives', async () => {
    const { sql, create, adapter } = await open()
    await create()
    await sql(`alter table users add unique (first_name), add constraint named check (first_name <> ''),
      add owner text not null; alter table sessions alter user_id drop not null, alter user_id type uuid using null, drop status`)
    const problemsOf = async (columns: string[], map?: object) => {
      const sessions = { table: 'sessions', columns: ['user_id'] }
      const given = { users: { table: 'users', columns: [...columns, 'owner'] }, sessions }
      const sync = createClerkSync({ adapter: adapter(given), ...(map && { map }) })
      return (await sync.check()).map(({ severity, message }) => `${severity}: ${message}`)
    }
    const session = () => ({ user_id: crypto.randomUUID() })
    expect(await problemsOf(['email', 'first_name'], { user: () => ({ email: 'a' }), session })).toEqual([
      'error: users.owner is NOT NULL, has no default, and nothing fills it: return it from map.user, or give it a default.',
    ])
    const all = await problemsOf(['first_name'], { user: () => ({ first_name: 'a', owner: 'b' }) })
    expect(all).toEqual([
      expect.stringMatching(/^warning: users\.first_name is unique/),
      expect.stringMatching(/^error: users\.owner is NOT NULL in the database/),
      expect.stringMatching(/^warning: users: the constraint named holds for first_name/),
      expect.stringMatching(/^error: sessions\.user_id has the type uuid/),
    ])
  })

  it('finds a column that an insert must give and nothing fills', async () => {
    const { sql, create, check } = await open()
    await create()
    await sql('alter table users add plan text not null, add number int generated always as identity')
    const { users } = shapes.plain
    expect(await check({ users })).toEqual([
      'error: users.plan is NOT NULL, has no default, and nothing fills it: list it in columns, or give it a default.',
    ])
  })
})

import { readFile } from 'node:fs/promises'
import { supabaseAdapter } from '@clerk-sync/adapter-supabase'
import { createClerkSync } from '@clerk-sync/core'
import { KEYS } from '@clerk-sync/supabase-fake'
import { userEvent, withEmail } from '@clerk-sync/test-support/events'
import { describe, expect, it } from 'vitest'
import { clientOf } from './kit/client.ts'
import { openProject } from './kit/project.ts'

const at = 1_760_000_000_000
const functions = await readFile(new URL('../sql/functions.sql', import.meta.url), 'utf8')
const versionsFile = await readFile(new URL('../sql/versions.sql', import.meta.url), 'utf8')
const VERSION = Number(/'clerk_sync_version', (\d+)/.exec(functions)?.[1])

async function open(sqlFile: string) {
  const { postgrest, sql } = await openProject('supabase_versions', 'tables')
  await sql(sqlFile)
  const adapter = supabaseAdapter(clientOf(postgrest.url, KEYS.service), {
    users: { table: 'users', columns: ['email'] },
    events: 'clerk_events',
  })
  const clerkSync = createClerkSync({ adapter, on: { 'user.created': () => {} } })
  const problems = async () => (await clerkSync.check()).map(({ severity, message }) => `${severity}: ${message}`)
  const apply = () => clerkSync.apply(userEvent('user.created', 'user_1', at, withEmail('ada@example.com')))
  return { sql, postgrest, problems, apply }
}

/** A table that keeps its deleted rows, with its versions beside it. */
async function openKept(sqlFile: string) {
  const { sql, postgrest } = await open(sqlFile)
  await sql(`${versionsFile}; create table people (id text primary key, email text)`)
  const adapter = supabaseAdapter(clientOf(postgrest.url, KEYS.service), {
    users: { table: 'people', columns: ['email'] },
    versions: 'clerk_versions',
  })
  return { sql, clerkSync: createClerkSync({ adapter, onDelete: 'keep' }) }
}

const withVersion = (version: string) => functions.replace(/'clerk_sync_version', \d+/, version)

describe('An adapter and functions of different versions, as in a rolling deploy', () => {
  it('the file says the version that it has', () => {
    expect(functions).toContain(`version ${VERSION}. Copy this file`)
  })

  it('of the same version: check() finds nothing', async () => {
    const { problems, apply } = await open(functions)
    expect(await problems()).toEqual([])
    expect(await apply()).toBe('created')
  })

  it('functions that are older: check() says which file to run, and events are stored', async () => {
    const since3 = /^( +)'(type|takesText|length|partialUniques|triggers|checks|openTo)',/gm
    const { problems, apply } = await open(withVersion("'other', 0").replace(since3, "$1'no_$2',"))
    expect(await problems()).toEqual([
      expect.stringMatching(/^error: .* in the database are of version 1, .* until you run sql\/functions\.sql/),
    ])
    expect(await apply()).toBe('created')
  })

  it('functions that are newer: check() says to upgrade the package, and events are stored', async () => {
    const { problems, apply } = await open(withVersion(`'clerk_sync_version', ${VERSION + 1}`))
    expect(await problems()).toEqual([
      expect.stringMatching(
        new RegExp(`^warning: .* are of version ${VERSION + 1}, .* upgrade @clerk-sync/adapter-supabase`),
      ),
    ])
    expect(await apply()).toBe('created')
  })

  it('functions that give an answer this adapter does not know: nothing is acknowledged, and the error says why', async () => {
    const newer = functions.replaceAll("then 'created'", "then 'created_anew'")
    const { apply } = await open(newer)
    await expect(apply()).rejects.toMatchObject({
      code: 'store_failed',
      status: 503,
      message: expect.stringMatching(/has this version's sql\/functions\.sql/),
    })
  })

  it('functions that know no dead letters: without a table of them, messages are marked', async () => {
    const { sql, apply } = await open(`${functions}
      drop function clerk_sync_mark(text, jsonb, text, text);
      create function clerk_sync_mark(ledger text, event jsonb, path text default '') returns boolean language sql as $$
        insert into clerk_events select * from jsonb_populate_record(null::clerk_events, event) returning true $$;
      grant execute on function clerk_sync_mark to service_role`)
    expect(await apply()).toBe('created')
    expect(await sql('select id from clerk_events')).toHaveLength(1)
  })

  it('functions that know no versions beside: nothing is acknowledged or written, and the error says which file to run', async () => {
    const { sql, postgrest } = await open(functions.replace("if change ? 'versions' then", 'if false then'))
    await sql(`create table people (id text primary key, email text);
      create table clerk_versions (table_name text, id text, version text, deleted_at timestamptz, primary key (table_name, id))`)
    const clerkSync = createClerkSync({
      adapter: supabaseAdapter(clientOf(postgrest.url, KEYS.service), {
        users: { table: 'people', columns: ['email'] },
        events: 'clerk_events',
        versions: 'clerk_versions',
      }),
      on: { 'user.updated': () => {} },
    })
    for (const type of ['user.created', 'user.updated', 'user.deleted'] as const) {
      await expect(clerkSync.apply(userEvent(type, 'user_1', at))).rejects.toMatchObject({
        code: 'config_invalid',
        message: expect.stringMatching(/of another version\. Copy sql\/functions\.sql/),
      })
    }
    expect([await sql('select * from people'), await sql('select * from clerk_versions')]).toEqual([[], []])
  })

  it('functions that know no kept rows: a late event of one does not bring it back, and the error says which file to run', async () => {
    const { clerkSync, sql } = await openKept(functions)
    const event = (type: 'created' | 'updated' | 'deleted', seconds: number) =>
      userEvent(`user.${type}`, 'user_1', at + seconds * 1000, withEmail(`${type}@example.com`))
    const state = () => sql('select version, deleted_at, email from clerk_versions join people using (id)')
    await clerkSync.apply(event('created', 0))
    await clerkSync.apply(event('deleted', 5))
    const kept = await state()
    expect(kept).toMatchObject([{ deleted_at: new Date(at + 5000), email: 'created@example.com' }])
    const time = /deleted_at = case when \$5 .* end '/
    expect(functions).toMatch(time)
    await sql(
      functions
        .replace(/mode not in \('upsert'.*\) then/, "mode not in ('upsert', 'erase', 'remove') then")
        .replace("change ? 'versions' and change ->> 'mode' = 'keep'", 'false')
        .replace(time, "deleted_at = case when $5 then null else excluded.deleted_at end '"),
    )
    for (const late of [event('updated', 2), event('deleted', 9)]) {
      await expect(clerkSync.apply(late)).rejects.toMatchObject({
        code: 'config_invalid',
        message: expect.stringMatching(/of another version\. Copy sql\/functions\.sql/),
      })
    }
    expect(await state()).toEqual(kept)
    await sql(functions)
    expect(await clerkSync.apply(event('updated', 2))).toBe('already_deleted')
    expect(await state()).toMatchObject([{ deleted_at: kept[0]?.deleted_at, email: 'updated@example.com' }])
  })

  it('functions that write no tombstone of a kept row, and say nothing: the error says what may be the cause', async () => {
    const { clerkSync, sql } = await openKept(
      functions.replace('public.clerk_sync_keep_beside(change, path);', "'stale';"),
    )
    await clerkSync.apply(userEvent('user.created', 'user_1', at))
    await expect(clerkSync.apply(userEvent('user.deleted', 'user_1', at + 1000))).rejects.toMatchObject({
      code: 'store_failed',
      message: expect.stringMatching(/a trigger of people or clerk_versions .* run sql\/functions\.sql/),
    })
    expect(await sql('select deleted_at from clerk_versions')).toEqual([{ deleted_at: null }])
  })

  it('functions that know no parts: nothing is acknowledged or written of a user, and the error says which file to run', async () => {
    const { sql, postgrest } = await open(`${functions}
      drop function clerk_sync_write(jsonb, jsonb, text);
      drop function clerk_sync_write_once(text, text, jsonb, jsonb, text);
      drop function clerk_sync_write_many(jsonb, jsonb, text);
      drop function clerk_sync_prune_tombstones(jsonb, text[], timestamptz, jsonb, text);
      drop function clerk_sync_find_parts(text, text, text[]);
      create function clerk_sync_write(change jsonb, path text default '') returns text
        language sql as $$ select 'updated' $$;
      create function clerk_sync_write_once(ledger text, message text, change jsonb default null, path text default '') returns text
        language sql as $$ select 'updated' $$;
      create function clerk_sync_write_many(changes jsonb, path text default '') returns jsonb
        language sql as $$ select '["updated"]'::jsonb $$;
      create function clerk_sync_prune_tombstones(which jsonb, keys text[], before timestamptz, path text default '') returns bigint
        language sql as $$ select 1::bigint $$;
      grant execute on all functions in schema public to service_role`)
    const adapter = supabaseAdapter(clientOf(postgrest.url, KEYS.service), {
      users: { table: 'users', columns: ['email'] },
      emailAddresses: { table: 'email_addresses', columns: ['verified'] },
      events: 'clerk_events',
    })
    const clerkSync = createClerkSync({ adapter, on: { 'user.updated': () => {} } })
    const refused = {
      code: 'config_invalid',
      message: expect.stringMatching(/of another version\. Copy sql\/functions\.sql/),
    }
    for (const type of ['user.created', 'user.updated', 'user.deleted'] as const) {
      await expect(clerkSync.apply(userEvent(type, 'user_1', at))).rejects.toMatchObject(refused)
    }
    const change = { kind: 'upsert', entity: 'user', key: 'user_1', version: '1'.repeat(33), values: {} } as const
    await expect(adapter.writeMany([{ ...change, parts: { emailAddress: [] } }])).rejects.toMatchObject(refused)
    const pruning = { entity: 'user', before: new Date(at), keys: ['user_1'] } as const
    await expect(adapter.tombstones?.remove(pruning)).rejects.toMatchObject(refused)
    await expect(adapter.parts?.read(['user_1'])).rejects.toMatchObject(refused)
    expect(await sql('select * from users')).toEqual([])
  })

  it('functions that link nothing: a user who may have a row gets no other, and the error says which file to run', async () => {
    const { sql, postgrest } = await open(`${functions}
      drop function clerk_sync_link(jsonb, text);
      drop function clerk_sync_find_to_link(text, text, text, text[], boolean)`)
    const users = { table: 'users', columns: ['email'] } as const
    const clerkSync = createClerkSync({
      adapter: supabaseAdapter(clientOf(postgrest.url, KEYS.service), { users }),
      link: { by: () => 'ada', column: 'email', until: new Date(Date.now() + 3_600_000) },
    })
    await expect(clerkSync.apply(userEvent('user.created', 'user_1', at))).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringMatching(/of another version\. Copy sql\/functions\.sql/),
    })
    expect(await sql('select * from users')).toEqual([])
  })

  it('functions of a version that had other arguments are replaced, not kept beside the new ones', async () => {
    const { sql, apply } = await open(`
      create function clerk_sync_write_once(ledger text, message text, change jsonb default null) returns text
        language sql as $$ select 'unchanged' $$;
      create function clerk_sync_mark(ledger text, event jsonb) returns boolean language sql as $$ select true $$;
      ${functions}`)
    expect(await apply()).toBe('created')
    expect(await sql('select email from users')).toEqual([{ email: 'ada@example.com' }])
    expect(await sql('select id from clerk_events')).toHaveLength(1)
  })
})

import { supabaseAdapter } from '@clerk-sync/adapter-supabase'
import { createClerkSync } from '@clerk-sync/core'
import { KEYS } from '@clerk-sync/supabase-fake'
import { event, userEvent, withEmail } from '@clerk-sync/test-support/events'
import { describe, expect, it } from 'vitest'
import { clientOf } from './kit/client.ts'
import { openProject } from './kit/project.ts'

const at = 1_760_000_000_000

async function open(...tables: string[]) {
  const { postgrest, sql } = await openProject('supabase_schemas', 'functions')
  for (const table of tables) await sql(table)
  const client = clientOf(postgrest.url, KEYS.service)
  return { sql, client }
}

describe('Tables of many kinds', () => {
  it('a UUID of its own, the Clerk id in a unique column, other names, an enum, an application column', async () => {
    const { sql, client } = await open(
      "create type plan as enum ('free', 'paid')",
      `create table "Customers" (
        id uuid primary key default gen_random_uuid(), clerk_ref text not null unique, "displayName" text,
        plan plan not null default 'free', tags text[], settings jsonb, slug text not null default 'slug-' || random(),
        clerk_version text not null default '0', deleted_at timestamptz)`,
    )
    const clerkSync = createClerkSync({
      adapter: supabaseAdapter(client, {
        users: {
          table: 'Customers',
          columns: ['displayName', 'plan', 'tags', 'settings'],
          key: 'clerk_ref',
        },
      }),
      map: {
        user: (user, record) => ({
          displayName: record.fullName,
          plan: user.public_metadata?.plan ?? 'free',
          tags: ['a', 'b, "c"'],
          settings: record.publicMetadata,
        }),
      },
    })
    const metadata = { public_metadata: { plan: 'paid', nested: [null] } }
    await clerkSync.apply(userEvent('user.created', 'user_1', at, { first_name: 'Ada', ...metadata }))
    const [created] = await sql('select * from "Customers"')
    expect(created).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      clerk_ref: 'user_1',
      displayName: 'Ada',
      plan: 'paid',
      tags: ['a', 'b, "c"'],
      settings: metadata.public_metadata,
      deleted_at: null,
    })
    await sql(`update "Customers" set slug = 'chosen'`)
    await clerkSync.apply(userEvent('user.deleted', 'user_1', at + 1))
    // What is not nullable gets its default, what is not mapped stays.
    expect(await sql('select * from "Customers"')).toEqual([
      {
        id: created?.id,
        clerk_ref: 'user_1',
        displayName: null,
        plan: 'free',
        tags: null,
        settings: null,
        slug: 'chosen',
        clerk_version: expect.stringMatching(/^9{13}/),
        deleted_at: new Date(at + 1),
      },
    ])
  })

  it('rows that were there before, with numbered ids and dates without a time zone', async () => {
    const { sql, client } = await open(
      `create table users (id bigint generated always as identity primary key, clerk_id text unique, email text,
        last_sign_in_at timestamp(3), clerk_version text not null default '0', deleted_at timestamptz(3))`,
    )
    await sql("insert into users (clerk_id, email) values ('user_1', 'old@example.com'), (null, 'guest@example.com')")
    const clerkSync = createClerkSync({
      adapter: supabaseAdapter(client, {
        users: { table: 'users', columns: ['email', 'last_sign_in_at'], key: 'clerk_id' },
      }),
    })
    const data = { ...withEmail('ada@example.com'), last_sign_in_at: at + 123 }
    expect(await clerkSync.apply(userEvent('user.updated', 'user_1', at, data))).toBe('updated')
    const found = await sql(`select id::int, clerk_id, email, (last_sign_in_at at time zone 'utc')::timestamptz as seen
      from users order by id`)
    expect(found).toEqual([
      { id: 1, clerk_id: 'user_1', email: 'ada@example.com', seen: new Date(at + 123) },
      { id: 2, clerk_id: null, email: 'guest@example.com', seen: null },
    ])
  })

  it('a required e-mail address that is unique: a deleted account’s is free for a new one', async () => {
    const { sql, client } = await open(
      `create table users (id text primary key, email text not null unique, label text not null default 'none',
        clerk_version text not null default '0', deleted_at timestamptz)`,
    )
    const clerkSync = createClerkSync({
      adapter: supabaseAdapter(client, { users: { table: 'users', columns: ['email', 'label'] } }),
      map: {
        user: (_, record) => ({ email: record.email ?? `${record.id}@invalid`, label: record.firstName ?? 'unnamed' }),
        deletedUser: ({ id }) => ({ email: `${id}@deleted.invalid` }),
      },
    })
    const ada = withEmail('ada@example.com')
    await clerkSync.apply(userEvent('user.created', 'user_1', at, { ...ada, first_name: 'Ada' }))
    await clerkSync.apply(userEvent('user.deleted', 'user_1', at + 1))
    expect(await clerkSync.apply(userEvent('user.created', 'user_2', at + 2, ada))).toBe('created')
    expect(await sql('select id, email, label from users order by id')).toEqual([
      { id: 'user_1', email: 'user_1@deleted.invalid', label: 'none' },
      { id: 'user_2', email: 'ada@example.com', label: 'unnamed' },
    ])
  })

  it('a table that is given by its name alone holds ids and tombstones', async () => {
    const { sql, client } = await open(
      "create table orgs (id text primary key, name text, clerk_version text not null default '0', deleted_at timestamptz)",
    )
    const clerkSync = createClerkSync({ adapter: supabaseAdapter(client, { organizations: 'orgs' }) })
    const created = event('organization.created', at, { id: 'org_1', name: 'One', updated_at: at })
    expect(await clerkSync.apply(created)).toBe('created')
    await clerkSync.apply(event('organization.deleted', at + 1, { id: 'org_1', object: 'organization', deleted: true }))
    expect(await clerkSync.apply(created)).toBe('already_deleted')
    expect(await sql('select id, name, deleted_at from orgs')).toEqual([
      { id: 'org_1', name: null, deleted_at: new Date(at + 1) },
    ])
  })

  it('null, text that is JSON and the text null go into text and jsonb as what they are', async () => {
    const { sql, client } = await open(
      `create table users (id text primary key, email text, extra jsonb, clerk_version text not null default '0',
        deleted_at timestamptz)`,
    )
    const adapter = supabaseAdapter(client, { users: { table: 'users', columns: ['email', 'extra'] } })
    const values: [unknown, unknown, string | null, string | null][] = [
      [null, null, null, null],
      ['null', 'null', 'null', '"null"'],
      ['{"a":1}', { a: null }, '{"a":1}', '{"a": null}'],
      ['', 0, '', '0'],
    ]
    for (const [index, [email, extra]] of values.entries()) {
      const change = { kind: 'upsert', entity: 'user', key: `user_${index}`, version: '1'.repeat(33) } as const
      await adapter.upsert({ ...change, values: { email, extra } })
    }
    expect(await sql('select email, extra::text from users order by id')).toEqual(
      values.map(([, , email, extra]) => ({ email, extra })),
    )
  })
})

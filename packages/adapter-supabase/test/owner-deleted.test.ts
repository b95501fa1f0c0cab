// Foreign keys between synced tables on Supabase: what an application could have, beside what the kit proves.
import { readFile } from 'node:fs/promises'
import { supabaseAdapter } from '@clerk-sync/adapter-supabase'
import { createClerkSync } from '@clerk-sync/core'
import { NO_VERSION } from '@clerk-sync/core/adapter'
import { KEYS } from '@clerk-sync/supabase-fake'
import { event, userEvent } from '@clerk-sync/test-support/events'
import { expect, it } from 'vitest'
import { clientOf } from './kit/client.ts'
import { openProject, type Project } from './kit/project.ts'

const AT = 1_760_000_000_000
const MEMBERSHIPS = `create table memberships (id text primary key, role text, organization_id text not null,
  user_id text references users on delete cascade`
const functions = await readFile(new URL('../sql/functions.sql', import.meta.url), 'utf8')

/** Users have their versions beside them; memberships as their table says. */
async function open(memberships: string, versions?: 'row', ...more: readonly string[]) {
  const { postgrest, sql } = await openProject('supabase_owners', 'functions', 'versions')
  for (const statement of ['create table users (id text primary key)', memberships, ...more]) await sql(statement)
  const adapter = supabaseAdapter(clientOf(postgrest.url, KEYS.service), {
    users: { table: 'users', columns: [] },
    organizationMemberships: {
      table: 'memberships',
      columns: ['user_id', 'organization_id', 'role'],
      ...(versions && { versions }),
    },
    versions: 'clerk_versions',
  })
  return { sql, adapter, clerkSync: createClerkSync({ adapter }) }
}

const user = (type: 'created' | 'deleted', at: number) => userEvent(`user.${type}`, 'user_1', AT + at)
const membership = (type: 'created' | 'updated' | 'deleted', at: number, of = 'user_1') =>
  event(`organizationMembership.${type}`, AT + at, {
    object: 'organization_membership',
    id: 'orgmem_1',
    role: 'org:member',
    permissions: [],
    public_metadata: {},
    organization: { object: 'organization', id: 'org_1', name: 'Engines', slug: null },
    public_user_data: { user_id: of, identifier: 'ada@example.com' },
    created_at: AT,
    updated_at: AT + at,
  })
const members = (sql: Project['sql']) => sql('select id, user_id from memberships')

it('a membership of a removed user is owner_deleted, and reading it gives nothing', async () => {
  const { clerkSync, sql } = await open(`${MEMBERSHIPS})`)
  await clerkSync.apply(user('deleted', 1))
  expect(await clerkSync.apply(membership('created', 2))).toBe('owner_deleted')
  expect(await clerkSync.apply(membership('created', 2))).toBe('already_deleted')
  expect(await clerkSync.find('organizationMembership', 'orgmem_1')).toBeUndefined()
  expect(await members(sql)).toEqual([])
  const [tombstone] = await sql("select deleted_at from clerk_versions where id = 'orgmem_1'")
  expect(tombstone).toEqual({ deleted_at: new Date(AT + 1) })
})

it('a user who is not there yet is waited for', async () => {
  const { clerkSync, sql } = await open(`${MEMBERSHIPS})`)
  const code = 'reference_missing'
  await expect(clerkSync.apply(membership('created', 2))).rejects.toMatchObject({ code, status: 503 })
  await clerkSync.apply(user('created', 1))
  expect(await clerkSync.apply(membership('created', 2))).toBe('created')
  expect(await members(sql)).toEqual([{ id: 'orgmem_1', user_id: 'user_1' }])
})

it('a table with its versions in its rows: an older row goes with the user that it comes to refer to', async () => {
  const columns = ", clerk_version text not null default '0', deleted_at timestamptz(3))"
  const { clerkSync, adapter, sql } = await open(`${MEMBERSHIPS}${columns}`, 'row')
  await clerkSync.apply(userEvent('user.created', 'user_2', AT))
  await clerkSync.apply(membership('created', 2, 'user_2'))
  await clerkSync.apply(user('deleted', 4))
  expect(await clerkSync.apply(membership('updated', 3))).toBe('owner_deleted')
  expect(await members(sql)).toEqual([])
  // By compare-and-set, as reconcile writes.
  await sql("insert into memberships (id, organization_id) values ('orgmem_2', 'org_1')")
  const expecting = (expected: string) =>
    adapter.upsert({
      kind: 'upsert',
      entity: 'organizationMembership',
      key: 'orgmem_2',
      version: '1'.padStart(33, '0'),
      values: { user_id: 'user_1', organization_id: 'org_1', role: 'org:member' },
      expected,
    })
  expect(await expecting('other')).toBe('stale')
  expect(await members(sql)).toEqual([{ id: 'orgmem_2', user_id: null }])
  expect(await expecting(NO_VERSION)).toBe('owner_deleted')
  expect(await members(sql)).toEqual([])
})

it.for(['upsert', 'delete'] as const)(
  'an %s of a version that is expected, and that a trigger drops, is an error',
  async (kind) => {
    const { postgrest, sql } = await openProject('supabase_dropped', 'functions', 'tables')
    const users = { table: 'users', columns: ['email'] }
    const adapter = supabaseAdapter(clientOf(postgrest.url, KEYS.service), { users })
    const [version, next] = ['1'.repeat(33), '2'.repeat(33)]
    const change = { entity: 'user', key: 'user_1', values: { email: null } } as const
    await adapter.upsert({ ...change, kind: 'upsert', version })
    await sql('create function dropped() returns trigger language plpgsql as $$ begin return null; end $$')
    await sql('create trigger dropped before update on users for each row execute function dropped()')
    const expecting = { ...change, version: next, expected: version }
    const written =
      kind === 'upsert'
        ? adapter.upsert({ ...expecting, kind })
        : adapter.softDelete({ ...expecting, kind, mode: 'erase', deletedAt: new Date(AT) })
    await expect(written).rejects.toMatchObject({
      code: 'store_failed',
      message: expect.stringMatching(
        /users: the database took the write of user_1 without an error, and the row is as old/,
      ),
    })
  },
)

it('check() asks for the right to delete rows that may go with what they refer to', async () => {
  const columns = ", clerk_version text not null default '0', deleted_at timestamptz(3))"
  const { clerkSync } = await open(`${MEMBERSHIPS}${columns}`, 'row', 'revoke delete on memberships from service_role')
  const problems = (await clerkSync.check()).filter(({ severity }) => severity === 'error')
  expect(problems).toEqual([
    expect.objectContaining({ table: 'memberships', message: expect.stringMatching(/may not delete in memberships/) }),
  ])
  // What goes with a row of another table is not ours to delete.
  const other = MEMBERSHIPS.replace('references users', 'references people')
  const { clerkSync: unrelated } = await open(
    `create table people (id text primary key); ${other}${columns}`,
    'row',
    'revoke delete on memberships from service_role',
  )
  expect((await unrelated.check()).filter(({ severity }) => severity === 'error')).toEqual([])
})

it('functions that know nothing of it wait, and acknowledge nothing', async () => {
  const older = functions.replace("if change ? 'owners' then", 'if false then')
  const { clerkSync, sql } = await open(`${MEMBERSHIPS})`, undefined, older)
  await clerkSync.apply(user('deleted', 1))
  await expect(clerkSync.apply(membership('created', 2))).rejects.toMatchObject({ code: 'reference_missing' })
  expect(await sql("select id from clerk_versions where id = 'orgmem_1'")).toEqual([])
})

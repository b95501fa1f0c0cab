import { supabaseAdapter } from '@clerk-sync/adapter-supabase'
import { createClerkSync } from '@clerk-sync/core'
import { KEYS, tokenOf } from '@clerk-sync/supabase-fake'
import { event, userEvent, withEmail } from '@clerk-sync/test-support/events'
import { describe, expect, it } from 'vitest'
import { clientOf } from './kit/client.ts'
import { SQL_FILES } from './kit/database.ts'
import { openProject, type Project } from './kit/project.ts'

// The policies and grants of sql/*.sql, on a real PostgreSQL as the roles of Supabase, with the claims of a Clerk token
// where auth.jwt() reads them. @clerk-sync/supabase-fake, which sets the role, is a fake of PostgREST.
const at = 1_760_000_000_000

const open = () => openProject('supabase_rls', ...SQL_FILES)

/** As an application reads for a signed-in user: Clerk's token in place of Supabase's own. */
const clientFor = ({ postgrest }: Project, sub: string) =>
  clientOf(postgrest.url, KEYS.anon, { accessToken: async () => tokenOf({ sub, role: 'authenticated' }) })

const PAYER = ['payer_id', 'user_id', 'organization_id'] as const

function syncTo({ postgrest }: Project) {
  const adapter = supabaseAdapter(clientOf(postgrest.url, KEYS.service), {
    users: { table: 'users', columns: ['email', 'first_name'] },
    emailAddresses: { table: 'email_addresses', columns: ['email_address', 'verified', 'is_primary'] },
    organizations: { table: 'organizations', columns: ['name', 'slug', 'image_url'] },
    organizationMemberships: {
      table: 'organization_memberships',
      columns: ['organization_id', 'user_id', 'role'],
    },
    roles: { table: 'roles', columns: ['key', 'name', 'permissions'] },
    waitlistEntries: { table: 'waitlist_entries', columns: ['email', 'status'] },
    subscriptions: { table: 'subscriptions', columns: [...PAYER, 'status'] },
    subscriptionItems: {
      table: 'subscription_items',
      columns: [...PAYER, 'status', 'plan_slug', 'amount', 'period_end'],
    },
    paymentAttempts: { table: 'payment_attempts', columns: [...PAYER, 'status', 'amount', 'currency'] },
    events: 'clerk_events',
  })
  return createClerkSync({ adapter, on: { 'user.created': () => {} } })
}

const PARTS = ['email_addresses', 'phone_numbers', 'external_accounts', 'web3_wallets']
const TABLES = [
  ...PARTS,
  ...['users', 'clerk_events', 'organizations', 'organization_memberships', 'organization_invitations'],
  ...['organization_domains', 'live_memberships', 'clerk_dead_letters', 'clerk_versions'],
  ...['roles', 'permissions', 'waitlist_entries', 'subscriptions', 'subscription_items', 'payment_attempts'],
  ...['active_plans', 'live_roles'],
]

async function withTwoUsers() {
  const project = await open()
  const clerkSync = syncTo(project)
  await clerkSync.apply(userEvent('user.created', 'user_ada', at, withEmail('ada@example.com')))
  await clerkSync.apply(userEvent('user.created', 'user_bob', at, withEmail('bob@example.com')))
  return { project, clerkSync }
}

describe('Row-level security', () => {
  it('a user reads their own row, and no other', async () => {
    const { project } = await withTwoUsers()
    const ada = clientFor(project, 'user_ada')
    expect(await ada.from('users').select('id,email')).toMatchObject({
      status: 200,
      data: [{ id: 'user_ada', email: 'ada@example.com' }],
    })
    expect(await ada.from('users').select('id').eq('id', 'user_bob')).toMatchObject({ status: 200, data: [] })
  })

  it('a user reads their own addresses, and no other', async () => {
    const { project } = await withTwoUsers()
    const found = await clientFor(project, 'user_ada')
      .from('email_addresses')
      .select('user_id,email_address,is_primary')
    expect(found).toMatchObject({
      status: 200,
      data: [{ user_id: 'user_ada', email_address: 'ada@example.com', is_primary: true }],
    })
    expect(await project.sql('select 1 from email_addresses')).toHaveLength(2)
  })

  it('nobody reads anything without a user’s token', async () => {
    const { project } = await withTwoUsers()
    const anon = clientOf(project.postgrest.url, KEYS.anon)
    for (const table of TABLES) {
      expect(await anon.from(table).select()).toMatchObject({ status: 401, error: { code: '42501' }, data: null })
    }
  })

  it('a user writes nothing, and does not read the ledger', async () => {
    const { project } = await withTwoUsers()
    const ada = clientFor(project, 'user_ada')
    const answers = await Promise.all([
      ada.from('organization_invitations').select(),
      ada.from('organization_domains').select(),
      ada.from('waitlist_entries').select(),
      ...['roles', 'permissions', 'subscriptions', 'subscription_items', 'payment_attempts'].flatMap((table) => [
        ada.from(table).insert({ id: 'new' }),
        ada.from(table).update({ clerk_version: '9' }).eq('id', 'new'),
      ]),
      ...PARTS.flatMap((table) => [
        ada.from(table).insert({ user_id: 'user_ada', id: 'new' }),
        ada.from(table).update({ verified: true }).eq('user_id', 'user_ada'),
      ]),
      ada.from('users').update({ email: 'other@example.com' }).eq('id', 'user_ada'),
      ada.from('users').insert({ id: 'user_new' }),
      ada.from('clerk_events').select(),
      ada.from('clerk_dead_letters').select(),
      ada.from('clerk_dead_letters').update({ code: 'x' }).eq('id', 'msg_1'),
      ada.from('clerk_versions').select(),
      ada.from('clerk_versions').update({ version: '9' }).eq('id', 'user_ada'),
      ada.from('clerk_versions').insert({ table_name: 'users', id: 'user_ada', version: '9' }),
      ada.from('clerk_events').insert({ id: 'msg_1', type: 'x', occurred_at: 'now', processed_at: 'now' }),
    ])
    for (const answer of answers) expect(answer).toMatchObject({ status: 403, error: { code: '42501' } })
    // The fake of PostgREST takes no DELETE.
    for (const table of PARTS) {
      const deleted = project.sql(`set local role authenticated; delete from ${table}`)
      await expect(deleted).rejects.toMatchObject({ code: '42501' })
    }
    expect(await project.sql('select email from users order by id')).toEqual([
      { email: 'ada@example.com' },
      { email: 'bob@example.com' },
    ])
  })

  it('auth.uid() would fail on a Clerk id, which is why the policies do without it', async () => {
    const { project } = await withTwoUsers()
    await project.sql(
      'create policy "as in many guides" on users for select to authenticated using (auth.uid()::text = id)',
    )
    expect(await clientFor(project, 'user_ada').from('users').select()).toMatchObject({ error: { code: '22P02' } })
  })
})

describe('The functions', () => {
  const row = { id: 'user_ada', email: 'mallory@example.com', clerk_version: '9'.repeat(33) }
  const change = { table: 'users', key: 'id', mode: 'upsert', row }
  const calls: [string, object][] = [
    ['clerk_sync_write', { change }],
    ['clerk_sync_parts_of', { change }],
    ['clerk_sync_write_parts', { change, path: 'public' }],
    ['clerk_sync_show_parts', { change }],
    ['clerk_sync_lost_parts', { id: 'user_ada', target: 'users' }],
    ['clerk_sync_write_in_row', { change, path: 'public' }],
    ['clerk_sync_write_beside', { change, path: 'public' }],
    ['clerk_sync_keep_beside', { change, path: 'public' }],
    ['clerk_sync_beside_table', { name: 'users', key: 'id' }],
    ['clerk_sync_versions_table', { versions: 'clerk_versions' }],
    ['clerk_sync_own', { key: 'id' }],
    ['clerk_sync_rest', { change, path: 'public' }],
    ['clerk_sync_write_rest', { change, path: 'public' }],
    ['clerk_sync_remove_older', { change, path: 'public' }],
    ['clerk_sync_write_many', { changes: [change] }],
    ['clerk_sync_replace', { change: { ...change, expected: '0' } }],
    ['clerk_sync_write_once', { ledger: 'clerk_events', message: 'msg_x', change }],
    ['clerk_sync_mark', { ledger: 'clerk_events', event: { id: 'msg_x' } }],
    ['clerk_sync_letters_table', { letters: 'clerk_dead_letters' }],
    ['clerk_sync_count_letters', { letters: 'clerk_dead_letters' }],
    ['clerk_sync_park', { letters: 'clerk_dead_letters', letter: { id: 'msg_x' }, most: 1, since: new Date() }],
    ['clerk_sync_find_letters', { letters: 'clerk_dead_letters', filter: {}, most: 1 }],
    ['clerk_sync_drop_letter', { letters: 'clerk_dead_letters', message: 'msg_x' }],
    ['clerk_sync_find_parts', { name: 'email_addresses', owner: 'user_id', owners: ['user_ada'] }],
    ['clerk_sync_find_to_link', { name: 'users', key: 'id', column_name: 'email', texts: ['a'], ignore_case: true }],
    ['clerk_sync_link', { link: { table: 'users', key: 'id', to: 'user_ada' } }],
    ['clerk_sync_prune', { ledger: 'clerk_events', before: new Date() }],
    ['clerk_sync_count_events', { ledger: 'clerk_events', before: new Date() }],
    ['clerk_sync_prune_tombstones', { which: { table: 'users', key: 'id' }, keys: ['user_ada'], before: new Date() }],
    ['clerk_sync_facts', { names: ['users'] }],
    ['clerk_sync_refusing', { name: 'users', row_values: {} }],
    ['clerk_sync_table', { name: 'users', needed: ['id'] }],
    ['clerk_sync_source', { target: 'users' }],
    ['clerk_sync_refuses_null', { target: 'users', column_name: 'email', path: 'public' }],
  ]

  it('are for service_role alone', async () => {
    const { project } = await withTwoUsers()
    const state = () =>
      Promise.all(['users', 'clerk_events'].map((table) => project.sql(`select * from ${table} order by id`)))
    const before = await state()
    const user = clientFor(project, 'user_ada')
    const anon = clientOf(project.postgrest.url, KEYS.anon)
    for (const [name, args] of calls) {
      const error = { code: '42501', message: `permission denied for function ${name}` }
      expect(await user.rpc(name, args)).toMatchObject({ status: 403, error })
      expect(await anon.rpc(name, args)).toMatchObject({ status: 401, error })
    }
    expect(await state()).toEqual(before)
  })

  it('all of them are in the list above, and run with the rights and none of the names of the caller', async () => {
    const { sql } = await open()
    const found = await sql(
      `select proname as name, prosecdef as definer, proconfig as settings from pg_proc
       where pronamespace = 'public'::regnamespace order by proname`,
    )
    const expected = calls.map(([name]) => ({ name, definer: false, settings: ['search_path=pg_catalog, pg_temp'] }))
    expect(found).toEqual(expected.sort((a, b) => (a.name < b.name ? -1 : 1)))
  })

  it('write to no table that is not synced, and to none in another schema', async () => {
    const project = await open()
    await project.sql('create table notes (id text primary key, email text)')
    await project.sql(
      'create schema other create table users (id text primary key, clerk_version text, deleted_at date)',
    )
    const service = clientOf(project.postgrest.url, KEYS.service)
    const write = (table: string) => service.rpc('clerk_sync_write', { change: { ...change, table } })
    expect(await write('notes')).toMatchObject({
      error: { code: '42703', message: expect.stringMatching(/no column clerk_version, deleted_at/) },
    })
    expect(await write('other.users')).toMatchObject({ error: { code: '42P01' } })
    expect(await service.rpc('clerk_sync_prune', { ledger: 'notes', before: new Date() })).toMatchObject({
      error: { code: '42703' },
    })
  })

  it('take names as names, whatever is in them', async () => {
    const project = await open()
    await project.sql(`create table "a ""b""; --" (id text primary key, "x = 1; drop table users; --" text,
      clerk_version text not null default '0', deleted_at timestamptz)`)
    const name = 'a "b"; --'
    const column = 'x = 1; drop table users; --'
    const adapter = supabaseAdapter(clientOf(project.postgrest.url, KEYS.service), {
      users: { table: name, columns: [column] },
    })
    expect(await adapter.check()).toEqual([])
    const upsert = {
      kind: 'upsert',
      entity: 'user',
      key: 'user_1',
      values: { [column]: "'; drop table users; --" },
    } as const
    expect(await adapter.upsert({ ...upsert, version: '1'.repeat(33) })).toBe('created')
    expect(await adapter.upsert({ ...upsert, version: '2'.repeat(33) })).toBe('updated')
    expect(await project.sql(`select "${column}" as x from "a ""b""; --"`)).toEqual([{ x: "'; drop table users; --" }])
    expect(await project.sql('select * from users')).toEqual([])
  })
})

describe('Organizations', () => {
  const membership = (id: string, user: string, organization: string) =>
    event('organizationMembership.created', at, {
      id,
      role: 'org:member',
      updated_at: at,
      organization: { id: organization },
      public_user_data: { user_id: user },
    })

  it('a member reads the organization and their own membership; it is live while all three are', async () => {
    const { project, clerkSync } = await withTwoUsers()
    await clerkSync.apply(membership('orgmem_1', 'user_ada', 'org_1'))
    await clerkSync.apply(membership('orgmem_2', 'user_ada', 'org_2'))
    await clerkSync.apply(membership('orgmem_3', 'user_bob', 'org_1'))
    await clerkSync.apply(event('organization.created', at, { id: 'org_1', name: 'One', updated_at: at }))
    await clerkSync.apply(event('organization.created', at, { id: 'org_3', name: 'Three', updated_at: at }))
    const ada = clientFor(project, 'user_ada')
    const ids = async (table: string) => (await ada.from(table).select('id')).data?.map(({ id }) => id)
    expect(await ids('organizations')).toEqual(['org_1'])
    expect(await ids('organization_memberships')).toEqual(['orgmem_1', 'orgmem_2'])
    expect(await ids('live_memberships')).toEqual(['orgmem_1'])
    expect((await clientFor(project, 'user_bob').from('live_memberships').select('id')).data).toEqual([
      { id: 'orgmem_3' },
    ])
    const all = 'select id from live_memberships order by id'
    expect(await project.sql(all)).toEqual([{ id: 'orgmem_1' }, { id: 'orgmem_3' }])

    await clerkSync.apply(event('organization.deleted', at + 1, { id: 'org_1', object: 'organization', deleted: true }))
    expect(await ids('live_memberships')).toEqual([])
    expect(await project.sql(all)).toEqual([])
  })

  it('a removed member no longer reads the organization, nor has a live membership', async () => {
    const { project, clerkSync } = await withTwoUsers()
    await clerkSync.apply(event('organization.created', at, { id: 'org_1', name: 'One', updated_at: at }))
    await clerkSync.apply(membership('orgmem_1', 'user_ada', 'org_1'))
    await clerkSync.apply(membership('orgmem_3', 'user_bob', 'org_1'))
    const seenBy = async (user: string) => {
      const client = clientFor(project, user)
      const ids = async (table: string) => (await client.from(table).select('id')).data?.map(({ id }) => id)
      return { organizations: await ids('organizations'), live: await ids('live_memberships') }
    }
    expect(await seenBy('user_ada')).toEqual({ organizations: ['org_1'], live: ['orgmem_1'] })

    const { data } = membership('orgmem_1', 'user_ada', 'org_1')
    await clerkSync.apply(event('organizationMembership.deleted', at + 1, { ...data }))
    expect(await seenBy('user_ada')).toEqual({ organizations: [], live: [] })
    expect(await seenBy('user_bob')).toEqual({ organizations: ['org_1'], live: ['orgmem_3'] })

    await clerkSync.apply(userEvent('user.deleted', 'user_bob', at + 1))
    expect(await project.sql('select id from live_memberships')).toEqual([])
  })
})

describe('Plans and roles', () => {
  const [soon, past] = [Date.now() + 86_400_000, Date.now() - 86_400_000]
  const item = (id: string, payer: object, slug: string, status = 'active', periodEnd: number | null = soon) =>
    event('subscriptionItem.updated', at, {
      id,
      status,
      payer: { id: 'cpayer_1', user_id: '', organization_id: '', ...payer },
      plan: { id: `cplan_${slug}`, slug, name: slug, amount: 2000, currency: 'USD' },
      period_end: periodEnd,
      updated_at: at,
    })
  const member = (id: string, user: string, organization: string, role: string) =>
    event('organizationMembership.created', at, {
      id,
      role,
      updated_at: at,
      organization: { id: organization },
      public_user_data: { user_id: user },
    })

  it('a user reads the plans of their own and of their organizations; a canceled one lasts until its period ends', async () => {
    const { project, clerkSync } = await withTwoUsers()
    await clerkSync.apply(member('orgmem_1', 'user_ada', 'org_1', 'org:admin'))
    for (const one of [
      item('csub_item_1', { user_id: 'user_ada' }, 'free', 'active', null),
      item('csub_item_2', { user_id: 'user_ada' }, 'pro', 'canceled', soon),
      item('csub_item_3', { user_id: 'user_ada' }, 'max', 'canceled', past),
      item('csub_item_4', { organization_id: 'org_1' }, 'team'),
      item('csub_item_5', { user_id: 'user_bob' }, 'pro'),
      item('csub_item_6', { organization_id: 'org_2' }, 'team'),
      item('csub_item_7', { user_id: 'user_ada' }, 'late', 'past_due'),
    ]) {
      expect(await clerkSync.apply(one)).toBe('created')
    }
    const plansOf = async (user: string) =>
      (await clientFor(project, user).from('active_plans').select('plan_slug').order('id')).data?.map(
        (row) => row.plan_slug,
      )
    expect(await plansOf('user_ada')).toEqual(['free', 'pro', 'team'])
    expect(await plansOf('user_bob')).toEqual(['pro'])
    expect(await project.sql('select distinct amount::integer as amount from active_plans')).toEqual([{ amount: 2000 }])

    await clerkSync.apply(
      event('organizationMembership.deleted', at + 1, { ...member('orgmem_1', 'user_ada', 'org_1', 'org:admin').data }),
    )
    expect(await plansOf('user_ada')).toEqual(['free', 'pro'])
  })

  it('a user reads their own payments, and nobody the waitlist', async () => {
    const { project, clerkSync } = await withTwoUsers()
    for (const [id, user] of [
      ['pa_1', 'user_ada'],
      ['pa_2', 'user_bob'],
    ]) {
      const totals = { grand_total: { amount: 2200, currency: 'USD' } }
      const payer = { id: 'cpayer_1', user_id: user }
      await clerkSync.apply(event('paymentAttempt.created', at, { id, status: 'paid', payer, totals, updated_at: at }))
    }
    const entry = { id: 'wle_1', email_address: 'grace@example.com', status: 'pending', updated_at: at }
    expect(await clerkSync.apply(event('waitlistEntry.created', at, entry))).toBe('created')
    const ada = clientFor(project, 'user_ada')
    expect((await ada.from('payment_attempts').select('id, currency')).data).toEqual([{ id: 'pa_1', currency: 'USD' }])
    expect(await ada.from('waitlist_entries').select()).toMatchObject({ status: 403, error: { code: '42501' } })
  })

  it('a member reads their role with what it permits, where it is live', async () => {
    const { project, clerkSync } = await withTwoUsers()
    await clerkSync.apply(event('organization.created', at, { id: 'org_1', name: 'One', updated_at: at }))
    const role = {
      id: 'role_1',
      key: 'org:admin',
      name: 'Admin',
      permissions: [{ key: 'org:posts:read' }],
      updated_at: at,
    }
    await clerkSync.apply(event('role.created', at, role))
    await clerkSync.apply(member('orgmem_1', 'user_ada', 'org_1', 'org:admin'))
    await clerkSync.apply(member('orgmem_2', 'user_bob', 'org_1', 'org:custom'))
    const rolesOf = async (user: string) =>
      (await clientFor(project, user).from('live_roles').select('role, name, permissions')).data
    expect(await rolesOf('user_ada')).toEqual([{ role: 'org:admin', name: 'Admin', permissions: ['org:posts:read'] }])
    expect(await rolesOf('user_bob')).toEqual([{ role: 'org:custom', name: null, permissions: null }])

    await clerkSync.apply(event('organization.deleted', at + 1, { id: 'org_1', object: 'organization', deleted: true }))
    expect(await rolesOf('user_ada')).toEqual([])
  })
})

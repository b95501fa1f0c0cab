import type { ClerkEvent, ClerkSync } from '@clerk-sync/core'
import { expect } from 'vitest'
import { event, userEvent, withEmail } from './events.ts'
import type { Query } from './raw-connections.ts'
import { signedDelivery } from './signed.ts'

// The applications of docs/tables.md: their tables as a reader pastes them, on a real database.

const AT = 1_760_000_000_000

export type ApplicationName = 'link-in-bio' | 'b2b' | 'billing'
export const APPLICATIONS: readonly ApplicationName[] = ['link-in-bio', 'b2b', 'billing']

/** An application with its tables, empty. */
export interface OpenedApplication {
  readonly clerkSync: ClerkSync
  /** Past the adapter. */
  readonly query: Query
  /** The quoted name of a table or a column that is `organizationMemberships` or `userId` in the documents. */
  named(name: string, what: 'table' | 'column'): string
}

const user = userEvent('user.created', 'user_ada', AT, {
  ...withEmail('ada@example.com'),
  username: 'ada',
  first_name: 'Ada',
  last_name: 'Lovelace',
  image_url: `https://img.example.com/${'x'.repeat(300)}`,
})
const organization = event('organization.created', AT, { id: 'org_acme', name: 'Acme', slug: 'acme', updated_at: AT })
const membershipOf = (type: 'created' | 'deleted', id: string, role: string, at: number) =>
  event(`organizationMembership.${type}`, at, {
    id,
    role,
    organization: { id: 'org_acme' },
    public_user_data: { user_id: 'user_ada' },
    updated_at: AT,
  })
const invitation = event('organizationInvitation.created', AT, {
  id: 'orginv_1',
  organization_id: 'org_acme',
  email_address: 'bob@example.com',
  role: 'org:member',
  status: 'pending',
  updated_at: AT,
})
const role = event('role.created', AT, {
  id: 'role_1',
  key: 'org:admin',
  name: 'Admin',
  permissions: [{ key: 'org:posts:read' }],
  updated_at: AT,
})
const item = event('subscriptionItem.created', AT, {
  id: 'csub_item_1',
  status: 'active',
  payer: { id: 'cpayer_1', user_id: 'user_ada', organization_id: '' },
  plan: { id: 'cplan_pro', slug: 'pro', name: 'Pro', amount: 2000, currency: 'USD' },
  plan_period: 'month',
  period_end: AT + 1_000,
  updated_at: AT,
})

const joined = membershipOf('created', 'orgmem_1', 'org:admin', AT)

/** One delivery of each entity, in an order that foreign keys take, with the table and what its row has then. */
const STORED: {
  readonly [A in ApplicationName]: readonly (readonly [string, ClerkEvent, Readonly<Record<string, string>>])[]
} = {
  'link-in-bio': [['users', user, { username: 'ada', fullName: 'Ada Lovelace' }]],
  b2b: [
    ['users', user, { email: 'ada@example.com', fullName: 'Ada Lovelace' }],
    ['organizations', organization, { name: 'Acme', slug: 'acme' }],
    ['organizationMemberships', joined, { organizationId: 'org_acme', userId: 'user_ada', role: 'org:admin' }],
    [
      'organizationInvitations',
      invitation,
      { organizationId: 'org_acme', email: 'bob@example.com', status: 'pending' },
    ],
    ['roles', role, { key: 'org:admin', name: 'Admin' }],
  ],
  billing: [
    ['users', user, { email: 'ada@example.com', fullName: 'Ada Lovelace' }],
    ['subscriptionItems', item, { userId: 'user_ada', planSlug: 'pro', status: 'active', currency: 'USD' }],
  ],
}

/** The set-up has no fault, each entity's delivery is stored, and deletes do what docs/tables.md says. */
export async function tryApplication(name: ApplicationName, application: OpenedApplication): Promise<void> {
  const { clerkSync, query, named } = application
  expect(await clerkSync.check()).toEqual([])

  for (const [table, stored, values] of STORED[name]) {
    expect([table, await deliver(clerkSync, stored)]).toEqual([table, 'created'])
    const { id } = stored.data as { id: string }
    const rows = await query(`select * from ${named(table, 'table')} where id = '${id}'`)
    const columns = Object.entries(values).map(([column, value]) => [unquoted(named(column, 'column')), value])
    expect(rows).toEqual([expect.objectContaining({ id, ...Object.fromEntries(columns) })])
  }
  await DELETES[name](application)
}

/** The outcome of a signed delivery, or why it was refused. */
async function deliver(clerkSync: ClerkSync, sent: ClerkEvent): Promise<string> {
  const result = await clerkSync.receive(signedDelivery(sent))
  return result.ok ? result.outcome : String(result.error)
}

const unquoted = (name: string) => name.slice(1, -1)

const deleted = (type: 'user.deleted' | 'organization.deleted', id: string) =>
  event(type, AT + 60_000, { id, object: type.replace('.deleted', ''), deleted: true })

const DELETES: { readonly [A in ApplicationName]: (application: OpenedApplication) => Promise<void> } = {
  async 'link-in-bio'(application) {
    await insert(application, 'links', { userId: 'user_ada', title: 'Notes', url: 'https://example.com', position: 1 })
    expect(await countsOf(application, 'users', 'links')).toEqual([1, 1])
    await deliver(application.clerkSync, deleted('user.deleted', 'user_ada'))
    expect(await countsOf(application, 'users', 'links')).toEqual([0, 0])
  },
  async b2b(application) {
    const { clerkSync } = application
    await insert(application, 'projects', { organizationId: 'org_acme', name: 'Engine' })
    const left = membershipOf('deleted', 'orgmem_1', 'org:admin', AT + 1_000)
    const rejoined = membershipOf('created', 'orgmem_2', 'org:member', AT + 2_000)
    expect(await deliver(clerkSync, left)).toBe('deleted')
    expect(await deliver(clerkSync, rejoined)).toBe('created')
    // Of Clerk's tables no row goes with another, and of the application's those that refer to it.
    await deliver(clerkSync, deleted('organization.deleted', 'org_acme'))
    const tables = ['users', 'organizations', 'organizationMemberships', 'organizationInvitations', 'projects'] as const
    expect(await countsOf(application, ...tables)).toEqual([1, 0, 1, 1, 0])
  },
  async billing(application) {
    const { clerkSync, query, named } = application
    await insert(application, 'plans', { slug: 'pro', name: 'Pro', projectLimit: 10 })
    await deliver(clerkSync, deleted('user.deleted', 'user_ada'))
    expect(await countsOf(application, 'users', 'subscriptionItems', 'plans')).toEqual([1, 1, 1])
    const [erased] = await query(
      `select email from ${named('users', 'table')} where ${named('deletedAt', 'column')} is not null`,
    )
    expect(erased).toEqual({ email: null })
  },
}

/** Of the application's own. */
async function insert(
  { query, named }: OpenedApplication,
  table: string,
  row: Readonly<Record<string, string | number>>,
) {
  const columns = Object.keys(row).map((column) => named(column, 'column'))
  const values = Object.values(row).map((value) => (typeof value === 'number' ? value : `'${value}'`))
  await query(`insert into ${named(table, 'table')} (${columns.join(', ')}) values (${values.join(', ')})`)
}

const countsOf = ({ query, named }: OpenedApplication, ...tables: readonly string[]) =>
  Promise.all(tables.map(async (table) => (await query(`select * from ${named(table, 'table')}`)).length))

const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** As all but Prisma name tables and columns. */
export const inSnakeCase = (quote: '"' | '`') => (name: string) => `${quote}${snakeCase(name)}${quote}`

// The applications whose tables docs/tables.md and the README show: npm run tables writes them there.
import { type ClerkTable, clerkColumns } from '../../packages/cli/src/tables/clerk-tables.ts'
import type { Column, Reference, Table } from '../../packages/cli/src/tables/table.ts'

/** Who may read a table on Supabase, where nobody but the service role writes Clerk's tables. */
export interface Policy {
  readonly name: string
  /** `all`: may write as well. */
  readonly for: 'select' | 'all'
  readonly using: string
}

export interface Application {
  /** The folder that its files stand in. */
  readonly name: string
  readonly tables: readonly Table[]
  /** By the table; one without a policy is for the service role alone. */
  readonly policies: Readonly<Record<string, Policy>>
}

const isSession = (column: string) => `${column} = ((select auth.jwt()) ->> 'sub')`
const ownRow: Policy = { name: 'Users read their own row', for: 'select', using: isSession('id') }
const everybody = (what: string): Policy => ({ name: `Users read ${what}`, for: 'select', using: 'true' })
const ofMembers = (column: string) => `exists (
    select from public.organization_memberships m
    where m.organization_id = ${column} and m.${isSession('user_id')}
  )`

type Keys = Pick<Table, 'unique' | 'indexes'>

/**
 * Some of a table's columns. No foreign keys: check() warns of them between synced tables, where a row that arrives before
 * the one it refers to is refused and sent again.
 */
const clerk = <T extends ClerkTable>(
  versions: 'row' | 'beside',
  name: T,
  columns: Parameters<typeof clerkColumns<T>>[1],
  keys: Keys = {},
): Table => ({ name, versions, columns: clerkColumns(name, columns), ...keys })

const own = (name: string, columns: readonly Column[], keys: Keys = {}): Table => ({
  name,
  versions: 'none',
  columns,
  ...keys,
})

const toUser: Reference = { table: 'users', onDelete: 'cascade' }
const toOrganization: Reference = { table: 'organizations', onDelete: 'cascade' }
const serial: Column = { name: 'id', kind: 'serial', primary: true }

const linkInBio: Application = {
  name: 'link-in-bio',
  tables: [
    clerk('beside', 'users', ['username', 'fullName', 'imageUrl'], { indexes: [['username']] }),
    own(
      'links',
      [
        serial,
        { name: 'userId', kind: 'clerkId', required: true, references: toUser },
        { name: 'title', kind: 'text', required: true },
        { name: 'url', kind: 'longText', required: true },
        { name: 'position', kind: 'number', required: true },
      ],
      { indexes: [['userId', 'position']] },
    ),
  ],
  policies: {
    users: ownRow,
    links: { name: 'Users keep their own links', for: 'all', using: isSession('user_id') },
  },
}

const b2b: Application = {
  name: 'b2b',
  tables: [
    clerk('beside', 'users', ['email', 'fullName', 'imageUrl']),
    clerk('beside', 'organizations', ['name', 'slug', 'imageUrl'], { indexes: [['slug']] }),
    clerk('beside', 'organizationMemberships', ['organizationId', 'userId', 'role'], {
      unique: [['userId', 'organizationId']],
      indexes: [['organizationId']],
    }),
    clerk('beside', 'organizationInvitations', ['organizationId', 'email', 'role', 'status', 'expiresAt'], {
      indexes: [['organizationId']],
    }),
    clerk('beside', 'roles', ['key', 'name', 'permissions']),
    own(
      'projects',
      [
        serial,
        { name: 'organizationId', kind: 'clerkId', required: true, references: toOrganization },
        { name: 'name', kind: 'text', required: true },
      ],
      { indexes: [['organizationId']] },
    ),
  ],
  policies: {
    users: ownRow,
    organizations: {
      name: 'Members read their organizations',
      for: 'select',
      using: ofMembers('organizations.id'),
    },
    organizationMemberships: {
      name: 'Users read their own memberships',
      for: 'select',
      using: isSession('user_id'),
    },
    roles: everybody('what roles there are'),
    projects: {
      name: 'Members keep the projects of their organizations',
      for: 'all',
      using: ofMembers('projects.organization_id'),
    },
  },
}

const billing: Application = {
  name: 'billing',
  tables: [
    clerk('row', 'users', ['email', 'fullName']),
    clerk(
      'row',
      'subscriptionItems',
      ['userId', 'organizationId', 'planSlug', 'planPeriod', 'status', 'amount', 'currency', 'periodEnd'],
      { indexes: [['userId'], ['organizationId']] },
    ),
    own('plans', [
      { name: 'slug', kind: 'text', primary: true, comment: "as in Clerk's Dashboard" },
      { name: 'name', kind: 'text', required: true },
      { name: 'projectLimit', kind: 'number', comment: 'null: no limit' },
    ]),
  ],
  policies: {
    users: ownRow,
    subscriptionItems: { name: 'Users read their own plans', for: 'select', using: isSession('user_id') },
    plans: everybody('what plans there are'),
  },
}

export const applications: readonly Application[] = [linkInBio, b2b, billing]

/** In the README, on one ORM and one database: organizations that pay. */
export const readmeTables: readonly Table[] = [
  clerk('beside', 'users', ['email', 'fullName']),
  clerk('beside', 'organizations', ['name', 'slug']),
  clerk('beside', 'organizationMemberships', ['userId', 'organizationId', 'role'], {
    unique: [['userId', 'organizationId']],
  }),
  clerk('beside', 'organizationInvitations', ['organizationId', 'email', 'role', 'status']),
  clerk('beside', 'subscriptionItems', ['organizationId', 'planSlug', 'status', 'periodEnd']),
]

import { clerkEventsTable, clerkId, clerkVersionsTable } from '@clerk-sync/adapter-drizzle/pg'
import { bigint, boolean, index, integer, jsonb, pgTable, text, timestamp, unique } from 'drizzle-orm/pg-core'

// Their versions are beside them, so that a delete deletes: a member who left can join again under the same unique key, what
// belongs to an organization goes with it, and no query has to leave tombstones out.

const time = () => timestamp({ withTimezone: true, precision: 3 })

export const users = pgTable('users', {
  id: clerkId().primaryKey(),
  email: text(),
  fullName: text(),
})

export const organizations = pgTable(
  'organizations',
  { id: clerkId().primaryKey(), name: text(), slug: text() },
  (table) => [index().on(table.slug)],
)

/** What belongs to an organization goes with it. Clerk sends no events of its own for that. */
const ofOrganization = () => clerkId().references(() => organizations.id, { onDelete: 'cascade' })
const ofUser = () => clerkId().references(() => users.id, { onDelete: 'cascade' })

export const organizationMemberships = pgTable(
  'organization_memberships',
  {
    id: clerkId().primaryKey(),
    organizationId: ofOrganization().notNull(),
    userId: ofUser().notNull(),
    role: text().notNull(), // org:admin, a key of roles
    joinedAt: time(),
  },
  (table) => [unique().on(table.userId, table.organizationId), index().on(table.organizationId)],
)

export const organizationInvitations = pgTable(
  'organization_invitations',
  {
    id: clerkId().primaryKey(),
    organizationId: ofOrganization().notNull(),
    email: text().notNull(),
    role: text().notNull(),
    status: text(), // pending, accepted, revoked; it expires without an event
    invitedAt: time(),
    expiresAt: time(),
  },
  (table) => [index().on(table.organizationId)],
)

export const roles = pgTable('roles', {
  id: clerkId().primaryKey(),
  key: text().unique(), // org:admin
  name: text(), // Admin
  permissions: jsonb().$type<string[]>(), // ["org:sys_memberships:manage"]
})

export const subscriptionItems = pgTable(
  'subscription_items',
  {
    id: clerkId().primaryKey(),
    organizationId: ofOrganization(), // null where a user pays
    userId: ofUser(),
    status: text().notNull(), // active, canceled, past_due, upcoming, ended, …
    planName: text(),
    planPeriod: text(), // month, annual
    amount: bigint({ mode: 'number' }), // in the currency's minor unit: 2000 is $20.00
    currency: text(),
    seats: integer(),
    isFreeTrial: boolean().notNull().default(false),
    periodStart: time(),
    periodEnd: time(),
  },
  (table) => [index().on(table.organizationId)],
)

/**
 * What has happened in an organization, a row for each event that tells of it. Names are not in it: they are read from the other
 * tables, so that nothing of a deleted user stays here. No foreign keys: an event may come after what it tells of was deleted.
 */
export const activity = pgTable(
  'activity',
  {
    messageId: text().primaryKey(),
    organizationId: clerkId().notNull(),
    happenedAt: time().notNull(),
    kind: text().$type<ActivityKind>().notNull(),
    subjectId: clerkId().notNull(), // a user, an invitation, or the organization itself
    value: text(), // a role's key, or a plan's name
  },
  (table) => [index().on(table.organizationId, table.happenedAt)],
)

export type ActivityKind = 'invited' | 'revoked' | 'joined' | 'role' | 'left' | 'plan' | 'canceled'

export const events = clerkEventsTable()
export const versions = clerkVersionsTable()

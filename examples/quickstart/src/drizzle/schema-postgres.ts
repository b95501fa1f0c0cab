// The application's tables on PostgreSQL. ../tables/postgres.sql creates them; yours come from your migrations.
import { clerkEventsTable, clerkId, clerkVersionsTable, syncColumns } from '@clerk-sync/adapter-drizzle/pg'
import { boolean, integer, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core'

const userColumns = () => ({
  id: clerkId().primaryKey(),
  email: text(),
  emailVerified: boolean('email_verified').notNull().default(false),
  phoneNumber: text('phone_number'),
  username: text(),
  firstName: text('first_name'),
  lastName: text('last_name'),
  fullName: text('full_name'),
  imageUrl: text('image_url'),
  externalId: text('external_id'),
  publicMetadata: jsonb('public_metadata'),
  banned: boolean().notNull().default(false),
  locked: boolean().notNull().default(false),
  lastSignInAt: timestamp('last_sign_in_at', { withTimezone: true, precision: 3 }),
})

const organizationColumns = () => ({
  id: clerkId().primaryKey(),
  name: text(),
  slug: text(),
  imageUrl: text('image_url'),
  createdBy: clerkId('created_by'),
  publicMetadata: jsonb('public_metadata'),
})

// No foreign keys: a membership may arrive before its user and its organization.
const membershipColumns = () => ({
  id: clerkId().primaryKey(),
  organizationId: clerkId('organization_id').notNull(),
  userId: clerkId('user_id').notNull(),
  role: text().notNull(),
  permissions: jsonb(),
})

/** With the library's columns. */
export const synced = {
  users: pgTable('users', { ...userColumns(), ...syncColumns() }),
  organizations: pgTable('organizations', { ...organizationColumns(), ...syncColumns() }),
  organizationMemberships: pgTable('organization_memberships', { ...membershipColumns(), ...syncColumns() }),
}

/** MODE=beside: as an application has them, and the versions in a table of their own. */
export const unaltered = {
  users: pgTable('users', userColumns()),
  organizations: pgTable('organizations', organizationColumns()),
  organizationMemberships: pgTable('organization_memberships', membershipColumns()),
  versions: clerkVersionsTable(),
}

export const events = clerkEventsTable()

// What the hook writes. Nothing here is unique but the row's own number, so that a hook that ran twice would show.
export const welcomes = pgTable('welcomes', {
  id: integer().primaryKey().generatedAlwaysAsIdentity(),
  userId: clerkId('user_id').notNull(),
  eventId: text('event_id').notNull(),
})

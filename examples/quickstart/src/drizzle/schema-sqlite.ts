// The application's tables on SQLite. ../tables/sqlite.sql creates them; yours come from your migrations.
import { clerkEventsTable, clerkId, clerkVersionsTable, syncColumns } from '@clerk-sync/adapter-drizzle/sqlite'
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

const userColumns = () => ({
  id: clerkId().primaryKey(),
  email: text(),
  emailVerified: integer('email_verified', { mode: 'boolean' }).notNull().default(false),
  phoneNumber: text('phone_number'),
  username: text(),
  firstName: text('first_name'),
  lastName: text('last_name'),
  fullName: text('full_name'),
  imageUrl: text('image_url'),
  externalId: text('external_id'),
  publicMetadata: text('public_metadata', { mode: 'json' }),
  banned: integer({ mode: 'boolean' }).notNull().default(false),
  locked: integer({ mode: 'boolean' }).notNull().default(false),
  lastSignInAt: integer('last_sign_in_at', { mode: 'timestamp_ms' }),
})

const organizationColumns = () => ({
  id: clerkId().primaryKey(),
  name: text(),
  slug: text(),
  imageUrl: text('image_url'),
  createdBy: clerkId('created_by'),
  publicMetadata: text('public_metadata', { mode: 'json' }),
})

// No foreign keys: a membership may arrive before its user and its organization.
const membershipColumns = () => ({
  id: clerkId().primaryKey(),
  organizationId: clerkId('organization_id').notNull(),
  userId: clerkId('user_id').notNull(),
  role: text().notNull(),
  permissions: text({ mode: 'json' }),
})

/** With the library's columns. */
export const synced = {
  users: sqliteTable('users', { ...userColumns(), ...syncColumns() }),
  organizations: sqliteTable('organizations', { ...organizationColumns(), ...syncColumns() }),
  organizationMemberships: sqliteTable('organization_memberships', { ...membershipColumns(), ...syncColumns() }),
}

/** MODE=beside: as an application has them, and the versions in a table of their own. */
export const unaltered = {
  users: sqliteTable('users', userColumns()),
  organizations: sqliteTable('organizations', organizationColumns()),
  organizationMemberships: sqliteTable('organization_memberships', membershipColumns()),
  versions: clerkVersionsTable(),
}

export const events = clerkEventsTable()

// What the hook writes. Nothing here is unique but the row's own number, so that a hook that ran twice would show.
export const welcomes = sqliteTable('welcomes', {
  id: integer().primaryKey({ autoIncrement: true }),
  userId: clerkId('user_id').notNull(),
  eventId: text('event_id').notNull(),
})

// The application's tables on MySQL. ../tables/mysql.sql creates them; yours come from your migrations.
import { clerkEventsTable, clerkId, clerkVersionsTable, syncColumns } from '@clerk-sync/adapter-drizzle/mysql'
import { boolean, datetime, int, json, mysqlTable, text, varchar } from 'drizzle-orm/mysql-core'

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
  publicMetadata: json('public_metadata'),
  banned: boolean().notNull().default(false),
  locked: boolean().notNull().default(false),
  lastSignInAt: datetime('last_sign_in_at', { fsp: 3 }),
})

const organizationColumns = () => ({
  id: clerkId().primaryKey(),
  name: text(),
  slug: text(),
  imageUrl: text('image_url'),
  createdBy: clerkId('created_by'),
  publicMetadata: json('public_metadata'),
})

// No foreign keys: a membership may arrive before its user and its organization.
const membershipColumns = () => ({
  id: clerkId().primaryKey(),
  organizationId: clerkId('organization_id').notNull(),
  userId: clerkId('user_id').notNull(),
  role: varchar({ length: 255 }).notNull(),
  permissions: json(),
})

/** With the library's columns. */
export const synced = {
  users: mysqlTable('users', { ...userColumns(), ...syncColumns() }),
  organizations: mysqlTable('organizations', { ...organizationColumns(), ...syncColumns() }),
  organizationMemberships: mysqlTable('organization_memberships', { ...membershipColumns(), ...syncColumns() }),
}

/** MODE=beside: as an application has them, and the versions in a table of their own. */
export const unaltered = {
  users: mysqlTable('users', userColumns()),
  organizations: mysqlTable('organizations', organizationColumns()),
  organizationMemberships: mysqlTable('organization_memberships', membershipColumns()),
  versions: clerkVersionsTable(),
}

export const events = clerkEventsTable()

// What the hook writes. Nothing here is unique but the row's own number, so that a hook that ran twice would show.
export const welcomes = mysqlTable('welcomes', {
  id: int().primaryKey().autoincrement(),
  userId: clerkId('user_id').notNull(),
  eventId: varchar('event_id', { length: 255 }).notNull(),
})

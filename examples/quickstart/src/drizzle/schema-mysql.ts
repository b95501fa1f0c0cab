// The application's tables on MySQL. ../tables/mysql.sql creates them; yours come from your migrations.
import { clerkEventsTable, clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/mysql'
import { boolean, datetime, int, json, mysqlTable, text, varchar } from 'drizzle-orm/mysql-core'

export const users = mysqlTable('users', {
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
  ...syncColumns(),
})

export const organizations = mysqlTable('organizations', {
  id: clerkId().primaryKey(),
  name: text(),
  slug: text(),
  imageUrl: text('image_url'),
  createdBy: clerkId('created_by'),
  publicMetadata: json('public_metadata'),
  ...syncColumns(),
})

// No foreign keys: a membership may arrive before its user and its organization.
export const organizationMemberships = mysqlTable('organization_memberships', {
  id: clerkId().primaryKey(),
  organizationId: clerkId('organization_id').notNull(),
  userId: clerkId('user_id').notNull(),
  role: varchar({ length: 255 }).notNull(),
  permissions: json(),
  ...syncColumns(),
})

export const events = clerkEventsTable()

// What the hook writes. Nothing here is unique but the row's own number, so that a hook that ran twice would show.
export const welcomes = mysqlTable('welcomes', {
  id: int().primaryKey().autoincrement(),
  userId: clerkId('user_id').notNull(),
  eventId: varchar('event_id', { length: 255 }).notNull(),
})

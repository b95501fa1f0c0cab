// The application's tables on PostgreSQL. ../tables/postgres.sql creates them; yours come from your migrations.
import { clerkEventsTable, clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/pg'
import { boolean, integer, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core'

export const users = pgTable('users', {
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
  ...syncColumns(),
})

export const organizations = pgTable('organizations', {
  id: clerkId().primaryKey(),
  name: text(),
  slug: text(),
  imageUrl: text('image_url'),
  createdBy: clerkId('created_by'),
  publicMetadata: jsonb('public_metadata'),
  ...syncColumns(),
})

// No foreign keys: a membership may arrive before its user and its organization.
export const organizationMemberships = pgTable('organization_memberships', {
  id: clerkId().primaryKey(),
  organizationId: clerkId('organization_id').notNull(),
  userId: clerkId('user_id').notNull(),
  role: text().notNull(),
  permissions: jsonb(),
  ...syncColumns(),
})

export const events = clerkEventsTable()

// What the hook writes. Nothing here is unique but the row's own number, so that a hook that ran twice would show.
export const welcomes = pgTable('welcomes', {
  id: integer().primaryKey().generatedAlwaysAsIdentity(),
  userId: clerkId('user_id').notNull(),
  eventId: text('event_id').notNull(),
})

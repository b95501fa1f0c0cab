import { clerkEventsTable, clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/pg'
import { boolean, integer, jsonb, pgTable, serial, text, timestamp } from 'drizzle-orm/pg-core'

// The columns' names come from `casing: 'snake_case'`.
const date = () => timestamp({ withTimezone: true, precision: 3 })
const application = () => ({ tagline: text().default('hello'), score: integer().notNull().default(7) })
const profile = () => ({
  email: text(),
  firstName: text(),
  banned: boolean().notNull().default(false),
  publicMetadata: jsonb(),
  lastSignInAt: date(),
  ...application(),
})
const key = () => ({ id: clerkId().primaryKey() })
const ownKey = () => ({ id: serial().primaryKey(), clerkId: clerkId().notNull().unique() })

export const users = pgTable('users', { ...key(), ...profile(), ...syncColumns() })
export const organizations = pgTable('organizations', {
  ...key(),
  name: text(),
  slug: text(),
  publicMetadata: jsonb(),
  ...application(),
  ...syncColumns(),
})
export const organizationMemberships = pgTable('organizationMemberships', {
  ...key(),
  organizationId: text().notNull(),
  userId: text().notNull(),
  role: text().notNull(),
  permissions: jsonb(),
  ...application(),
  ...syncColumns(),
})
export const sessions = pgTable('sessions', {
  ...key(),
  userId: text().notNull(),
  status: text().notNull(),
  expireAt: date(),
  ...application(),
  ...syncColumns(),
})
export const ownKeyUsers = pgTable('ownKeyUsers', { ...ownKey(), ...profile(), ...syncColumns() })

const named = () => ({ firstName: text(), ...application(), ...syncColumns() })
export const uniqueFirstUsers = pgTable('uniqueFirstUsers', { ...ownKey(), email: text().unique(), ...named() })
export const uniqueLastUsers = pgTable('uniqueLastUsers', { ...key(), email: text().unique(), ...named() })
const required = () => text().notNull().unique()
export const requiredFirstUsers = pgTable('requiredFirstUsers', { ...ownKey(), email: required(), ...named() })
export const requiredLastUsers = pgTable('requiredLastUsers', { ...key(), email: required(), ...named() })

export const events = clerkEventsTable('events')
export const welcomes = pgTable('welcomes', { userId: text().notNull(), eventId: text().notNull() })

/** What `drizzleAdapter` is given for each shape. */
export const shapes = {
  plain: { users, organizations, organizationMemberships, sessions, events },
  ownKey: { users: ownKeyUsers, events },
  withoutLedger: { users },
  uniqueFirst: { users: uniqueFirstUsers, events },
  uniqueLast: { users: uniqueLastUsers, events },
  requiredFirst: { users: requiredFirstUsers, events },
  requiredLast: { users: requiredLastUsers, events },
}

import { clerkEventsTable, clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/sqlite'
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

// The columns' names come from `casing: 'snake_case'`.
const date = () => integer({ mode: 'timestamp_ms' })
const application = () => ({ tagline: text().default('hello'), score: integer().notNull().default(7) })
const profile = () => ({
  email: text(),
  firstName: text(),
  banned: integer({ mode: 'boolean' }).notNull().default(false),
  publicMetadata: text({ mode: 'json' }),
  lastSignInAt: date(),
  ...application(),
})
const key = () => ({ id: clerkId().primaryKey() })
const ownKey = () => ({ id: integer().primaryKey(), clerkId: clerkId().notNull().unique() })

export const users = sqliteTable('users', { ...key(), ...profile(), ...syncColumns() })
export const organizations = sqliteTable('organizations', {
  ...key(),
  name: text(),
  slug: text(),
  publicMetadata: text({ mode: 'json' }),
  ...application(),
  ...syncColumns(),
})
export const organizationMemberships = sqliteTable('organizationMemberships', {
  ...key(),
  organizationId: text().notNull(),
  userId: text().notNull(),
  role: text().notNull(),
  permissions: text({ mode: 'json' }),
  ...application(),
  ...syncColumns(),
})
export const sessions = sqliteTable('sessions', {
  ...key(),
  userId: text().notNull(),
  status: text().notNull(),
  expireAt: date(),
  ...application(),
  ...syncColumns(),
})
export const ownKeyUsers = sqliteTable('ownKeyUsers', { ...ownKey(), ...profile(), ...syncColumns() })

const named = () => ({ firstName: text(), ...application(), ...syncColumns() })
export const uniqueFirstUsers = sqliteTable('uniqueFirstUsers', { ...ownKey(), email: text().unique(), ...named() })
export const uniqueLastUsers = sqliteTable('uniqueLastUsers', { ...key(), email: text().unique(), ...named() })
const required = () => text().notNull().unique()
export const requiredFirstUsers = sqliteTable('requiredFirstUsers', { ...ownKey(), email: required(), ...named() })
export const requiredLastUsers = sqliteTable('requiredLastUsers', { ...key(), email: required(), ...named() })

export const events = clerkEventsTable('events')
export const welcomes = sqliteTable('welcomes', { userId: text().notNull(), eventId: text().notNull() })

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

import { clerkEventsTable, clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/mysql'
import { bigint, boolean, datetime, int, json, mysqlTable, varchar } from 'drizzle-orm/mysql-core'

// The columns' names come from `casing: 'snake_case'`.
const text = () => varchar({ length: 255 })
const date = () => datetime({ fsp: 3 })
const application = () => ({ tagline: text().default('hello'), score: int().notNull().default(7) })
const profile = () => ({
  email: text(),
  firstName: text(),
  banned: boolean().notNull().default(false),
  publicMetadata: json(),
  lastSignInAt: date(),
  ...application(),
})
const key = () => ({ id: clerkId().primaryKey() })
const ownKey = () => ({
  id: bigint({ mode: 'number' }).autoincrement().primaryKey(),
  clerkId: clerkId().notNull().unique(),
})

export const users = mysqlTable('users', { ...key(), ...profile(), ...syncColumns() })
export const organizations = mysqlTable('organizations', {
  ...key(),
  name: text(),
  slug: text(),
  publicMetadata: json(),
  ...application(),
  ...syncColumns(),
})
export const organizationMemberships = mysqlTable('organizationMemberships', {
  ...key(),
  organizationId: text().notNull(),
  userId: text().notNull(),
  role: text().notNull(),
  permissions: json(),
  ...application(),
  ...syncColumns(),
})
export const sessions = mysqlTable('sessions', {
  ...key(),
  userId: text().notNull(),
  status: text().notNull(),
  expireAt: date(),
  ...application(),
  ...syncColumns(),
})
export const ownKeyUsers = mysqlTable('ownKeyUsers', { ...ownKey(), ...profile(), ...syncColumns() })

const named = () => ({ firstName: text(), ...application(), ...syncColumns() })
export const uniqueFirstUsers = mysqlTable('uniqueFirstUsers', { ...ownKey(), email: text().unique(), ...named() })
export const uniqueLastUsers = mysqlTable('uniqueLastUsers', { ...key(), email: text().unique(), ...named() })
const required = () => text().notNull().unique()
export const requiredFirstUsers = mysqlTable('requiredFirstUsers', { ...ownKey(), email: required(), ...named() })
export const requiredLastUsers = mysqlTable('requiredLastUsers', { ...key(), email: required(), ...named() })

export const events = clerkEventsTable('events')
export const welcomes = mysqlTable('welcomes', { userId: text().notNull(), eventId: text().notNull() })

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

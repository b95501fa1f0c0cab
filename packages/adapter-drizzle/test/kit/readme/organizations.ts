// organizations.ts
import { clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/pg'
import { boolean, pgTable, text, timestamp } from 'drizzle-orm/pg-core'

export const organizations = pgTable('organizations', {
  id: clerkId().primaryKey(),
  name: text(),
  slug: text(),
  ...syncColumns(),
})

export const organizationMemberships = pgTable('organization_memberships', {
  id: clerkId().primaryKey(),
  organizationId: clerkId().notNull(),
  userId: clerkId().notNull(),
  role: text().notNull(),
  ...syncColumns(),
})

export const organizationInvitations = pgTable('organization_invitations', {
  id: clerkId().primaryKey(),
  organizationId: clerkId().notNull(),
  email: text().notNull(),
  role: text().notNull(),
  status: text(), // pending, accepted, revoked
  userId: clerkId(), // who accepted it
  expiresAt: timestamp({ withTimezone: true }),
  ...syncColumns(),
})

export const organizationDomains = pgTable('organization_domains', {
  id: clerkId().primaryKey(),
  organizationId: clerkId(),
  name: text(),
  enrollmentMode: text(),
  verified: boolean().notNull().default(false),
  ...syncColumns(),
})

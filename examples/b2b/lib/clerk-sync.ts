import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { type ClerkEvent, createClerkSync } from '@clerk-sync/core'
import { db, type Transaction } from '@/db'
import {
  activity,
  events,
  organizationInvitations,
  organizationMemberships,
  organizations,
  roles,
  subscriptionItems,
  users,
  versions,
} from '@/db/schema'
import { activityOf, type EventWithActivity } from './activity-of'

export const clerkSync = createClerkSync({
  adapter: drizzleAdapter(db, {
    users,
    organizations,
    organizationMemberships,
    organizationInvitations,
    roles,
    subscriptionItems,
    events,
    versions,
  }),
  map: {
    organizationMembership: (_membership, { organizationId, userId, role, createdAt }) => ({
      organizationId,
      userId,
      role,
      joinedAt: createdAt,
    }),
    organizationInvitation: (_invitation, { organizationId, email, role, status, createdAt, expiresAt }) => ({
      organizationId,
      email,
      role,
      status,
      invitedAt: createdAt,
      expiresAt,
    }),
  },
  on: {
    'organizationInvitation.created': note,
    'organizationInvitation.revoked': note,
    'organizationMembership.created': note,
    'organizationMembership.updated': note,
    'organizationMembership.deleted': note,
    'subscriptionItem.active': note,
    'subscriptionItem.canceled': note,
  },
})

/** In the transaction that writes the event's row, so exactly once. */
async function note({ event, tx }: { event: ClerkEvent<EventWithActivity>; tx: Transaction }): Promise<void> {
  const happened = activityOf(event)
  if (happened) await tx.insert(activity).values(happened)
}

import type { ClerkEvent } from '@clerk-sync/core'
import type { activity } from '@/db/schema'

export type EventWithActivity =
  | 'organizationInvitation.created'
  | 'organizationInvitation.revoked'
  | 'organizationMembership.created'
  | 'organizationMembership.updated'
  | 'organizationMembership.deleted'
  | 'subscriptionItem.active'
  | 'subscriptionItem.canceled'

/**
 * What an event tells of an organization; undefined where it tells of none. It is made from the event alone, never from what
 * was stored before: events come in any order, and the list must read the same in each.
 */
export function activityOf(event: ClerkEvent<EventWithActivity>): typeof activity.$inferInsert | undefined {
  const { id: messageId, timestamp } = event
  const common = { messageId, happenedAt: new Date(timestamp) }
  switch (event.type) {
    case 'organizationInvitation.created':
    case 'organizationInvitation.revoked': {
      const { id: subjectId, organization_id: organizationId, role: value } = event.data
      return { ...common, organizationId, subjectId, value, kind: INVITATION[event.type] }
    }
    case 'organizationMembership.created':
    case 'organizationMembership.updated':
    case 'organizationMembership.deleted': {
      const { organization, public_user_data: user, role: value } = event.data
      return {
        ...common,
        organizationId: organization.id,
        subjectId: user.user_id,
        value,
        kind: MEMBERSHIP[event.type],
      }
    }
    case 'subscriptionItem.active':
    case 'subscriptionItem.canceled': {
      const { payer, plan } = event.data
      // Clerk sends '' where a user pays.
      const organizationId = payer?.organization_id
      if (!organizationId) return undefined
      const kind = event.type === 'subscriptionItem.active' ? 'plan' : 'canceled'
      return { ...common, organizationId, subjectId: organizationId, value: plan?.name ?? null, kind }
    }
  }
}

const INVITATION = {
  'organizationInvitation.created': 'invited',
  'organizationInvitation.revoked': 'revoked',
} as const

const MEMBERSHIP = {
  'organizationMembership.created': 'joined',
  'organizationMembership.updated': 'role',
  'organizationMembership.deleted': 'left',
} as const

import type { ClerkEventType } from '@clerk-sync/core'
import type { EntityName } from '../clerk-object.ts'

type Verb = 'created' | 'updated' | 'deleted'
type EventOf = (verb: Verb, status: string) => ClerkEventType | undefined

/** Which event a change of an entity sends. Some send none: an application that knows only webhooks never hears of them. */
export const EVENT_OF_CHANGE: { readonly [Name in EntityName]?: EventOf } = {
  user: (verb) => `user.${verb}`,
  organization: (verb) => `organization.${verb}`,
  organizationMembership: (verb) => `organizationMembership.${verb}`,
  organizationDomain: (verb) => `organizationDomain.${verb}`,
  role: (verb) => `role.${verb}`,
  permission: (verb) => `permission.${verb}`,
  // None when it expires.
  organizationInvitation(verb, status) {
    if (verb === 'created') return 'organizationInvitation.created'
    return status === 'accepted' || status === 'revoked' ? `organizationInvitation.${status}` : undefined
  },
  // None when it is only used.
  session(verb, status) {
    if (verb === 'created') return status === 'pending' ? 'session.pending' : 'session.created'
    return status === 'ended' || status === 'removed' || status === 'revoked' ? `session.${status}` : undefined
  },
  waitlistEntry: (verb) => (verb === 'deleted' ? undefined : `waitlistEntry.${verb}`),
  subscription(verb, status) {
    if (verb !== 'updated') return verb === 'created' ? 'subscription.created' : undefined
    return status === 'past_due' ? 'subscription.pastDue' : 'subscription.updated'
  },
  subscriptionItem(verb, status) {
    if (verb !== 'updated') return verb === 'created' ? 'subscriptionItem.created' : undefined
    switch (status) {
      case 'past_due':
        return 'subscriptionItem.pastDue'
      case 'abandoned':
      case 'canceled':
      case 'ended':
      case 'incomplete':
      case 'upcoming':
        return `subscriptionItem.${status}`
      default:
        return 'subscriptionItem.updated'
    }
  },
  paymentAttempt: (verb) => (verb === 'deleted' ? undefined : `paymentAttempt.${verb}`),
}

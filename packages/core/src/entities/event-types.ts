import type { ClerkEventType } from './clerk-event.ts'

/** The verbs of each object's events in Clerk's catalogue, of which its types lack some. (Dashboard, Webhooks, Event Catalog) */
const VERBS = {
  email: ['created'],
  organization: ['created', 'deleted', 'updated'],
  organizationDomain: ['created', 'deleted', 'updated'],
  organizationInvitation: ['accepted', 'created', 'revoked'],
  organizationMembership: ['created', 'deleted', 'updated'],
  paymentAttempt: ['created', 'updated'],
  permission: ['created', 'deleted', 'updated'],
  role: ['created', 'deleted', 'updated'],
  session: ['created', 'ended', 'pending', 'removed', 'revoked'],
  sms: ['created'],
  subscription: ['active', 'created', 'pastDue', 'updated'],
  subscriptionItem: [
    'abandoned',
    'active',
    'canceled',
    'created',
    'ended',
    'freeTrialEnding',
    'incomplete',
    'pastDue',
    'upcoming',
    'updated',
  ],
  user: ['created', 'deleted', 'updated'],
  waitlistEntry: ['created', 'updated'],
} as const

type CataloguedType = {
  [Object in keyof typeof VERBS]: `${Object}.${(typeof VERBS)[Object][number]}`
}[keyof typeof VERBS]

/** Every event type that Clerk documents. Clerk will add more: what is not here is not wrong. */
export const EVENT_TYPES: readonly ClerkEventType[] = Object.entries(VERBS).flatMap(([object, verbs]) =>
  verbs.map((verb) => `${object}.${verb}` as CataloguedType),
)

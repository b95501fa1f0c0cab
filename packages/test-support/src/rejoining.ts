import type { ClerkEvent, ClerkSync } from '@clerk-sync/core'
import { ClerkSyncError } from '@clerk-sync/core'
import { event } from './events.ts'

const JOINED = 1_760_000_000_000

/** Ada joins, leaves, and joins again: to Clerk, two memberships of one user in one organization. */
export function rejoining(): { readonly [Name in 'joined' | 'left' | 'rejoined']: ClerkEvent } {
  return {
    joined: membershipEvent('organizationMembership.created', 'orgmem_1', JOINED),
    left: membershipEvent('organizationMembership.deleted', 'orgmem_1', JOINED + 1_000),
    rejoined: membershipEvent('organizationMembership.created', 'orgmem_2', JOINED + 2_000),
  }
}

/** Each order in which the three can arrive. */
export const ARRIVALS: readonly (readonly ('joined' | 'left' | 'rejoined')[])[] = [
  ['joined', 'left', 'rejoined'],
  ['joined', 'rejoined', 'left'],
  ['left', 'joined', 'rejoined'],
  ['left', 'rejoined', 'joined'],
  ['rejoined', 'joined', 'left'],
  ['rejoined', 'left', 'joined'],
]

/** Delivers events in this order, and the refused ones again, until all are taken or a round brings nothing. */
export async function deliver(clerkSync: Pick<ClerkSync, 'apply'>, events: readonly ClerkEvent[]): Promise<string[]> {
  let refused = events
  let refusals: string[] = []
  do {
    const sent = refused
    refused = []
    refusals = []
    for (const one of sent) {
      try {
        await clerkSync.apply(one)
      } catch (error) {
        if (!ClerkSyncError.is(error) || !error.retryable) throw error
        refused = [...refused, one]
        refusals.push(`${error.code}: ${error.message}`)
      }
    }
    if (refused.length === sent.length) return refusals
  } while (refused.length > 0)
  return []
}

function membershipEvent(
  type: 'organizationMembership.created' | 'organizationMembership.deleted',
  id: string,
  at: number,
): ClerkEvent {
  return event(type, at, {
    object: 'organization_membership',
    id,
    role: 'org:member',
    permissions: [],
    public_metadata: {},
    organization: { object: 'organization', id: 'org_1', name: 'Analytical Engines', slug: null },
    public_user_data: { user_id: 'user_1', identifier: 'ada@example.com' },
    created_at: JOINED,
    updated_at: at,
  })
}

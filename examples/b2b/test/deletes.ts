import type { ClerkEvent } from '@clerk-sync/core'
import { clerkEvent } from '@clerk-sync/testing'
import {
  invitation,
  membership,
  newId,
  type Organization,
  organizationCreated,
  type Person,
  subscriptionItem,
  userCreated,
} from '../story/cast.ts'
import { ADMIN, MEMBER } from '../story/story.ts'

const HOUR_MS = 3_600_000

/** Two deletes, and what they take along: of a user who leaves, comes back and is deleted, and of an organization. */
export function writeDeletes(began: number, { admin, organization }: { admin: Person; organization: Organization }) {
  const user: Person = { id: newId('user'), firstName: 'Mary', lastName: 'Somerville', email: 'mary@example.com' }
  const closed: Organization = { id: newId('org'), name: 'Closed Books', slug: 'closed-books' }
  const at = (hour: number) => began + hour * HOUR_MS
  const joined = (person: Person, organization: Organization, role: typeof ADMIN, hour: number) => ({
    id: newId('orgmem'),
    organization,
    person,
    role,
    since: at(hour),
  })
  const first = joined(user, organization, MEMBER, 1)
  const promoted = { ...first, role: ADMIN }
  const invited = { id: newId('orginv'), organization: closed, email: 'late@example.com', role: MEMBER, since: at(8) }
  const plan = { name: 'Pro', amount: 2_000, currency: 'USD' }
  const events: ClerkEvent[] = [
    userCreated(user, at(0)),
    membership('created', first, at(1)),
    membership('updated', promoted, at(2)),
    membership('deleted', promoted, at(3)),
    membership('created', joined(user, organization, MEMBER, 4), at(4)),
    organizationCreated(closed, at(5)),
    membership('created', joined(admin, closed, ADMIN, 6), at(6)),
    membership('created', joined(user, closed, MEMBER, 7), at(7)),
    invitation('created', invited, at(8)),
    subscriptionItem('active', { id: newId('csub_item'), organization: closed, plan }, at(9)),
    clerkEvent('user.deleted', { id: user.id }, { timestamp: at(10) }),
    clerkEvent('organization.deleted', { id: closed.id }, { timestamp: at(11) }),
  ]
  return { user, organization: closed, events }
}

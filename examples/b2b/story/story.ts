// A week at two companies, as Clerk's events.
import type { ClerkEvent } from '@clerk-sync/core'
import {
  invitation,
  type Membership,
  membership,
  newId,
  organizationCreated,
  type Person,
  type Role,
  roleCreated,
  subscriptionItem,
  userCreated,
} from './cast.ts'

export interface Step {
  readonly what: string
  readonly events: readonly ClerkEvent[]
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

// The roles of an instance stay, however often the story is sent.
export const ADMIN: Role = {
  id: 'role_admin',
  key: 'org:admin',
  name: 'Admin',
  permissions: ['org:sys_memberships:read', 'org:sys_memberships:manage', 'org:sys_billing:read'],
}
export const MEMBER: Role = {
  id: 'role_member',
  key: 'org:member',
  name: 'Member',
  permissions: ['org:sys_memberships:read'],
}

const FREE = { name: 'Free', amount: 0, currency: 'USD' }
const PRO = { name: 'Pro', amount: 2_000, currency: 'USD' }
const TEAM = { name: 'Team', amount: 4_900, currency: 'EUR' }

/**
 * @param began - when the first step happens, in ms since 1970; what is there before is days older
 * @param stepMs - the time between two steps
 */
export function writeStory(began: number, stepMs: number) {
  const mark = newId('run').slice(-5)
  const person = (firstName: string, lastName: string): Person => ({
    id: newId('user'),
    firstName,
    lastName,
    email: `${firstName}@example.com`.toLowerCase(),
  })
  const [ada, grace, alan, katherine] = [
    person('Ada', 'Lovelace'),
    person('Grace', 'Hopper'),
    person('Alan', 'Turing'),
    person('Katherine', 'Johnson'),
  ]
  const engines = { id: newId('org'), name: 'Analytical Engines', slug: `analytical-engines-${mark}` }
  const labs = { id: newId('org'), name: 'Difference Labs', slug: `difference-labs-${mark}` }
  const member = (who: Person, organization: typeof engines, role: Role, since: number): Membership => ({
    id: newId('orgmem'),
    organization,
    person: who,
    role,
    since,
  })

  const founded = began - 9 * DAY_MS
  const free = { id: newId('csub_item'), organization: engines, plan: FREE }
  const pro = { id: newId('csub_item'), organization: engines, plan: PRO }
  const team = { id: newId('csub_item'), organization: labs, plan: TEAM, period: 'annual' as const }
  const before: ClerkEvent[] = [
    ...[ADMIN, MEMBER].map((role) => roleCreated(role, founded - DAY_MS)),
    ...[ada, alan, katherine].map((who, n) => userCreated(who, founded + n * HOUR_MS)),
    organizationCreated(engines, founded + 4 * HOUR_MS),
    organizationCreated(labs, founded + 5 * HOUR_MS),
    ...[
      member(ada, engines, ADMIN, founded + 4 * HOUR_MS),
      member(katherine, labs, ADMIN, founded + 5 * HOUR_MS),
      member(alan, engines, MEMBER, founded + 3 * DAY_MS),
      member(ada, labs, MEMBER, founded + 4 * DAY_MS),
    ].map((one) => membership('created', one, one.since)),
    subscriptionItem('active', free, founded + 4 * HOUR_MS + 1),
    subscriptionItem('active', team, founded + 2 * DAY_MS),
  ]

  const at = (step: number) => began + step * stepMs
  const invited = { id: newId('orginv'), organization: engines, email: grace.email, role: MEMBER, since: at(0) }
  const first = member(grace, engines, MEMBER, at(1))
  const promoted = { ...first, role: ADMIN }
  const again = member(grace, engines, MEMBER, at(5))
  const steps: Step[] = [
    { what: 'Ada invites Grace', events: [invitation('created', invited, at(0))] },
    {
      what: 'Grace signs up and joins',
      events: [
        userCreated(grace, at(1) - 1_000),
        invitation('accepted', invited, at(1)),
        membership('created', first, at(1)),
      ],
    },
    { what: 'Grace becomes an admin', events: [membership('updated', promoted, at(2))] },
    {
      what: 'the plan changes from Free to Pro',
      events: [subscriptionItem('ended', free, at(3)), subscriptionItem('active', pro, at(3))],
    },
    { what: 'Grace leaves', events: [membership('deleted', promoted, at(4))] },
    { what: 'Grace comes back', events: [membership('created', again, at(5))] },
    { what: 'Pro is canceled, and lasts until its period ends', events: [subscriptionItem('canceled', pro, at(6))] },
  ]
  return { people: { ada, grace, alan, katherine }, organizations: { engines, labs }, before, steps }
}

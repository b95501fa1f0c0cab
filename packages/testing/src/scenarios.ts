import type { ClerkEvent } from '@clerk-sync/core'
import type { Json } from './objects/json.ts'
import { Random } from './random.ts'
import { Cast } from './scenario-cast.ts'
import { SEEDED_AT, type Seed, seedText } from './seed.ts'

/** What each scenario is. Deliveries are in the order of their arrival. */
export const scenarios = {
  'sign-up': 'Somebody signs up: the user, the session, and the update that the first sign-in makes.',
  'session-first': 'Somebody signs up, and the session arrives before its user.',
  'phone-only': 'Two people sign up by phone, without an e-mail address.',
  're-sign-up': 'A user is deleted, and signs up again with the same address: a new id.',
  're-sign-up-first': 'The same, but the new sign-up arrives before the delete of the old user.',
  'delete-before-create': 'A delete arrives before the sign-up of the same user.',
  late: 'An older update arrives after a newer one.',
  duplicated: 'A sign-up and an update, each delivered twice.',
  'member-first': 'A membership arrives before its user and its organization.',
  rejoin: 'A member leaves an organization and joins again: a new membership.',
  invitation: 'An organization invites somebody, who accepts and becomes a member.',
  'address-moves': 'A user gives an address up, and another takes it; the second update arrives first.',
  'organization-deleted': 'An organization is deleted. Its memberships go without events of their own.',
  shuffled: 'Three users, an organization and its members, everything delivered twice, in random order.',
} as const

export type ScenarioName = keyof typeof scenarios

export interface ScenarioOptions {
  /** The same seed, the same deliveries. Random, unless said: then it all happened within the last hour. */
  readonly seed?: Seed
  /** The Clerk instance that they come from. */
  readonly instanceId?: string
}

/**
 * A history that hand-written handlers get wrong, as deliveries in the order of their arrival: what is delivered twice
 * is in the list twice. Sign each with `signedDelivery`, or hand it to `clerkSync.apply`.
 *
 * @example
 * ```ts
 * import { scenario, signedRequest } from '@clerk-sync/testing'
 *
 * declare const POST: (request: Request) => Promise<Response>
 * const secret = process.env['CLERK_WEBHOOK_SIGNING_SECRET'] ?? ''
 * for (const event of scenario('re-sign-up', { seed: 1 })) {
 *   await POST(signedRequest('https://example.com/api/webhooks/clerk', event, { secret }))
 * }
 * ```
 */
export function scenario(name: ScenarioName, { seed, instanceId }: ScenarioOptions = {}): ClerkEvent[] {
  const text = seedText(seed, {})
  const began = seed === undefined ? Date.now() - 3_600_000 : SEEDED_AT
  return SCRIPTS[name](new Cast(text, began, instanceId), new Random(`scenario ${text}`))
}

const SCRIPTS: { readonly [Name in ScenarioName]: (cast: Cast, random: Random) => ClerkEvent[] } = {
  'sign-up': (cast) => [
    cast.created('ada', 0),
    cast.session('ada', 0),
    cast.updated('ada', 1, { last_sign_in_at: cast.session('ada', 0).timestamp }),
  ],
  'session-first': (cast) => [cast.session('ada', 0), cast.created('ada', 0)],
  'phone-only': (cast) => ['ada', 'grace'].map((who, n) => cast.created(who, n, byPhone(n))),
  're-sign-up': (cast) => reSignUp(cast),
  're-sign-up-first'(cast) {
    const [created, deleted, again] = reSignUp(cast)
    return [created, again, deleted].filter((event) => event !== undefined)
  },
  'delete-before-create': (cast) => [cast.deleted('ada', 10), cast.created('ada', 0)],
  late: (cast) => [
    cast.created('ada', 0),
    cast.updated('ada', 10, { last_name: 'King' }),
    cast.updated('ada', 5, { last_name: 'Kign' }),
  ],
  duplicated(cast) {
    const events = [cast.created('ada', 0), cast.updated('ada', 5, { first_name: 'Augusta' })]
    return [...events, ...events]
  },
  'member-first'(cast) {
    const [ada, organization] = founded(cast)
    return [cast.member('created', ada, organization, 2), organization, ada]
  },
  rejoin(cast) {
    const [ada, organization] = founded(cast)
    return [
      ada,
      organization,
      cast.member('created', ada, organization, 2),
      cast.member('deleted', ada, organization, 10),
      cast.member('created', ada, organization, 20, { time: 2 }),
    ]
  },
  invitation(cast) {
    const [ada, organization] = founded(cast)
    const grace = cast.created('grace', 10)
    return [
      ada,
      organization,
      cast.invitation('created', 'grace', 'ada', 2),
      grace,
      cast.invitation('accepted', 'grace', 'ada', 11),
      cast.member('created', grace, organization, 11),
    ]
  },
  'address-moves': (cast) => [
    cast.created('ada', 0),
    cast.created('grace', 1),
    cast.updated('grace', 11, { email_addresses: [{ email_address: cast.email('ada') }] }),
    cast.updated('ada', 10, { email_addresses: [{ email_address: `new.${cast.email('ada')}` }] }),
  ],
  'organization-deleted'(cast) {
    const [ada, organization] = founded(cast)
    const member = cast.member('created', ada, organization, 2)
    return [ada, organization, member, cast.organizationDeleted('ada', 10)]
  },
  shuffled(cast, random) {
    const [ada, organization] = founded(cast)
    const grace = cast.created('grace', 2)
    const married = cast.updated('grace', 10, { last_name: 'Murray' })
    const events = [
      ada,
      organization,
      grace,
      cast.created('alan', 3),
      cast.member('created', ada, organization, 4),
      cast.member('created', grace, organization, 5),
      married,
      cast.member('updated', married, organization, 11, { role: 'org:admin', role_name: 'Admin' }),
      cast.deleted('alan', 12),
    ]
    return random.shuffled([...events, ...events])
  },
}

/** Somebody, and the organization that they made. */
function founded(cast: Cast) {
  return [cast.created('ada', 0), cast.organization('ada', 1)] as const
}

function reSignUp(cast: Cast): ClerkEvent[] {
  const address = { email_addresses: [{ email_address: cast.email('ada') }] }
  return [cast.created('ada', 0, address), cast.deleted('ada', 10), cast.created('ada again', 20, address)]
}

function byPhone(n: number): Json {
  return { email_addresses: [], phone_numbers: [{ phone_number: `+1555555010${n}` }] }
}

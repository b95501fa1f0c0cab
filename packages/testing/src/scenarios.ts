import type { ClerkEvent } from '@clerk-sync/core'
import { clerkEvent } from './clerk-event.ts'
import type { Json } from './objects/json.ts'
import { emailOf, userId } from './objects/user.ts'
import { idOf, Random } from './random.ts'
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

/** Who takes part, and what happens to them when: in minutes since it began. */
class Cast {
  readonly #seed: string
  readonly #began: number
  readonly #instanceId: string | undefined

  constructor(seed: string, began: number, instanceId: string | undefined) {
    this.#seed = seed
    this.#began = began
    this.#instanceId = instanceId
  }

  id(who: string): string {
    return userId(this.#of(who))
  }

  email(who: string): string {
    return emailOf(this.#of(who))
  }

  user(verb: 'created' | 'updated' | 'deleted', who: string, minute: number, data: Json = {}): ClerkEvent {
    const created = verb === 'updated' ? { created_at: this.#at(0) } : {}
    return clerkEvent(`user.${verb}`, { ...(verb === 'deleted' ? {} : created), ...data }, this.#options(who, minute))
  }

  session(who: string, minute: number): ClerkEvent {
    return clerkEvent('session.created', {}, this.#options(who, minute))
  }

  organization(verb: 'created' | 'deleted', who: string, minute: number): ClerkEvent {
    return clerkEvent(`organization.${verb}`, {}, this.#options(who, minute))
  }

  /** In the organization that `of` made. Who joins again has another membership. */
  member(verb: 'created' | 'updated' | 'deleted', who: string, of: string, minute: number, data: Json = {}, time = 1) {
    const belongs = {
      id: idOf('orgmem', `${this.#of(who)} in ${of} ${time}`),
      organization: { id: idOf('org', this.#of(of)) },
      public_user_data: { user_id: this.id(who), identifier: this.email(who) },
    }
    return clerkEvent(`organizationMembership.${verb}`, { ...belongs, ...data }, this.#options(who, minute))
  }

  invitation(verb: 'created' | 'accepted', who: string, of: string, minute: number): ClerkEvent {
    const accepted = verb === 'accepted' ? { user_id: this.id(who) } : {}
    const data = { organization_id: idOf('org', this.#of(of)), email_address: this.email(who), ...accepted }
    return clerkEvent(`organizationInvitation.${verb}`, data, this.#options(who, minute))
  }

  #of(who: string): string {
    return `${this.#seed} ${who}`
  }

  #at(minute: number): number {
    return this.#began + minute * 60_000
  }

  #options(who: string, minute: number) {
    const instance = this.#instanceId === undefined ? {} : { instanceId: this.#instanceId }
    return { seed: this.#of(who), timestamp: this.#at(minute), ...instance }
  }
}

const SCRIPTS: { readonly [Name in ScenarioName]: (cast: Cast, random: Random) => ClerkEvent[] } = {
  'sign-up': (cast) => [
    cast.user('created', 'ada', 0),
    cast.session('ada', 0),
    cast.user('updated', 'ada', 1, { last_sign_in_at: cast.session('ada', 0).timestamp }),
  ],
  'session-first': (cast) => [cast.session('ada', 0), cast.user('created', 'ada', 0)],
  'phone-only': (cast) => ['ada', 'grace'].map((who, n) => cast.user('created', who, n, byPhone(n))),
  're-sign-up': (cast) => reSignUp(cast),
  're-sign-up-first'(cast) {
    const [created, deleted, again] = reSignUp(cast)
    return [created, again, deleted].filter((event) => event !== undefined)
  },
  'delete-before-create': (cast) => [cast.user('deleted', 'ada', 10), cast.user('created', 'ada', 0)],
  late: (cast) => [
    cast.user('created', 'ada', 0),
    cast.user('updated', 'ada', 10, { last_name: 'King' }),
    cast.user('updated', 'ada', 5, { last_name: 'Kign' }),
  ],
  duplicated(cast) {
    const events = [cast.user('created', 'ada', 0), cast.user('updated', 'ada', 5, { first_name: 'Augusta' })]
    return [...events, ...events]
  },
  'member-first': (cast) => [
    cast.member('created', 'ada', 'ada', 2),
    cast.organization('created', 'ada', 1),
    cast.user('created', 'ada', 0),
  ],
  rejoin: (cast) => [
    cast.user('created', 'ada', 0),
    cast.organization('created', 'ada', 1),
    cast.member('created', 'ada', 'ada', 2),
    cast.member('deleted', 'ada', 'ada', 10),
    cast.member('created', 'ada', 'ada', 20, {}, 2),
  ],
  invitation: (cast) => [
    cast.user('created', 'ada', 0),
    cast.organization('created', 'ada', 1),
    cast.invitation('created', 'grace', 'ada', 2),
    cast.user('created', 'grace', 10),
    cast.invitation('accepted', 'grace', 'ada', 11),
    cast.member('created', 'grace', 'ada', 11),
  ],
  'address-moves': (cast) => [
    cast.user('created', 'ada', 0),
    cast.user('created', 'grace', 1),
    cast.user('updated', 'grace', 11, { email_addresses: [{ email_address: cast.email('ada') }] }),
    cast.user('updated', 'ada', 10, { email_addresses: [{ email_address: `new.${cast.email('ada')}` }] }),
  ],
  'organization-deleted': (cast) => [
    cast.user('created', 'ada', 0),
    cast.organization('created', 'ada', 1),
    cast.member('created', 'ada', 'ada', 2),
    cast.organization('deleted', 'ada', 10),
  ],
  shuffled(cast, random) {
    const events = [
      ...['ada', 'grace', 'alan'].map((who, n) => cast.user('created', who, n)),
      cast.organization('created', 'ada', 3),
      ...['ada', 'grace'].map((who, n) => cast.member('created', who, 'ada', 4 + n)),
      cast.user('updated', 'grace', 10, { last_name: 'Murray' }),
      cast.member('updated', 'grace', 'ada', 11, { role: 'org:admin', role_name: 'Admin' }),
      cast.user('deleted', 'alan', 12),
    ]
    return random.shuffled([...events, ...events])
  },
}

function reSignUp(cast: Cast): ClerkEvent[] {
  const address = { email_addresses: [{ email_address: cast.email('ada') }] }
  return [
    cast.user('created', 'ada', 0, address),
    cast.user('deleted', 'ada', 10),
    cast.user('created', 'ada again', 20, address),
  ]
}

function byPhone(n: number): Json {
  return { email_addresses: [], phone_numbers: [{ phone_number: `+1555555010${n}` }] }
}

import { type ClerkObjects, clerkJsonOf, type EntityName } from '../clerk-object.ts'
import { type DeepPartial, isJson } from '../merge.ts'
import type { Json } from '../objects/json.ts'
import { publicUserDataOf } from '../objects/organization-membership.ts'
import { makeUser, type SignUp } from '../objects/user.ts'
import { idOf } from '../random.ts'
import { Collection, type Entry } from './collection.ts'

/** How many to make up, or which. */
export type Rows<Name extends EntityName> = number | readonly DeepPartial<ClerkObjects[Name]>[]

/** What an instance has from the start. Those made by number belong to users and organizations made by number. */
export interface WorldOptions {
  readonly users?: Rows<'user'>
  readonly organizations?: Rows<'organization'>
  readonly memberships?: Rows<'organizationMembership'>
  readonly sessions?: Rows<'session'>
  readonly organizationInvitations?: Rows<'organizationInvitation'>
  readonly organizationDomains?: Rows<'organizationDomain'>
  readonly roles?: Rows<'role'>
  readonly permissions?: Rows<'permission'>
  readonly waitlistEntries?: Rows<'waitlistEntry'>
  /** To the application. */
  readonly invitations?: Rows<'invitation'>
  /** At most one for each user. */
  readonly subscriptions?: Rows<'subscription'>
  readonly subscriptionItems?: Rows<'subscriptionItem'>
  readonly paymentAttempts?: Rows<'paymentAttempt'>
}

export type Kind = keyof WorldOptions

/** Per kind: its entity, the prefix of its ids, and to what one that is made by number belongs. */
export const KINDS = {
  users: { entity: 'user', prefix: 'user', of: 'nobody' },
  organizations: { entity: 'organization', prefix: 'org', of: 'creator' },
  memberships: { entity: 'organizationMembership', prefix: 'orgmem', of: 'both' },
  sessions: { entity: 'session', prefix: 'sess', of: 'user' },
  organizationInvitations: { entity: 'organizationInvitation', prefix: 'orginv', of: 'organization' },
  organizationDomains: { entity: 'organizationDomain', prefix: 'orgdmn', of: 'organization' },
  roles: { entity: 'role', prefix: 'role', of: 'nobody' },
  permissions: { entity: 'permission', prefix: 'perm', of: 'nobody' },
  waitlistEntries: { entity: 'waitlistEntry', prefix: 'wle', of: 'nobody' },
  invitations: { entity: 'invitation', prefix: 'inv', of: 'nobody' },
  subscriptions: { entity: 'subscription', prefix: 'csub', of: 'user' },
  subscriptionItems: { entity: 'subscriptionItem', prefix: 'csub_item', of: 'user' },
  paymentAttempts: { entity: 'paymentAttempt', prefix: 'pa', of: 'user' },
} as const satisfies { [K in Kind]: { entity: EntityName; prefix: string; of: string } }

/** When the first of what is made by number was created, and how long it took until the last, in ms. */
const FIRST = Date.UTC(2024, 5, 1)
const SPAN = 100 * 86_400_000
/** What belongs to others is younger than all of them, in spans and a day. */
const LATER = SPAN + 86_400_000
const AGES = { nobody: 0, creator: 1, user: 2, organization: 2, both: 2 }

/** How a user signed up, by number: of ten, six by e-mail address, three with Google, one by phone. */
const SIGN_UPS = ['email', 'google', 'email', 'email', 'phone', 'email', 'google', 'email', 'email', 'google'] as const

/** All that an instance has. */
export class World {
  readonly #seed: string
  readonly #collections: { readonly [K in Kind]: Collection }

  constructor(seed: string, options: WorldOptions) {
    this.#seed = seed
    const kinds = Object.keys(KINDS) as Kind[]
    const changes = { count: 0 }
    this.#collections = Object.fromEntries(
      kinds.map((kind) => [kind, new Collection((entry) => this.#json(kind, entry), changes)]),
    ) as { [K in Kind]: Collection }
    for (const kind of kinds) this.of(kind).addAll(this.#rows(kind, options[kind] ?? 0))
  }

  of(kind: Kind): Collection {
    return this.#collections[kind]
  }

  /** Those of one organization, or of one user. */
  belonging(kind: Kind, to: { readonly userId?: string; readonly organizationId?: string }): readonly Entry[] {
    return this.of(kind)
      .all()
      .filter(
        (one) =>
          one.userId === (to.userId ?? one.userId) && one.organizationId === (to.organizationId ?? one.organizationId),
      )
  }

  /** The memberships that reads see, by what they belong to: for whom all are asked about. */
  membershipsBy(key: 'userId' | 'organizationId'): (id: string) => readonly Entry[] {
    const groups = Map.groupBy(this.of('memberships').seen(), (one) => one[key])
    return (id) => groups.get(id) ?? []
  }

  *#rows(kind: Kind, rows: number | readonly object[]): Generator<Entry> {
    const { entity, prefix, of } = KINDS[kind]
    if (typeof rows !== 'number') {
      for (const [n, given] of rows.entries()) {
        const { id }: Json = { ...given }
        yield entryOf(clerkJsonOf(entity, given, typeof id === 'string' ? id : this.#seedOf(n), FIRST + n))
      }
      return
    }
    const owners = this.#ownersOf(kind, rows)
    for (let n = 0; n < rows; n++) {
      const createdAt = createdAtOf(n, rows) + AGES[of] * LATER
      yield { id: idOf(prefix, this.#seedOf(n)), createdAt, updatedAt: createdAt + 25, ...owners(n), n }
    }
  }

  /** To whom the nth belongs. */
  #ownersOf(kind: Kind, count: number): (n: number) => Pick<Entry, 'userId' | 'organizationId'> {
    const { of } = KINDS[kind]
    const [users, organizations] = [this.of('users').all(), this.of('organizations').all()]
    const user = (n: number) => users[n % users.length]?.id
    const organization = (n: number) => organizations[n % organizations.length]?.id
    const most = { memberships: users.length * organizations.length, subscriptions: users.length }
    const limit = kind in most ? most[kind as keyof typeof most] : Number.POSITIVE_INFINITY
    if (count > limit) {
      throw new Error(
        `${count} ${kind} are too many for ${users.length} users and ${organizations.length} organizations: ` +
          `there can be ${limit}. Make more of these.`,
      )
    }
    switch (of) {
      case 'both':
        return (n) => ({ userId: user(n), organizationId: organization(n + Math.floor(n / users.length)) })
      case 'user':
      case 'creator':
        return (n) => ({ userId: user(n) })
      case 'organization':
        return (n) => ({ organizationId: organization(n) })
      case 'nobody':
        return () => ({})
    }
  }

  /** The seed of what is made by number. */
  #seedOf(n: number): string {
    return `${this.#seed} ${n}`
  }

  #json(kind: Kind, entry: Entry): Json {
    const json = entry.json ?? this.#made(kind, entry)
    return kind === 'memberships' ? this.#joined(json, entry) : json
  }

  #made(kind: Kind, { createdAt, updatedAt, n, userId, organizationId }: Entry): Json {
    const seed = this.#seedOf(n)
    if (kind === 'users') {
      const signUp: SignUp = SIGN_UPS[n % SIGN_UPS.length] ?? 'email'
      return makeUser({ seed, at: createdAt, updatedAt, n }, signUp)
    }
    const { entity, of } = KINDS[kind]
    const given: Json = {}
    if (of === 'organization') given.organization_id = organizationId
    if (of === 'creator') given.created_by = userId
    if (of === 'user') Object.assign(given, kind === 'sessions' ? { user_id: userId } : { payer: { user_id: userId } })
    if (kind === 'memberships' && n % 5 === 0) Object.assign(given, { role: 'org:admin', role_name: 'Admin' })
    return clerkJsonOf(entity, given, seed, createdAt, updatedAt)
  }

  /** A membership with its user and its organization as they are now. */
  #joined(membership: Json, { userId, organizationId }: Entry): Json {
    const organization = this.of('organizations').get(organizationId ?? '')
    const user = this.of('users').get(userId ?? '')
    return {
      ...membership,
      ...(organization ? { organization: this.of('organizations').json(organization) } : {}),
      ...(user ? { public_user_data: publicUserDataOf(this.of('users').json(user)) } : {}),
    }
  }
}

/** The entry of an object that is kept whole. */
export function entryOf(json: Json): Entry {
  const inside = (name: string, key: string) => (isJson(json[name]) ? json[name][key] : undefined)
  const user = inside('public_user_data', 'user_id') ?? inside('payer', 'user_id') ?? json.user_id
  const organization = inside('organization', 'id') ?? inside('payer', 'organization_id') ?? json.organization_id
  return {
    id: String(json.id),
    createdAt: Number(json.created_at),
    updatedAt: Number(json.updated_at),
    userId: typeof user === 'string' ? user : undefined,
    organizationId: typeof organization === 'string' ? organization : undefined,
    json,
    n: 0,
  }
}

/** Even over the span; every tenth at the same moment as the one before, as imports leave them. */
function createdAtOf(n: number, count: number): number {
  return FIRST + Math.floor(((n % 10 === 9 ? n - 1 : n) * SPAN) / count)
}

import type { ClerkEventData } from '@clerk-sync/core'
import { clerkJsonOf, type EntityName } from '../clerk-object.ts'
import { type DeepPartial, isJson } from '../merge.ts'
import type { Json } from '../objects/json.ts'
import { makeOrganization, organizationId } from '../objects/organization.ts'
import { makeUser, type SignUp, userId } from '../objects/user.ts'
import { idOf } from '../random.ts'
import { Collection, type Entry } from './collection.ts'

/** How many to make up, or which. */
export type Rows<Data> = number | readonly DeepPartial<Data>[]

export interface WorldOptions {
  readonly users?: Rows<ClerkEventData<'user.created'>>
  readonly organizations?: Rows<ClerkEventData<'organization.created'>>
  readonly memberships?: Rows<ClerkEventData<'organizationMembership.created'>>
}

/** When the first of what is made by number was created, and how long it took until the last, in ms. */
const FIRST = Date.UTC(2025, 5, 1)
const SPAN = 200 * 86_400_000
/** Between the creation of the last organization and the first membership, in ms. */
const LATER = 86_400_000

/** How a user signed up, by number: of ten, six by e-mail address, three with Google, one by phone. */
const SIGN_UPS: readonly SignUp[] = [
  'email',
  'google',
  'email',
  'email',
  'phone',
  'email',
  'google',
  'email',
  'email',
  'google',
]

/** All that an instance has. */
export class World {
  readonly seed: string
  readonly users: Collection
  readonly organizations: Collection
  readonly memberships: Collection
  readonly #counts: { readonly users: number; readonly organizations: number }

  constructor(seed: string, { users = 0, organizations = 0, memberships = 0 }: WorldOptions) {
    this.seed = seed
    this.#counts = { users: countOf(users), organizations: countOf(organizations) }
    this.users = new Collection((entry) => this.#user(entry))
    this.organizations = new Collection((entry) => this.#organization(entry))
    this.memberships = new Collection((entry) => this.#membership(entry))
    this.users.addAll(this.#rows(users, 'user', (n) => ({ id: userId(this.seedOf(n)) })))
    this.organizations.addAll(
      this.#rows(organizations, 'organization', (n) => ({ id: organizationId(this.seedOf(n)) })),
    )
    this.memberships.addAll(this.#memberships(memberships))
  }

  /** The seed of what is made by number: a user and an organization of one number are related. */
  seedOf(n: number): string {
    return `${this.seed} ${n}`
  }

  *#rows(rows: Rows<Json>, entity: EntityName, ids: (n: number) => Partial<Entry> & { id: string }): Generator<Entry> {
    if (typeof rows !== 'number') {
      for (const [n, given] of rows.entries()) yield entryOf(clerkJsonOf(entity, given, this.seedOf(n), FIRST + n))
      return
    }
    for (let n = 0; n < rows; n++) {
      const createdAt = createdAtOf(n, rows)
      yield { ...ids(n), createdAt, updatedAt: createdAt + 25, n }
    }
  }

  *#memberships(rows: Rows<Json>): Generator<Entry> {
    if (typeof rows !== 'number') {
      yield* this.#rows(rows, 'organizationMembership', () => ({ id: '' }))
      return
    }
    const { users, organizations } = this.#counts
    if (rows > users * organizations) {
      throw new Error(`${rows} memberships need more than ${users} users and ${organizations} organizations.`)
    }
    for (let n = 0; n < rows; n++) {
      const createdAt = createdAtOf(n, rows) + SPAN + LATER
      yield {
        id: idOf('orgmem', this.seedOf(n)),
        createdAt,
        updatedAt: createdAt + 25,
        userId: this.users.all()[n % users]?.id,
        organizationId: this.organizations.all()[(n + Math.floor(n / users)) % organizations]?.id,
        n,
      }
    }
  }

  #user({ json, createdAt: at, updatedAt, n }: Entry): Json {
    return json ?? makeUser({ seed: this.seedOf(n), at, updatedAt, n }, SIGN_UPS[n % SIGN_UPS.length])
  }

  #organization(entry: Entry): Json {
    const { json, createdAt: at, updatedAt, n } = entry
    if (json) return json
    const creator = this.#counts.users > 0 ? userId(this.seedOf(n % this.#counts.users)) : undefined
    const made = makeOrganization({ seed: this.seedOf(n), at, updatedAt })
    return creator === undefined ? made : { ...made, created_by: creator }
  }

  /** With its user and its organization as they are now. */
  #membership(entry: Entry): Json {
    const { json, createdAt: at, updatedAt, n } = entry
    const made = json ?? {
      ...clerkJsonOf('organizationMembership', {}, this.seedOf(n), at),
      role: n % 5 === 0 ? 'org:admin' : 'org:member',
      role_name: n % 5 === 0 ? 'Admin' : 'Member',
      created_at: at,
      updated_at: updatedAt,
    }
    const organization = this.organizations.get(entry.organizationId ?? '')
    const user = this.users.get(entry.userId ?? '')
    return {
      ...made,
      ...(organization ? { organization: this.organizations.json(organization) } : {}),
      ...(user ? { public_user_data: publicUserData(this.users.json(user)) } : {}),
    }
  }
}

/** The entry of an object that is kept whole. */
export function entryOf(json: Json): Entry {
  const { id, created_at: createdAt, updated_at: updatedAt } = json
  const organization = isJson(json.organization) ? json.organization.id : json.organization_id
  const user = isJson(json.public_user_data) ? json.public_user_data.user_id : json.user_id
  return {
    id: String(id),
    createdAt: Number(createdAt),
    updatedAt: Number(updatedAt),
    userId: textOf(user),
    organizationId: textOf(organization),
    json,
    n: 0,
  }
}

function publicUserData(user: Json): Json {
  return {
    user_id: user.id,
    identifier: primaryOf(user, 'email_address') ?? primaryOf(user, 'phone_number') ?? user.username,
    first_name: user.first_name,
    last_name: user.last_name,
    image_url: user.image_url,
    profile_image_url: user.image_url,
    has_image: user.has_image,
  }
}

/** A user's primary e-mail address or phone number. */
export function primaryOf(user: Json, kind: 'email_address' | 'phone_number'): string | null {
  const list = user[kind === 'email_address' ? 'email_addresses' : 'phone_numbers']
  const primary = Array.isArray(list) ? list.find((one) => one.id === user[`primary_${kind}_id`]) : undefined
  return textOf(primary?.[kind]) ?? null
}

function countOf(rows: number | readonly unknown[]): number {
  return typeof rows === 'number' ? rows : rows.length
}

/** Even over the span; every tenth at the same moment as the one before, as imports leave them. */
function createdAtOf(n: number, count: number): number {
  return FIRST + Math.floor(((n % 10 === 9 ? n - 1 : n) * SPAN) / count)
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

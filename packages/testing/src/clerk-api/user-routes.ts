import type { Json } from '../objects/json.ts'
import { primaryOf, valuesIn } from '../objects/primary.ts'
import { invalid, Refused } from './answer.ts'
import { mergedMetadata, replacedMetadata } from './metadata.ts'
import { select } from './query.ts'
import { deleted, find, type Instance, listOf, ok, type Route, route, take } from './routes.ts'
import { USER_ORDERS, userFilters, userValue } from './user-filters.ts'

const UPDATABLE = [
  'external_id',
  'first_name',
  'last_name',
  'locale',
  'username',
  'public_metadata',
  'private_metadata',
  'unsafe_metadata',
  'delete_self_enabled',
  'create_organization_enabled',
  'create_organizations_limit',
  'primary_email_address_id',
  'primary_phone_number_id',
  'primary_web3_wallet_id',
  'banned',
  'locked',
]
const METADATA = ['public_metadata', 'private_metadata', 'unsafe_metadata']

export function userRoutes({ world, changes }: Instance): Route[] {
  const users = world.of('users')
  const there = (id: string) => find(users, 'user', id)
  const update = (id: string, change: Json) => ok(changes.users.applyUpdate(there(id).id, change).json)

  return [
    route('GET', '/users', (request) =>
      listOf(users, request, {
        shape: 'array',
        orders: USER_ORDERS,
        filters: userFilters(world, request.query),
        sortValue: (entry, property) => userValue(users.json(entry), property),
      }),
    ),
    route('POST', '/users', ({ body }) => {
      const user = newUser(body)
      refuseTaken(user)
      return ok(changes.users.applyCreate(user).json)
    }),
    route('GET', '/users/count', ({ query }) => {
      const counted = new URLSearchParams(query)
      for (const name of ['order_by', 'starting_after', 'limit', 'offset']) counted.delete(name)
      const { total } = select(users, counted, ['created_at'], userFilters(world, counted), () => null)
      return ok({ object: 'total_count', total_count: total })
    }),
    route('GET', '/users/:id', (_, id) => ok(users.json(there(id)))),
    route('PATCH', '/users/:id', ({ body }, id) => {
      const change = take(body, UPDATABLE)
      refuseTaken(change, there(id).id)
      return update(id, change)
    }),
    route('DELETE', '/users/:id', (_, id) => deleted(changes.users.applyDelete(there(id).id).json)),
    route('PATCH', '/users/:id/metadata', ({ body }, id) =>
      update(id, mergedMetadata(users.json(there(id)), body, METADATA)),
    ),
    route('PUT', '/users/:id/metadata', ({ body }, id) => update(id, replacedMetadata(body, METADATA))),
    route('POST', '/users/:id/ban', (_, id) => update(id, { banned: true })),
    route('POST', '/users/:id/unban', (_, id) => update(id, { banned: false })),
    route('POST', '/users/:id/lock', (_, id) => update(id, { locked: true })),
    route('POST', '/users/:id/unlock', (_, id) => update(id, { locked: false })),
    route('GET', '/users/:id/organization_memberships', (request, id) => {
      there(id)
      return listOf(world.of('memberships'), request, { filters: [({ userId }) => userId === id] })
    }),
    route('GET', '/users/:id/organization_invitations', (request, id) => {
      const address = primaryOf(users.json(there(id)), 'email_address')
      const invitations = world.of('organizationInvitations')
      return listOf(invitations, request, { filters: [(entry) => invitations.json(entry).email_address === address] })
    }),
  ]

  /** Addresses, phone numbers, names and external ids are unique in an instance. */
  function refuseTaken(given: Json, ownId?: string): void {
    const wanted = identifiersOf(given)
    if (wanted.length === 0) return
    const others = users.all().filter(({ id }) => id !== ownId)
    const taken = new Set(others.flatMap((entry) => identifiersOf(users.json(entry)).map(String)))
    const clash = wanted.find((identifier) => taken.has(String(identifier)))
    if (!clash) return
    const [parameter] = clash
    const message = `That ${parameter.replaceAll('_', ' ')} is taken. Please try another.`
    throw new Refused(422, 'form_identifier_exists', message, message, { param_name: parameter })
  }
}

/** A user from the parameters of `POST /users`. */
function newUser(body: Json): Json {
  const user = take(body, UPDATABLE)
  for (const [name, list] of [
    ['email_address', 'email_addresses'],
    ['phone_number', 'phone_numbers'],
    ['web3_wallet', 'web3_wallets'],
  ] as const) {
    const values: unknown = body[name] ?? []
    if (!Array.isArray(values)) throw invalid(name, `${name} must be a list.`)
    // Clerk keeps addresses in lower case.
    user[list] = values.map((value) => ({ [name]: name === 'email_address' ? String(value).toLowerCase() : value }))
  }
  const createdAt = body.created_at === undefined ? Number.NaN : Date.parse(String(body.created_at))
  const unnamed = { first_name: null, last_name: null, password_enabled: body.password !== undefined }
  return { ...unnamed, ...user, ...(Number.isNaN(createdAt) ? {} : { created_at: createdAt }) }
}

/** Parameters with their values. */
function identifiersOf(user: Json): (readonly [parameter: string, value: string])[] {
  const of = (parameter: string, values: readonly unknown[]) =>
    values.flatMap((value) => (typeof value === 'string' ? [[parameter, value] as const] : []))
  const addresses = valuesIn(user, 'email_addresses', 'email_address')
  return [
    ...of(
      'email_address',
      addresses.map((address) => address.toLowerCase()),
    ),
    ...of('phone_number', valuesIn(user, 'phone_numbers', 'phone_number')),
    ...of('web3_wallet', valuesIn(user, 'web3_wallets', 'web3_wallet')),
    ...of('username', [user.username]),
    ...of('external_id', [user.external_id]),
  ]
}

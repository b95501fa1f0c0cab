import type { Json } from '../objects/json.ts'
import type { Entry } from './collection.ts'
import { between, contains, type Filter, includes, select } from './query.ts'
import { type ApiRequest, listOf, ok, oneOf, type Route, route } from './routes.ts'
import { primaryOf, type World } from './world.ts'

const ORDERS = [
  'created_at',
  'updated_at',
  'email_address',
  'web3wallet',
  'first_name',
  'last_name',
  'phone_number',
  'username',
  'last_active_at',
  'last_sign_in_at',
]

export function userRoutes(world: World): Route[] {
  const { users, memberships } = world
  const json = (entry: Entry) => users.json(entry)
  const field = (name: string) => (entry: Entry) => json(entry)[name] as string | null | undefined
  const time = (name: string) => (entry: Entry) => {
    const value = name === 'created_at' ? entry.createdAt : json(entry)[name]
    return typeof value === 'number' ? value : null
  }

  const filters = (query: URLSearchParams): (Filter | undefined)[] => [
    includes(query, 'user_id', ({ id }) => [id]),
    includes(query, 'email_address', (entry) => valuesIn(json(entry), 'email_addresses', 'email_address')),
    includes(query, 'phone_number', (entry) => valuesIn(json(entry), 'phone_numbers', 'phone_number')),
    includes(query, 'web3_wallet', (entry) => valuesIn(json(entry), 'web3_wallets', 'web3_wallet')),
    includes(query, 'external_id', (entry) => [field('external_id')(entry)]),
    includes(query, 'username', (entry) => [field('username')(entry)]),
    includes(query, 'organization_id', ({ id }) => organizationsOf(id)),
    contains(query, 'query', (entry) => textsOf(json(entry))),
    contains(query, 'email_address_query', (entry) => valuesIn(json(entry), 'email_addresses', 'email_address')),
    contains(query, 'phone_number_query', (entry) => valuesIn(json(entry), 'phone_numbers', 'phone_number')),
    contains(query, 'username_query', (entry) => [field('username')(entry)]),
    contains(query, 'name_query', (entry) => [fullName(json(entry))]),
    query.has('banned') ? (entry) => String(json(entry).banned) === query.get('banned') : undefined,
    ...['created_at', 'last_active_at', 'last_sign_in_at'].map((name) => between(query, name, time(name))),
  ]

  const organizationsOf = (userId: string) =>
    memberships.all().flatMap((one) => (one.userId === userId ? [one.organizationId] : []))

  const sortValue = (entry: Entry, property: string): string | number | null => {
    if (property === 'updated_at') return entry.updatedAt
    if (property === 'email_address' || property === 'phone_number') return primaryOf(json(entry), property)
    const value =
      property === 'web3wallet' ? valuesIn(json(entry), 'web3_wallets', 'web3_wallet')[0] : json(entry)[property]
    return typeof value === 'string' || typeof value === 'number' ? value : null
  }

  return [
    route('GET', '/users', (request) => listOf(users, request, 'array', ORDERS, filters(request.query), sortValue)),
    route('GET', '/users/count', ({ query }) => {
      const counted = new URLSearchParams(query)
      for (const name of ['order_by', 'starting_after', 'limit', 'offset']) counted.delete(name)
      return ok({ object: 'total_count', total_count: select(users, counted, ORDERS, filters(counted)).total })
    }),
    route('GET', '/users/:id', (_, id) => oneOf(users, 'user', id)),
    route('GET', '/users/:id/organization_memberships', (request: ApiRequest, id) => {
      oneOf(users, 'user', id)
      return listOf(memberships, request, 'page', ['created_at'], [({ userId }) => userId === id])
    }),
  ]
}

function valuesIn(user: Json, list: string, key: string): string[] {
  const values: Json[] = Array.isArray(user[list]) ? user[list] : []
  return values.flatMap((one) => (typeof one[key] === 'string' ? [one[key]] : []))
}

function fullName(user: Json): string {
  return [user.first_name, user.last_name].filter((name) => typeof name === 'string').join(' ')
}

function textsOf(user: Json): string[] {
  return [
    String(user.id),
    ...valuesIn(user, 'email_addresses', 'email_address'),
    ...valuesIn(user, 'phone_numbers', 'phone_number'),
    ...valuesIn(user, 'web3_wallets', 'web3_wallet'),
    typeof user.username === 'string' ? user.username : '',
    fullName(user),
  ]
}

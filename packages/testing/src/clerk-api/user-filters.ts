import type { Json } from '../objects/json.ts'
import { primaryOf, valuesIn } from '../objects/primary.ts'
import type { Entry } from './collection.ts'
import { between, contains, type Filter, oneOf, oneOfSigned } from './query.ts'
import type { World } from './world.ts'

export const USER_ORDERS = [
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

/** What a list of users, and their count, can be narrowed down by. */
export function userFilters(world: World, query: URLSearchParams): (Filter | undefined)[] {
  const json = (entry: Entry) => world.of('users').json(entry)
  const emails = (entry: Entry) => valuesIn(json(entry), 'email_addresses', 'email_address')
  const phones = (entry: Entry) => valuesIn(json(entry), 'phone_numbers', 'phone_number')
  const wallets = (entry: Entry) => valuesIn(json(entry), 'web3_wallets', 'web3_wallet')
  const text = (name: string) => (entry: Entry) => [json(entry)[name]].filter((value) => typeof value === 'string')
  const names = (entry: Entry) => [[...text('first_name')(entry), ...text('last_name')(entry)].join(' ')]
  const time = (name: string) => (entry: Entry) => {
    const value = json(entry)[name]
    return typeof value === 'number' ? value : null
  }
  const membershipsOf = query.has('organization_id') ? world.membershipsBy('userId') : () => []
  const organizations = ({ id }: Entry) => membershipsOf(id).map(({ organizationId }) => organizationId)

  return [
    oneOfSigned(query, 'user_id', ({ id }) => [id]),
    oneOf(query, 'email_address', emails),
    oneOf(query, 'phone_number', phones),
    oneOf(query, 'web3_wallet', wallets),
    oneOfSigned(query, 'external_id', text('external_id')),
    oneOf(query, 'username', text('username')),
    oneOfSigned(query, 'organization_id', organizations),
    contains(query, 'query', (entry) => [
      entry.id,
      ...emails(entry),
      ...phones(entry),
      ...wallets(entry),
      ...text('username')(entry),
      ...names(entry),
    ]),
    contains(query, 'email_address_query', emails),
    contains(query, 'phone_number_query', phones),
    contains(query, 'username_query', text('username')),
    contains(query, 'name_query', names),
    query.has('banned') ? (entry) => String(json(entry).banned) === query.get('banned') : undefined,
    query.has('provider') ? (entry) => hasAccount(json(entry), query) : undefined,
    between(query, 'created_at', ({ createdAt }) => createdAt),
    between(query, 'last_active_at', time('last_active_at')),
    between(query, 'last_sign_in_at', time('last_sign_in_at')),
  ]
}

/** What users are sorted by. */
export function userValue(user: Json, property: string): string | number | null {
  if (property === 'email_address' || property === 'phone_number') return primaryOf(user, property)
  const value = property === 'web3wallet' ? valuesIn(user, 'web3_wallets', 'web3_wallet')[0] : user[property]
  return typeof value === 'string' || typeof value === 'number' ? value : null
}

function hasAccount(user: Json, query: URLSearchParams): boolean {
  const accounts: readonly Json[] = Array.isArray(user.external_accounts) ? user.external_accounts : []
  const ids = query.getAll('provider_user_id')
  return accounts.some(
    ({ provider, provider_user_id: id }) => provider === query.get('provider') && ids.includes(String(id)),
  )
}

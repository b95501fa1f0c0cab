import type { Json } from '../objects/json.ts'
import { notFound, Refused } from './answer.ts'
import type { Entry } from './collection.ts'
import { mergedMetadata, replacedMetadata } from './metadata.ts'
import { contains, oneOf, oneOfSigned } from './query.ts'
import { deleted, type Instance, listOf, ok, type Route, requiredText, route, take } from './routes.ts'
import { userFilters } from './user-filters.ts'

const UPDATABLE = [
  'name',
  'slug',
  'max_allowed_memberships',
  'admin_delete_enabled',
  'public_metadata',
  'private_metadata',
]
const METADATA = ['public_metadata', 'private_metadata']
const ADMIN = { role: 'org:admin', role_name: 'Admin' }

export function organizationRoutes({ world, changes }: Instance): Route[] {
  const organizations = world.of('organizations')
  const update = (id: string, change: Json) =>
    ok(withoutCount(changes.organizations.applyUpdate(find(id).id, change).json))

  return [
    route('GET', '/organizations', (request) => {
      const membersOf = world.membershipsBy('organizationId')
      return listOf(organizations, request, {
        orders: ['name', 'members_count'],
        filters: [
          oneOfSigned(request.query, 'organization_id', ({ id }) => [id]),
          oneOfSigned(request.query, 'user_id', ({ id }) => membersOf(id).map(({ userId }) => userId)),
          matching(request.query),
        ],
        sortValue: (entry, property) =>
          property === 'members_count' ? membersOf(entry.id).length : String(organizations.json(entry).name),
        show: (json) => shown(json, request.query, membersOf),
      })
    }),
    route('POST', '/organizations', ({ body }) => {
      const given = { ...take(body, [...UPDATABLE, 'created_by']), name: requiredText(body, 'name') }
      const creator = typeof body.created_by === 'string' ? body.created_by : undefined
      if (creator !== undefined && !world.of('users').visible(creator)) throw notFound('user', creator)
      const { json } = changes.organizations.applyCreate(given)
      if (creator !== undefined) {
        changes.memberships.applyCreate({
          ...ADMIN,
          organization: { id: json.id },
          public_user_data: { user_id: creator },
        })
      }
      return ok(withoutCount(json))
    }),
    route('GET', '/organizations/:id', ({ query }, id) =>
      ok(shown(organizations.json(find(id)), query, world.membershipsBy('organizationId'))),
    ),
    route('PATCH', '/organizations/:id', ({ body }, id) => update(id, take(body, UPDATABLE))),
    route('DELETE', '/organizations/:id', (_, id) => deleted(changes.organizations.applyDelete(find(id).id).json)),
    route('PATCH', '/organizations/:id/metadata', ({ body }, id) =>
      update(id, mergedMetadata(organizations.json(find(id)), body, METADATA)),
    ),
    route('PUT', '/organizations/:id/metadata', ({ body }, id) => update(id, replacedMetadata(body, METADATA))),
  ]

  function find(idOrSlug: string): Entry {
    const bySlug = () => organizations.seen().find((entry) => organizations.json(entry).slug === idOrSlug)
    const entry = organizations.visible(idOrSlug) ?? (idOrSlug.startsWith('org_') ? undefined : bySlug())
    if (!entry) throw notFound('organization', idOrSlug)
    return entry
  }

  /** An id exactly, a name or a slug in part. */
  function matching(query: URLSearchParams) {
    const text = query.get('query')
    return contains(query, 'query', (entry) => {
      const { name, slug } = organizations.json(entry)
      return [String(name), String(slug), entry.id === text ? entry.id : null]
    })
  }

  function shown(organization: Json, query: URLSearchParams, membersOf: (id: string) => readonly Entry[]): Json {
    if (query.get('include_members_count') !== 'true') return withoutCount(organization)
    return { ...organization, members_count: membersOf(String(organization.id)).length }
  }
}

/** It is counted only where that is asked for. */
function withoutCount({ members_count: _, ...organization }: Json): Json {
  return organization
}

const MEMBER_ORDERS = ['phone_number', 'email_address', 'first_name', 'last_name', 'username']

export function membershipRoutes({ world, changes }: Instance): Route[] {
  const memberships = world.of('memberships')
  const users = world.of('users')
  const show = (json: Json) => ({ ...json, organization: withoutCount(json.organization as Json) })
  const userOf = ({ userId = '' }: Entry) => users.get(userId)

  return [
    // Of the whole instance: no filter narrows it down.
    route('GET', '/organization_memberships', (request) => listOf(memberships, request, { show })),
    route('GET', '/organizations/:id/memberships', (request, id) => {
      organization(id)
      const ofUsers = userFilters(world, request.query).filter((filter) => filter !== undefined)
      return listOf(memberships, request, {
        orders: MEMBER_ORDERS,
        filters: [
          ({ organizationId }) => organizationId === id,
          oneOf(request.query, 'role', (entry) => [String(memberships.json(entry).role)]),
          ...ofUsers.map((filter) => (entry: Entry) => {
            const user = userOf(entry)
            return user !== undefined && filter(user)
          }),
        ],
        sortValue: (entry, property) => {
          const data = memberships.json(entry).public_user_data as Json
          return String(property in data ? data[property] : data.identifier)
        },
        show,
      })
    }),
    route('POST', '/organizations/:id/memberships', ({ body }, id) => {
      organization(id)
      const userId = requiredText(body, 'user_id')
      if (!users.visible(userId)) throw notFound('user', userId)
      if (world.belonging('memberships', { organizationId: id, userId }).length > 0) {
        const why = `${userId} is already a member of the organization ${id}.`
        throw new Refused(400, 'already_a_member_in_organization', 'already a member', why)
      }
      const given = { ...take(body, METADATA), role: requiredText(body, 'role'), role_name: roleName(body) }
      const belongs = { organization: { id }, public_user_data: { user_id: userId } }
      return ok(show(changes.memberships.applyCreate({ ...given, ...belongs }).json))
    }),
    route('PATCH', '/organizations/:id/memberships/:user', ({ body }, id, userId = '') =>
      ok(
        show(
          changes.memberships.applyUpdate(member(id, userId).id, {
            role: requiredText(body, 'role'),
            role_name: roleName(body),
          }).json,
        ),
      ),
    ),
    route('PATCH', '/organizations/:id/memberships/:user/metadata', ({ body }, id, userId = '') => {
      const entry = member(id, userId)
      const metadata = mergedMetadata(memberships.json(entry), body, METADATA)
      return ok(show(changes.memberships.applyUpdate(entry.id, metadata).json))
    }),
    route('DELETE', '/organizations/:id/memberships/:user', (_, id, userId = '') =>
      ok(show(changes.memberships.applyDelete(member(id, userId).id).json)),
    ),
  ]

  function organization(id: string): void {
    if (!world.of('organizations').visible(id)) throw notFound('organization', id)
  }

  function member(organizationId: string, userId: string): Entry {
    const [entry] = world.belonging('memberships', { organizationId, userId })
    if (!entry) throw notFound('organization membership', userId)
    return entry
  }
}

/** `org:billing_manager` is shown as "Billing manager". */
function roleName(body: Json): string {
  const words = String(body.role).replace(/^org:/, '').replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

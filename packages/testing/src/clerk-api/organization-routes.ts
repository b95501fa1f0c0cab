import type { Json } from '../objects/json.ts'
import { notFound } from './answer.ts'
import type { Entry } from './collection.ts'
import { contains, includes } from './query.ts'
import { listOf, ok, type Route, route } from './routes.ts'
import type { World } from './world.ts'

export function organizationRoutes(world: World): Route[] {
  const { organizations, memberships } = world
  const membersOf = (id: string) => memberships.all().filter(({ organizationId }) => organizationId === id)
  const texts = (entry: Entry) => [
    entry.id,
    String(organizations.json(entry).name),
    String(organizations.json(entry).slug),
  ]

  const find = (idOrSlug: string): Entry => {
    const entry =
      organizations.visible(idOrSlug) ?? organizations.all().find((one) => organizations.json(one).slug === idOrSlug)
    if (!entry) throw notFound('organization', idOrSlug)
    return entry
  }
  const role = (entry: Entry) => [String(memberships.json(entry).role)]
  const identifiers = (entry: Entry) => {
    const data = memberships.json(entry).public_user_data as Json
    return [String(data.identifier), String(data.first_name), String(data.last_name), String(data.user_id)]
  }

  return [
    route('GET', '/organizations', (request) =>
      listOf(
        organizations,
        request,
        'page',
        ['created_at', 'name', 'members_count'],
        [
          includes(request.query, 'organization_id', ({ id }) => [id]),
          includes(request.query, 'user_id', ({ id }) => membersOf(id).map(({ userId }) => userId)),
          contains(request.query, 'query', texts),
        ],
        (entry, property) =>
          property === 'members_count' ? membersOf(entry.id).length : String(organizations.json(entry)[property]),
      ),
    ),
    route('GET', '/organizations/:id', (_, id) => ok(organizations.json(find(id)))),
    route('GET', '/organizations/:id/memberships', (request, id) => {
      const organization = find(id)
      return listOf(
        memberships,
        request,
        'page',
        ['created_at', 'email_address', 'phone_number', 'first_name', 'last_name', 'username'],
        [
          ({ organizationId }) => organizationId === organization.id,
          includes(request.query, 'user_id', ({ userId }) => [userId]),
          includes(request.query, 'role', role),
          includes(request.query, 'email_address', (entry) => identifiers(entry).slice(0, 1)),
          contains(request.query, 'query', identifiers),
        ],
        (entry, property) => {
          const data = memberships.json(entry).public_user_data as Json
          const value = property in data ? data[property] : data.identifier
          return typeof value === 'string' ? value : null
        },
      )
    }),
    // Of the whole instance; it takes no filter.
    route('GET', '/organization_memberships', (request) => listOf(memberships, request, 'page', ['created_at'])),
  ]
}

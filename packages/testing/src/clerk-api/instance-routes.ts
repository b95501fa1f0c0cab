import type { Json } from '../objects/json.ts'
import { invalid, Refused } from './answer.ts'
import { contains, oneOf } from './query.ts'
import { deleted, find, type Instance, listOf, ok, type Route, requiredText, route, take } from './routes.ts'

/** Sessions: only those of a user or a client, and no list of all. */
export function sessionRoutes({ world, changes }: Instance): Route[] {
  const sessions = world.of('sessions')
  return [
    route('GET', '/sessions', (request) => {
      const { query } = request
      const [user, client] = [query.get('user_id'), query.get('client_id')]
      if (!user && !client) throw invalid('user_id', 'Either user_id or client_id must be given.')
      return listOf(sessions, request, {
        shape: 'asked',
        filters: [
          user ? ({ userId }) => userId === user : undefined,
          client ? (entry) => sessions.json(entry).client_id === client : undefined,
          oneOf(query, 'status', (entry) => [String(sessions.json(entry).status)]),
        ],
        show: withoutUser,
      })
    }),
    route('POST', '/sessions', ({ body }) => {
      const user = find(world.of('users'), 'user', requiredText(body, 'user_id'))
      const given = { user_id: user.id, user: world.of('users').json(user) }
      return ok(withoutUser(changes.sessions.applyCreate(given).json))
    }),
    route('GET', '/sessions/:id', (_, id) => ok(withoutUser(sessions.json(find(sessions, 'session', id))))),
    route('POST', '/sessions/:id/revoke', (_, id) =>
      ok(withoutUser(changes.sessions.applyUpdate(find(sessions, 'session', id).id, { status: 'revoked' }).json)),
    ),
  ]
}

/** The user is in a session's events, and not in the API. */
function withoutUser({ user: _, ...session }: Json): Json {
  return session
}

/** Roles and permissions. */
export function accessRoutes({ world, changes }: Instance): Route[] {
  return (['roles', 'permissions'] as const).flatMap((kind) => {
    const [path, what] = [`/organization_${kind}`, `organization ${kind.slice(0, -1)}`]
    const collection = world.of(kind)
    const names = ['name', 'key', 'description']
    return [
      route('GET', path, (request) =>
        listOf(collection, request, {
          orders: ['name', 'key'],
          filters: [
            contains(request.query, 'query', (entry) => {
              const { name, key } = collection.json(entry)
              return [String(name), String(key), entry.id === request.query.get('query') ? entry.id : null]
            }),
          ],
        }),
      ),
      route('POST', path, ({ body }) => {
        const given = { ...take(body, names), name: requiredText(body, 'name'), key: requiredText(body, 'key') }
        return ok(changes[kind].applyCreate({ ...given, ...permissionsOf(body) }).json)
      }),
      route('GET', `${path}/:id`, (_, id) => ok(collection.json(find(collection, what, id)))),
      route('PATCH', `${path}/:id`, ({ body }, id) => {
        const given = { ...take(body, names), ...permissionsOf(body) }
        return ok(changes[kind].applyUpdate(find(collection, what, id).id, given).json)
      }),
      route('DELETE', `${path}/:id`, (_, id) => deleted(changes[kind].applyDelete(find(collection, what, id).id).json)),
    ]
  })

  /** They are named by their ids, and shown whole. */
  function permissionsOf({ permissions: ids }: Json): Json {
    if (!Array.isArray(ids)) return {}
    const permissions = world.of('permissions')
    return { permissions: ids.map((id) => permissions.json(find(permissions, 'organization permission', String(id)))) }
  }
}

/** The waitlist, and invitations to the application. */
export function invitationRoutes({ world, changes }: Instance): Route[] {
  const waitlist = world.of('waitlistEntries')
  const invitations = world.of('invitations')
  const waiting = (id: string) => find(waitlist, 'waitlist entry', id)
  const address = (json: Json) => [String(json.id), String(json.email_address)]
  const setStatus = (id: string, status: string, more: Json = {}) =>
    ok(changes.waitlistEntries.applyUpdate(waiting(id).id, { status, ...more }).json)

  return [
    route('GET', '/waitlist_entries', (request) =>
      listOf(waitlist, request, {
        orders: ['email_address', 'invited_at'],
        filters: [
          oneOf(request.query, 'status', (entry) => [String(waitlist.json(entry).status)]),
          contains(request.query, 'query', (entry) => address(waitlist.json(entry))),
        ],
      }),
    ),
    route('POST', '/waitlist_entries', ({ body }) => {
      const email = requiredText(body, 'email_address')
      const known = waitlist.all().find((entry) => waitlist.json(entry).email_address === email)
      return ok(known ? waitlist.json(known) : changes.waitlistEntries.applyCreate({ email_address: email }).json)
    }),
    route('DELETE', '/waitlist_entries/:id', (_, id) => {
      if (waitlist.json(waiting(id)).status !== 'pending') {
        throw new Refused(409, 'waitlist_entry_not_pending', 'not pending', `The waitlist entry ${id} is not pending.`)
      }
      return deleted(changes.waitlistEntries.applyDelete(id).json)
    }),
    route('POST', '/waitlist_entries/:id/invite', (_, id) => {
      const { email_address } = waitlist.json(waiting(id))
      const { json: invitation } = changes.invitations.applyCreate({ email_address })
      return setStatus(id, 'invited', { invitation })
    }),
    route('POST', '/waitlist_entries/:id/reject', (_, id) => setStatus(id, 'rejected')),
    route('GET', '/invitations', (request) => {
      const { query } = request
      const status = (json: Json) => String(json.status)
      return listOf(invitations, request, {
        shape: 'asked',
        orders: ['email_address'],
        filters: [
          query.has('status')
            ? oneOf(query, 'status', (entry) => [status(invitations.json(entry))])
            : (entry) => status(invitations.json(entry)) !== 'revoked',
          contains(query, 'query', (entry) => address(invitations.json(entry))),
        ],
      })
    }),
    route('POST', '/invitations', ({ body }) => {
      const given = { ...take(body, ['public_metadata']), email_address: requiredText(body, 'email_address') }
      return ok(changes.invitations.applyCreate(given).json)
    }),
    route('POST', '/invitations/:id/revoke', (_, id) => {
      const { id: found } = find(invitations, 'invitation', id)
      return ok(changes.invitations.applyUpdate(found, { status: 'revoked', revoked: true }).json)
    }),
  ]
}

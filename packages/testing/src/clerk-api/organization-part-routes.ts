import type { Json } from '../objects/json.ts'
import { contains, type Filter, oneOf } from './query.ts'
import { deleted, find, type Instance, listOf, ok, type Route, requiredText, route, take } from './routes.ts'

const INVITATION = ['role', 'public_metadata', 'private_metadata']

/** Invitations to organizations, and their domains: of the whole instance, and of one organization. */
export function organizationPartRoutes({ world, changes }: Instance): Route[] {
  const organizations = world.of('organizations')
  const invitations = world.of('organizationInvitations')
  const domains = world.of('organizationDomains')
  const there = (id: string) => find(organizations, 'organization', id)
  const ofOrganization =
    (id: string): Filter =>
    ({ organizationId }) =>
      organizationId === id

  const invitationsOf = (query: URLSearchParams) => ({
    orders: ['email_address'],
    filters: [
      oneOf(query, 'status', (entry) => [String(invitations.json(entry).status)]),
      oneOf(query, 'email_address', (entry) => [String(invitations.json(entry).email_address)]),
      contains(query, 'query', (entry) => [entry.id, String(invitations.json(entry).email_address)]),
    ],
  })
  const domainsOf = (query: URLSearchParams) => ({
    orders: ['name'],
    filters: [
      oneOf(query, 'organization_id', ({ organizationId }) => [organizationId]),
      oneOf(query, 'verified', (entry) => [String(isVerified(domains.json(entry)))]),
      oneOf(query, 'enrollment_mode', (entry) => [String(domains.json(entry).enrollment_mode)]),
      oneOf(query, 'domains', (entry) => [String(domains.json(entry).name)]),
      contains(query, 'query', (entry) => [String(domains.json(entry).name), entry.organizationId]),
    ],
    show: shownDomain,
  })

  return [
    route('GET', '/organization_invitations', (request) => listOf(invitations, request, invitationsOf(request.query))),
    route('GET', '/organizations/:id/invitations', (request, id) => {
      there(id)
      const options = invitationsOf(request.query)
      return listOf(invitations, request, { ...options, filters: [ofOrganization(id), ...options.filters] })
    }),
    route('POST', '/organizations/:id/invitations', ({ body }, id) => {
      const given = { organization_id: there(id).id, email_address: requiredText(body, 'email_address') }
      requiredText(body, 'role')
      return ok(changes.organizationInvitations.applyCreate({ ...given, ...take(body, INVITATION) }).json)
    }),
    route('GET', '/organizations/:id/invitations/:invitation', (_, id, invitation = '') =>
      ok(invitations.json(find(invitations, 'organization invitation', invitation, id))),
    ),
    route('POST', '/organizations/:id/invitations/:invitation/revoke', (_, id, invitation = '') => {
      const entry = find(invitations, 'organization invitation', invitation, id)
      return ok(changes.organizationInvitations.applyUpdate(entry.id, { status: 'revoked' }).json)
    }),
    route('GET', '/organization_domains', (request) => listOf(domains, request, domainsOf(request.query))),
    route('GET', '/organizations/:id/domains', (request, id) => {
      there(id)
      const options = domainsOf(request.query)
      return listOf(domains, request, { ...options, filters: [ofOrganization(id), ...options.filters] })
    }),
    route('POST', '/organizations/:id/domains', ({ body }, id) => {
      const name = requiredText(body, 'name')
      const verification = body.verified === false ? { verification: null } : {}
      const given = { organization_id: there(id).id, name, ...take(body, ['enrollment_mode']), ...verification }
      return ok(shownDomain(changes.organizationDomains.applyCreate(given).json))
    }),
    route('PATCH', '/organizations/:id/domains/:domain', ({ body }, id, domain = '') => {
      const entry = find(domains, 'organization domain', domain, id)
      return ok(shownDomain(changes.organizationDomains.applyUpdate(entry.id, take(body, ['enrollment_mode'])).json))
    }),
    route('DELETE', '/organizations/:id/domains/:domain', (_, id, domain = '') =>
      deleted(changes.organizationDomains.applyDelete(find(domains, 'organization domain', domain, id).id).json),
    ),
  ]
}

function isVerified(domain: Json): boolean {
  return (domain.verification as Json | null)?.status === 'verified'
}

/** The API names the verification anew, and keeps its old name. */
function shownDomain(domain: Json): Json {
  return { ...domain, affiliation_verification: domain.verification, ownership_verification: null }
}

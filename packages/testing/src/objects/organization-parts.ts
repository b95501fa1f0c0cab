import { idOf, Random } from '../random.ts'
import { type Json, type Origin, times } from './json.ts'
import { COMPANIES } from './names.ts'
import { organizationId } from './organization.ts'
import { emailOf } from './user.ts'

const DAY_MS = 86_400_000

/** To the organization of the same seed, of somebody who is no user yet. */
export function makeOrganizationInvitation(origin: Origin): Json {
  const { seed, at } = origin
  const id = idOf('orginv', seed)
  return {
    object: 'organization_invitation',
    id,
    organization_id: organizationId(seed),
    email_address: emailOf(`invited ${seed}`),
    role: 'org:member',
    role_name: 'Member',
    status: 'pending',
    public_metadata: {},
    private_metadata: {},
    url: `https://accounts.example.com/v1/tickets/accept?ticket=${id}`,
    expires_at: at + 30 * DAY_MS,
    ...times(origin),
  }
}

/** A verified domain of the organization of the same seed. */
export function makeOrganizationDomain(origin: Origin): Json {
  const { seed, at } = origin
  const random = new Random(`domain ${seed}`)
  const name = `${random.pick(COMPANIES)}-${random.text(6)}.example`.toLowerCase().replaceAll(' ', '-')
  return {
    object: 'organization_domain',
    id: idOf('orgdmn', seed),
    organization_id: organizationId(seed),
    name,
    enrollment_mode: 'automatic_invitation',
    affiliation_email_address: `admin@${name}`,
    verification: {
      status: 'verified',
      strategy: 'affiliation_email_code',
      attempts: 1,
      expires_at: at + 600_000,
    },
    total_pending_invitations: 0,
    total_pending_suggestions: 0,
    ...times(origin),
  }
}

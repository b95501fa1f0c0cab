import type { ClerkEventData } from './clerk-event.ts'
import { defineEntity } from './define-entity.ts'
import { date, type Metadata, metadata, SAMPLE_TIME_MS, sampleTimes, type Wire } from './wire.ts'

type OrganizationInvitationJSON = ClerkEventData<'organizationInvitation.created'> & {
  /** Who accepted it. */
  readonly user_id?: string
}

/** An invitation to an organization. Its address is that of whoever was invited, who need not be a user yet. */
export interface OrganizationInvitationRecord {
  readonly id: string
  readonly organizationId: string
  readonly email: string
  readonly role: string
  /** As Clerk names it: `pending`, `accepted`, `revoked`. An invitation expires without an event: see `expiresAt`. */
  readonly status: string | null
  /** The user who accepted it; null until then. */
  readonly userId: string | null
  readonly publicMetadata: Metadata | null
  readonly expiresAt: Date | null
  readonly createdAt: Date | null
  readonly updatedAt: Date | null
}

// The link to accept it, `url`, holds a token: it is no field of the record.

const sample = {
  object: 'organization_invitation',
  id: 'orginv_sample',
  organization_id: 'org_sample',
  email_address: 'sample@example.com',
  role: 'org:member',
  role_name: 'Member',
  status: 'accepted',
  user_id: 'user_sample',
  url: 'https://accounts.example.com/accept',
  public_metadata: {},
  private_metadata: {},
  expires_at: SAMPLE_TIME_MS,
  ...sampleTimes,
}

export const organizationInvitation = defineEntity({
  name: 'organizationInvitation',
  table: 'organizationInvitations',
  events: {
    'organizationInvitation.created': 0,
    'organizationInvitation.accepted': 1,
    'organizationInvitation.revoked': 1,
  },
  deleteCarries: 'nothing',
  requires: [['organization_id'], ['email_address'], ['role']],
  toRecord: organizationInvitationRecord,
  values: { status: ['pending', 'accepted', 'revoked', 'expired'] },
  list: { path: '/organization_invitations', paging: 'offset' },
  proof: {
    owners: { organization: ['organization_id'] },
    request: (id, { organization }) => ({ path: `/organizations/${organization}/invitations/${id}` }),
    absent: 'not_found',
  },
  samples: {
    full: sample,
    sparse: { ...sample, status: undefined, user_id: undefined, url: null, expires_at: undefined },
  },
})

function organizationInvitationRecord(invitation: OrganizationInvitationJSON): OrganizationInvitationRecord {
  const wire: Wire<OrganizationInvitationJSON> = invitation
  return {
    id: invitation.id,
    organizationId: invitation.organization_id,
    email: invitation.email_address,
    role: invitation.role,
    status: wire.status || null,
    userId: wire.user_id || null,
    publicMetadata: metadata(wire.public_metadata),
    expiresAt: date(wire.expires_at),
    createdAt: date(wire.created_at),
    updatedAt: date(wire.updated_at),
  }
}

import type { OrganizationMembershipJSON } from './clerk-types.gen.ts'
import { defineEntity } from './define-entity.ts'
import { organizationSamples } from './organization.ts'
import { date, type Metadata, metadata, sampleTimes, type Wire } from './wire.ts'

export interface OrganizationMembershipRecord {
  readonly id: string
  readonly organizationId: string
  readonly userId: string
  readonly role: string
  readonly permissions: string[] | null
  readonly publicMetadata: Metadata | null
  readonly createdAt: Date | null
  readonly updatedAt: Date | null
}

const sample = {
  object: 'organization_membership',
  id: 'orgmem_sample',
  role: 'org:member',
  role_name: 'Member',
  permissions: ['org:sample:read'],
  public_metadata: {},
  private_metadata: {},
  organization: organizationSamples.full,
  public_user_data: {
    identifier: 'sample@example.com',
    user_id: 'user_sample',
    first_name: 'Sample',
    last_name: 'User',
    image_url: 'https://img.clerk.com/sample',
    has_image: true,
  },
  ...sampleTimes,
}

export const organizationMembership = defineEntity({
  name: 'organizationMembership',
  table: 'organizationMemberships',
  events: {
    'organizationMembership.created': 0,
    'organizationMembership.updated': 1,
    'organizationMembership.deleted': 'delete',
  },
  deleteCarries: 'snapshot',
  requires: [['role'], ['organization', 'id'], ['public_user_data', 'user_id']],
  toRecord: organizationMembershipRecord,
  list: { path: '/organization_memberships', paging: 'offset' },
  // There is no request for one: its organization's list, of its user alone, answers 200 without it.
  proof: {
    owners: { organization: ['organization', 'id'], user: ['public_user_data', 'user_id'] },
    request: (_, { organization, user = '' }) => ({
      path: `/organizations/${organization}/memberships`,
      query: { user_id: user },
    }),
    absent: 'left_out',
  },
  samples: {
    full: sample,
    sparse: {
      ...sample,
      permissions: [],
      organization: organizationSamples.sparse,
      public_user_data: { ...sample.public_user_data, first_name: null, last_name: null, has_image: false },
    },
  },
})

function organizationMembershipRecord(membership: OrganizationMembershipJSON): OrganizationMembershipRecord {
  const wire: Wire<OrganizationMembershipJSON> = membership
  return {
    id: membership.id,
    organizationId: membership.organization.id,
    userId: membership.public_user_data.user_id,
    role: membership.role,
    permissions: wire.permissions ?? null,
    publicMetadata: metadata(wire.public_metadata),
    createdAt: date(wire.created_at),
    updatedAt: date(wire.updated_at),
  }
}

import type { OrganizationJSON } from './clerk-types.gen.ts'
import { defineEntity } from './define-entity.ts'
import { date, type Metadata, metadata, sampleTimes, type Wire } from './wire.ts'

export interface OrganizationRecord {
  readonly id: string
  readonly name: string | null
  readonly slug: string | null
  readonly imageUrl: string | null
  /** The id of the user who created it. */
  readonly createdBy: string | null
  readonly publicMetadata: Metadata | null
  readonly createdAt: Date | null
  readonly updatedAt: Date | null
}

/** Also inside the samples of a membership. */
export const organizationSamples = {
  full: sample(),
  sparse: { ...sample(), slug: null, has_image: false, created_by: undefined },
}

export const organization = defineEntity({
  name: 'organization',
  table: 'organizations',
  events: { 'organization.created': 0, 'organization.updated': 1, 'organization.deleted': 'delete' },
  deleteCarries: 'id',
  requires: [],
  toRecord: organizationRecord,
  list: { path: '/organizations', paging: 'offset', byIds: 'organization_id' },
  proof: { owners: {}, request: (id) => ({ path: `/organizations/${id}` }), absent: 'not_found' },
  samples: organizationSamples,
})

function organizationRecord(organization: OrganizationJSON): OrganizationRecord {
  const wire: Wire<OrganizationJSON> = organization
  return {
    id: organization.id,
    name: wire.name || null,
    slug: wire.slug || null,
    imageUrl: wire.image_url || null,
    createdBy: wire.created_by || null,
    publicMetadata: metadata(wire.public_metadata),
    createdAt: date(wire.created_at),
    updatedAt: date(wire.updated_at),
  }
}

function sample() {
  return {
    object: 'organization',
    id: 'org_sample',
    name: 'Sample',
    slug: 'sample',
    image_url: 'https://img.clerk.com/sample',
    has_image: true,
    members_count: 1,
    pending_invitations_count: 0,
    max_allowed_memberships: 5,
    admin_delete_enabled: true,
    created_by: 'user_sample',
    public_metadata: {},
    private_metadata: {},
    ...sampleTimes,
  }
}

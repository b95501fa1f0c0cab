import type { ClerkEventData } from './clerk-event.ts'
import { defineEntity } from './define-entity.ts'
import { date, SAMPLE_TIME_MS, sampleTimes, type Wire } from './wire.ts'

/** An interface has a name for declaration files. */
export interface OrganizationDomainJSON extends ClerkEventData<'organizationDomain.created'> {}

/** A domain of an organization, whose addresses may join it. */
export interface OrganizationDomainRecord {
  readonly id: string
  readonly organizationId: string
  /** `example.com` */
  readonly name: string
  /** How an address of the domain joins: `manual_invitation`, `automatic_invitation`, `automatic_suggestion`. */
  readonly enrollmentMode: string | null
  /** Whether the organization was shown to own it. */
  readonly verified: boolean
  /** The address that verified it. */
  readonly affiliationEmail: string | null
  readonly createdAt: Date | null
  readonly updatedAt: Date | null
}

const sample = {
  object: 'organization_domain',
  id: 'orgdmn_sample',
  organization_id: 'org_sample',
  name: 'example.com',
  enrollment_mode: 'automatic_invitation',
  verification: { status: 'verified', strategy: 'affiliation_email_code', attempts: 1, expires_at: SAMPLE_TIME_MS },
  affiliation_email_address: 'sample@example.com',
  total_pending_invitations: 0,
  total_pending_suggestions: 0,
  ...sampleTimes,
}

export const organizationDomain = defineEntity({
  name: 'organizationDomain',
  table: 'organizationDomains',
  events: {
    'organizationDomain.created': 0,
    'organizationDomain.updated': 1,
    'organizationDomain.deleted': 'delete',
  },
  deleteCarries: 'id',
  requires: [['organization_id'], ['name']],
  toRecord: organizationDomainRecord,
  values: { enrollmentMode: ['manual_invitation', 'automatic_invitation', 'automatic_suggestion'] },
  list: { path: '/organization_domains', paging: 'offset' },
  // There is no request for one.
  proof: {
    owners: { organization: ['organization_id'] },
    request: (_, { organization }) => ({ path: `/organizations/${organization}/domains` }),
    absent: 'left_out',
  },
  samples: {
    full: sample,
    sparse: { ...sample, enrollment_mode: undefined, verification: null, affiliation_email_address: null },
  },
})

function organizationDomainRecord(domain: OrganizationDomainJSON): OrganizationDomainRecord {
  const wire: Wire<OrganizationDomainJSON> = domain
  return {
    id: domain.id,
    organizationId: domain.organization_id,
    name: domain.name,
    enrollmentMode: wire.enrollment_mode || null,
    verified: wire.verification?.status === 'verified',
    affiliationEmail: wire.affiliation_email_address || null,
    createdAt: date(wire.created_at),
    updatedAt: date(wire.updated_at),
  }
}

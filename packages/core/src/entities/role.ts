import type { RoleJSON } from './clerk-types.gen.ts'
import { defineEntity } from './define-entity.ts'
import { permissionSample } from './permission.ts'
import { date, sampleTimes, type Wire } from './wire.ts'

/** A role that members of organizations may have. A membership names it by its key. */
export interface RoleRecord {
  readonly id: string
  /** `org:admin`: what `role` of a membership says. Clerk's `key`. */
  readonly key: string
  /** As people read it: `Admin`. */
  readonly name: string
  readonly description: string | null
  /** The keys of its permissions, `org:posts:read`, sorted. Of Clerk's `permissions`, which are whole objects. */
  readonly permissions: string[] | null
  /** Whether who creates an organization may be given it. Clerk's `is_creator_eligible`. */
  readonly isCreatorEligible: boolean
  readonly createdAt: Date | null
  readonly updatedAt: Date | null
}

const sample = {
  object: 'role',
  id: 'role_sample',
  key: 'org:sample',
  name: 'Sample',
  description: 'A sample',
  permissions: [permissionSample],
  is_creator_eligible: true,
  ...sampleTimes,
}

export const role = defineEntity({
  name: 'role',
  table: 'roles',
  events: { 'role.created': 0, 'role.updated': 1, 'role.deleted': 'delete' },
  deleteCarries: 'id',
  requires: [['key'], ['name']],
  toRecord: roleRecord,
  list: { path: '/organization_roles', paging: 'offset' },
  proof: { owners: {}, request: (id) => ({ path: `/organization_roles/${id}` }), absent: 'not_found' },
  samples: {
    full: sample,
    sparse: { ...sample, description: null, permissions: [], is_creator_eligible: false },
  },
})

function roleRecord(role: RoleJSON): RoleRecord {
  const wire: Wire<RoleJSON> = role
  return {
    id: role.id,
    key: role.key,
    name: role.name,
    description: wire.description || null,
    permissions: wire.permissions?.map(({ key }) => key).sort() ?? null,
    isCreatorEligible: wire.is_creator_eligible ?? false,
    createdAt: date(wire.created_at),
    updatedAt: date(wire.updated_at),
  }
}

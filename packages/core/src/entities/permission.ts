import type { PermissionJSON } from './clerk-types.gen.ts'
import { defineEntity } from './define-entity.ts'
import { date, sampleTimes, type Wire } from './wire.ts'

/** What a role may do in an organization. Roles and memberships name it by its key. */
export interface PermissionRecord {
  readonly id: string
  /** `org:posts:read`: what `permissions` of a role and of a membership list. Clerk's `key`. */
  readonly key: string
  /** As people read it: `Read posts`. */
  readonly name: string
  readonly description: string | null
  readonly createdAt: Date | null
  readonly updatedAt: Date | null
}

/** Also inside the samples of a role. */
export const permissionSample = {
  object: 'permission',
  id: 'perm_sample',
  key: 'org:sample:read',
  name: 'Read samples',
  description: 'May read samples',
  type: 'custom',
  ...sampleTimes,
}

export const permission = defineEntity({
  name: 'permission',
  table: 'permissions',
  events: { 'permission.created': 0, 'permission.updated': 1, 'permission.deleted': 'delete' },
  deleteCarries: 'id',
  requires: [['key'], ['name']],
  toRecord: permissionRecord,
  list: { path: '/organization_permissions', paging: 'offset' },
  proof: { owners: {}, request: (id) => ({ path: `/organization_permissions/${id}` }), absent: 'not_found' },
  samples: { full: permissionSample, sparse: { ...permissionSample, description: '' } },
})

function permissionRecord(permission: PermissionJSON): PermissionRecord {
  const wire: Wire<PermissionJSON> = permission
  return {
    id: permission.id,
    key: permission.key,
    name: permission.name,
    description: wire.description || null,
    createdAt: date(wire.created_at),
    updatedAt: date(wire.updated_at),
  }
}

// Node reads this file as it is, before a build: see entities.ts.
import { clerkId, type KitEntities, requiredText, text } from './kit-entity.ts'

/** What an instance has, and no user or organization owns. */
export const INSTANCE_ENTITIES = {
  role: {
    table: 'roles',
    columns: {
      key: text,
      name: text,
      permissions: { kind: 'json', array: true },
      isCreatorEligible: { kind: 'boolean', notNull: true, default: false },
    },
    events: { created: ['role.created', 0], updated: ['role.updated', 1], deleted: ['role.deleted', 1] },
    deleteCarries: 'id',
    data: (_key, { email, name, metadata, flag }) => ({
      key: email ?? 'org:nobody',
      name: name ?? 'Nobody',
      permissions: metadata && Object.keys(metadata).map((key) => ({ key })),
      is_creator_eligible: flag,
    }),
    values: (_key, { email, name, metadata, flag }) => ({
      key: email ?? 'org:nobody',
      name: name ?? 'Nobody',
      permissions: metadata && Object.keys(metadata).sort(),
      isCreatorEligible: flag,
    }),
  },
  permission: {
    table: 'permissions',
    columns: { key: text, name: text, description: text },
    events: {
      created: ['permission.created', 0],
      updated: ['permission.updated', 1],
      deleted: ['permission.deleted', 1],
    },
    deleteCarries: 'id',
    data: (_key, { email, name }) => ({ key: email ?? 'org:nobody', name: name ?? 'Nobody', description: email }),
    values: (_key, { email, name }) => ({ key: email ?? 'org:nobody', name: name ?? 'Nobody', description: email }),
  },
  waitlistEntry: {
    table: 'waitlistEntries',
    columns: {
      email: requiredText,
      status: requiredText,
      invitationId: clerkId,
      isLocked: { kind: 'boolean', notNull: true, default: false },
    },
    events: {
      created: ['waitlistEntry.created', 0],
      updated: ['waitlistEntry.updated', 1],
      deleted: ['waitlistEntry.updated', 1],
    },
    deleteCarries: 'nothing',
    data: (key, { email, name, flag }) => ({
      email_address: email ?? 'nobody@example.com',
      status: name ?? 'pending',
      invitation: flag ? { id: `inv_${key}` } : null,
      is_locked: flag,
    }),
    values: (key, { email, name, flag }) => ({
      email: email ?? 'nobody@example.com',
      status: name ?? 'pending',
      invitationId: flag ? `inv_${key}` : null,
      isLocked: flag,
    }),
  },
} as const satisfies KitEntities

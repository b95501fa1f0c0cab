// Node reads this file, what it imports, and tables.ts as they are, before a build, to make Prisma's schemas: they import types,
// and each other.
import type { Entity } from '@clerk-sync/core'
import { BILLING_ENTITIES } from './billing-entities.ts'
import { INSTANCE_ENTITIES } from './instance-entities.ts'
import {
  clerkId,
  date,
  json,
  type KitEntity,
  organizationOf,
  ownerOf,
  requiredClerkId,
  requiredText,
  text,
} from './kit-entity.ts'

export { type Facts, type Kind, type KitEntity, organizationOf, ownerOf } from './kit-entity.ts'

export const ENTITIES = {
  user: {
    table: 'users',
    columns: {
      email: text,
      firstName: text,
      banned: { kind: 'boolean', notNull: true, default: false },
      publicMetadata: json,
      lastSignInAt: date,
    },
    events: { created: ['user.created', 0], updated: ['user.updated', 1], deleted: ['user.deleted', 1] },
    deleteCarries: 'id',
    data: (_key, { email, name, date, flag }) => ({
      email_addresses: email === null ? [] : [{ id: 'idn_1', email_address: email, verification: null, linked_to: [] }],
      primary_email_address_id: email === null ? null : 'idn_1',
      first_name: name,
      last_name: null,
      banned: flag,
      last_sign_in_at: date,
    }),
    values: (_key, { email, name, metadata, date, flag }) => ({
      email,
      firstName: name,
      banned: flag,
      publicMetadata: metadata,
      lastSignInAt: date,
    }),
  },
  organization: {
    table: 'organizations',
    columns: { name: text, slug: text, publicMetadata: json },
    events: {
      created: ['organization.created', 0],
      updated: ['organization.updated', 1],
      deleted: ['organization.deleted', 1],
    },
    deleteCarries: 'id',
    data: (_key, { email, name }) => ({ name, slug: email }),
    values: (_key, { email, name, metadata }) => ({ name, slug: email, publicMetadata: metadata }),
  },
  organizationMembership: {
    table: 'organizationMemberships',
    columns: {
      organizationId: requiredClerkId,
      userId: requiredClerkId,
      role: requiredText,
      permissions: { kind: 'json', array: true },
    },
    events: {
      created: ['organizationMembership.created', 0],
      updated: ['organizationMembership.updated', 1],
      deleted: ['organizationMembership.deleted', 1],
    },
    deleteCarries: 'snapshot',
    data: (key, { name, metadata }) => ({
      role: name ?? 'org:member',
      permissions: metadata && Object.keys(metadata),
      organization: { id: organizationOf(key) },
      public_user_data: { user_id: ownerOf(key) },
    }),
    values: (key, { name, metadata }) => ({
      organizationId: organizationOf(key),
      userId: ownerOf(key),
      role: name ?? 'org:member',
      permissions: metadata && Object.keys(metadata),
    }),
  },
  organizationInvitation: {
    table: 'organizationInvitations',
    columns: {
      organizationId: requiredClerkId,
      email: requiredText,
      role: requiredText,
      status: text,
      userId: clerkId,
      publicMetadata: json,
      expiresAt: date,
    },
    events: {
      created: ['organizationInvitation.created', 0],
      updated: ['organizationInvitation.accepted', 1],
      deleted: ['organizationInvitation.revoked', 1],
    },
    deleteCarries: 'nothing',
    data: (key, { email, name, date, flag }) => ({
      organization_id: organizationOf(key),
      email_address: email ?? 'nobody@example.com',
      role: 'org:member',
      status: name,
      ...(flag && { user_id: ownerOf(key) }),
      expires_at: date,
    }),
    values: (key, { email, name, metadata, date, flag }) => ({
      organizationId: organizationOf(key),
      email: email ?? 'nobody@example.com',
      role: 'org:member',
      status: name,
      userId: flag ? ownerOf(key) : null,
      publicMetadata: metadata,
      expiresAt: date,
    }),
  },
  organizationDomain: {
    table: 'organizationDomains',
    columns: {
      organizationId: clerkId,
      name: text,
      verified: { kind: 'boolean', notNull: true, default: false },
      affiliationEmail: text,
    },
    events: {
      created: ['organizationDomain.created', 0],
      updated: ['organizationDomain.updated', 1],
      deleted: ['organizationDomain.deleted', 1],
    },
    deleteCarries: 'id',
    data: (key, { email, name, flag }) => ({
      organization_id: organizationOf(key),
      name: name ?? 'example.com',
      verification: flag ? { status: 'verified' } : null,
      affiliation_email_address: email,
    }),
    values: (key, { email, name, flag }) => ({
      organizationId: organizationOf(key),
      name: name ?? 'example.com',
      verified: flag,
      affiliationEmail: email,
    }),
  },
  session: {
    table: 'sessions',
    columns: { userId: requiredClerkId, status: requiredText, expireAt: date },
    // They end, which outranks a change at the same time.
    events: { created: ['session.created', 0], updated: ['session.pending', 1], deleted: ['session.ended', 2] },
    deleteCarries: 'nothing',
    data: (key, { name, date }) => ({ user_id: ownerOf(key), status: name ?? 'active', expire_at: date }),
    values: (key, { name, date }) => ({ userId: ownerOf(key), status: name ?? 'active', expireAt: date }),
  },
  ...INSTANCE_ENTITIES,
  ...BILLING_ENTITIES,
} as const satisfies Readonly<Record<Entity, KitEntity>>

export const ENTITY_NAMES = Object.keys(ENTITIES) as readonly Entity[]

/** One of each kind: by what its delete carries, and by the ranks of its events. The others differ in their data alone. */
export const REPRESENTATIVES: readonly Entity[] = ENTITY_NAMES.filter(
  (entity) => ENTITY_NAMES.find((other) => kindOf(other) === kindOf(entity)) === entity,
)

function kindOf(entity: Entity): string {
  const { deleteCarries, events }: KitEntity = ENTITIES[entity]
  return [deleteCarries, ...Object.values(events).map(([, rank]) => rank)].join()
}

import type { OrganizationJSON, OrganizationMembershipJSON, UserJSON } from '@clerk/backend'
import type { ClerkEventData } from './clerk-event.ts'

export type SessionJSON = ClerkEventData<'session.created'>
type Metadata = Record<string, unknown>

/** A user as an application would store it. What Clerk does not have is null; a flag it does not send is false. */
export interface UserRecord {
  readonly id: string
  /** The primary e-mail address. Null for users of phone, username, web3 and some OAuth sign-ins; never `''`. */
  readonly email: string | null
  readonly emailVerified: boolean
  /** The primary phone number. */
  readonly phoneNumber: string | null
  readonly username: string | null
  readonly firstName: string | null
  readonly lastName: string | null
  /** First and last name, as far as they are there. */
  readonly fullName: string | null
  readonly imageUrl: string | null
  readonly externalId: string | null
  readonly publicMetadata: Metadata | null
  readonly banned: boolean
  readonly locked: boolean
  readonly lastSignInAt: Date | null
  readonly createdAt: Date | null
  readonly updatedAt: Date | null
}

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

export interface SessionRecord {
  readonly id: string
  readonly userId: string
  readonly clientId: string | null
  /** As Clerk names it: `active`, `pending`, `ended`, `removed`, `revoked`, … */
  readonly status: string
  /** The organization that was active in it last. */
  readonly lastActiveOrganizationId: string | null
  readonly lastActiveAt: Date | null
  readonly expireAt: Date | null
  readonly abandonAt: Date | null
  readonly createdAt: Date | null
  readonly updatedAt: Date | null
}

/** Per entity: what Clerk sends and the record made from it. */
export interface EntityTypes {
  user: { json: UserJSON; record: UserRecord }
  organization: { json: OrganizationJSON; record: OrganizationRecord }
  organizationMembership: { json: OrganizationMembershipJSON; record: OrganizationMembershipRecord }
  session: { json: SessionJSON; record: SessionRecord }
}

/** The fields that are not stored unless a map returns them: the key, and what the application writes itself. */
export const APPLICATION_FIELDS: ReadonlySet<string> = new Set(['id', 'createdAt', 'updatedAt'])

const LATEST_DATE_MS = 8.64e15

/** Clerk's types promise more than its deliveries keep, so every field is read as if it could be absent. */
type Wire<T> = { readonly [K in keyof T]?: T[K] | null }

export function userRecord(user: UserJSON): UserRecord {
  const { id, primary_email_address_id, primary_phone_number_id, ...wire } = user as Wire<UserJSON> & UserJSON
  const email = byId(wire.email_addresses, primary_email_address_id)
  const phone = byId(wire.phone_numbers, primary_phone_number_id)
  return {
    id,
    email: email?.email_address || null,
    emailVerified: Boolean(email?.email_address) && email?.verification?.status === 'verified',
    phoneNumber: phone?.phone_number || null,
    username: wire.username || null,
    firstName: wire.first_name || null,
    lastName: wire.last_name || null,
    fullName: [wire.first_name, wire.last_name].filter(Boolean).join(' ') || null,
    imageUrl: wire.image_url || null,
    externalId: wire.external_id || null,
    publicMetadata: metadata(wire.public_metadata),
    banned: wire.banned ?? false,
    locked: wire.locked ?? false,
    lastSignInAt: date(wire.last_sign_in_at),
    createdAt: date(wire.created_at),
    updatedAt: date(wire.updated_at),
  }
}

export function organizationRecord(organization: OrganizationJSON): OrganizationRecord {
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

export function organizationMembershipRecord(membership: OrganizationMembershipJSON): OrganizationMembershipRecord {
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

export function sessionRecord(session: SessionJSON): SessionRecord {
  const wire: Wire<SessionJSON> = session
  return {
    id: session.id,
    userId: session.user_id,
    clientId: wire.client_id || null,
    status: session.status,
    lastActiveOrganizationId: wire.last_active_organization_id || null,
    lastActiveAt: date(wire.last_active_at),
    expireAt: date(wire.expire_at),
    abandonAt: date(wire.abandon_at),
    createdAt: date(wire.created_at),
    updatedAt: date(wire.updated_at),
  }
}

function byId<T extends { id: string }>(list: readonly T[] | null | undefined, id: string | null): T | undefined {
  return id ? list?.find((entry) => entry.id === id) : undefined
}

function metadata(value: unknown): Metadata | null {
  return typeof value === 'object' && value !== null ? (value as Metadata) : null
}

function date(milliseconds: number | null | undefined): Date | null {
  return typeof milliseconds === 'number' && Math.abs(milliseconds) <= LATEST_DATE_MS ? new Date(milliseconds) : null
}

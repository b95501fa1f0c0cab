// What the clients of both modes have in common: their models have the same names, and types of their own.
import type { Row, Store, Welcome } from '../store.ts'

export const models = {
  users: 'user',
  organizations: 'organization',
  organizationMemberships: 'organizationMembership',
  events: 'clerkEvent',
} as const

interface Rows {
  findMany(): Promise<readonly Row[]>
}

interface Client {
  readonly user: Rows
  readonly organization: Rows
  readonly organizationMembership: Rows
  readonly welcome: {
    findMany(query: { readonly select: { readonly userId: true; readonly eventId: true } }): Promise<readonly Welcome[]>
  }
}

type Reads = Pick<Store, 'users' | 'organizations' | 'memberships' | 'welcomes'>

export function readsOf(client: Client): Reads {
  return {
    users: () => client.user.findMany(),
    organizations: () => client.organization.findMany(),
    memberships: () => client.organizationMembership.findMany(),
    welcomes: () => client.welcome.findMany({ select: { userId: true, eventId: true } }),
  }
}

/** What is asked of the versions: those of removed rows. */
export const removed = { where: { deletedAt: { not: null } }, select: { id: true, deletedAt: true } } as const

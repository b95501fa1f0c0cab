import type { CamelCased, ClerkEventsTable, SyncColumns } from '@clerk-sync/adapter-kysely'
import type { Generated } from 'kysely'

/** The kit's tables, as an application with the `CamelCasePlugin` would describe them. */
interface Application {
  tagline: Generated<string | null>
  score: Generated<number>
}
interface Synced extends CamelCased<SyncColumns>, Application {}
interface Profile extends Synced {
  email: string | null
  firstName: string | null
  banned: Generated<boolean>
  publicMetadata: Record<string, unknown> | null
  lastSignInAt: Date | null
}
interface OwnKey {
  id: Generated<number>
  clerkId: string
}
interface Named extends Synced {
  email: string | null
  firstName: string | null
}
interface Required extends Synced {
  email: string
  firstName: string | null
}

export interface Database {
  users: Profile & { id: string }
  organizations: Synced & {
    id: string
    name: string | null
    slug: string | null
    publicMetadata: Record<string, unknown> | null
  }
  organizationMemberships: Synced & {
    id: string
    organizationId: string
    userId: string
    role: string
    permissions: string[] | null
  }
  sessions: Synced & { id: string; userId: string; status: string; expireAt: Date | null }
  ownKeyUsers: Profile & OwnKey
  uniqueFirstUsers: Named & OwnKey
  uniqueLastUsers: Named & { id: string }
  requiredFirstUsers: Required & OwnKey
  requiredLastUsers: Required & { id: string }
  events: CamelCased<ClerkEventsTable>
  welcomes: { userId: string; eventId: string }
}

// The application's own columns are listed as well: only what a map returns of them would be written.
const profile = {
  columns: ['email', 'firstName', 'banned', 'publicMetadata', 'lastSignInAt', 'tagline', 'score'],
  defaults: { banned: false, score: 7 },
} as const
const named = { columns: ['email', 'firstName', 'tagline', 'score'], defaults: { score: 7 } } as const
const events = 'events'

/** What `kyselyAdapter` is given for each shape. */
export const shapes = {
  plain: {
    users: { table: 'users', ...profile },
    organizations: {
      table: 'organizations',
      columns: ['name', 'slug', 'publicMetadata', 'tagline', 'score'],
      defaults: { score: 7 },
    },
    organizationMemberships: {
      table: 'organizationMemberships',
      columns: ['organizationId', 'userId', 'role', 'permissions', 'tagline', 'score'],
      defaults: { score: 7 },
      json: ['permissions'],
    },
    sessions: {
      table: 'sessions',
      columns: ['userId', 'status', 'expireAt', 'tagline', 'score'],
      defaults: { score: 7 },
    },
    events,
  },
  ownKey: { users: { table: 'ownKeyUsers', key: 'clerkId', ...profile }, events },
  withoutLedger: { users: { table: 'users', ...profile } },
  uniqueFirst: { users: { table: 'uniqueFirstUsers', key: 'clerkId', ...named }, events },
  uniqueLast: { users: { table: 'uniqueLastUsers', ...named }, events },
  requiredFirst: { users: { table: 'requiredFirstUsers', key: 'clerkId', ...named }, events },
  requiredLast: { users: { table: 'requiredLastUsers', ...named }, events },
} as const

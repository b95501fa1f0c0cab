// The application's tables as its queries see them, through the CamelCasePlugin. ../tables/ creates them; yours come from
// your migrations.
import type { CamelCased, ClerkEventsTable, SyncColumns } from '@clerk-sync/adapter-kysely'
import { CamelCasePlugin, type ColumnType, type Generated } from 'kysely'

/** On PostgreSQL and MySQL. */
export type Database = Tables<{ date: Date; flag: Generated<boolean>; json: unknown }>

/** SQLite gives dates as ms since 1970, booleans as 0 or 1, and JSON as text. */
export type SqliteDatabase = Tables<{
  date: ColumnType<number, Date, Date>
  flag: ColumnType<number, boolean | undefined, boolean>
  json: ColumnType<string, unknown, unknown>
}>

/** The columns that are not the same everywhere. */
interface Values {
  date: unknown
  flag: unknown
  json: unknown
}

interface Tables<V extends Values> {
  users: UserTable<V>
  organizations: OrganizationTable<V>
  organizationMemberships: MembershipTable<V>
  clerkEvents: CamelCased<ClerkEventsTable<V['date']>>
  welcomes: WelcomeTable
}

interface UserTable<V extends Values> extends CamelCased<SyncColumns<V['date']>> {
  id: string
  email: string | null
  emailVerified: V['flag']
  phoneNumber: string | null
  username: string | null
  firstName: string | null
  lastName: string | null
  fullName: string | null
  imageUrl: string | null
  externalId: string | null
  publicMetadata: V['json'] | null
  banned: V['flag']
  locked: V['flag']
  lastSignInAt: V['date'] | null
}

interface OrganizationTable<V extends Values> extends CamelCased<SyncColumns<V['date']>> {
  id: string
  name: string | null
  slug: string | null
  imageUrl: string | null
  createdBy: string | null
  publicMetadata: V['json'] | null
}

// No foreign keys: a membership may arrive before its user and its organization.
interface MembershipTable<V extends Values> extends CamelCased<SyncColumns<V['date']>> {
  id: string
  organizationId: string
  userId: string
  role: string
  permissions: V['json'] | null
}

// What the hook writes. Nothing here is unique but the row's own number, so that a hook that ran twice would show.
interface WelcomeTable {
  id: Generated<number>
  userId: string
  eventId: string
}

/** What is kept in sync, with the columns that events fill: Kysely knows none at run time. */
export const synced = {
  users: {
    table: 'users',
    columns: [
      'email',
      'emailVerified',
      'phoneNumber',
      'username',
      'firstName',
      'lastName',
      'fullName',
      'imageUrl',
      'externalId',
      'publicMetadata',
      'banned',
      'locked',
      'lastSignInAt',
    ],
    // These take no NULL: what a deleted user has in them.
    defaults: { emailVerified: false, banned: false, locked: false },
  },
  organizations: { table: 'organizations', columns: ['name', 'slug', 'imageUrl', 'createdBy', 'publicMetadata'] },
  organizationMemberships: {
    table: 'organizationMemberships',
    columns: ['organizationId', 'userId', 'role', 'permissions'],
    // PostgreSQL's driver takes a list for an SQL array.
    json: ['permissions'],
  },
  events: 'clerkEvents',
} as const

/** Columns in camelCase. The names inside of JSON are Clerk's or your own, and stay as they are. */
export const camelCase = new CamelCasePlugin({ maintainNestedObjectKeys: true })

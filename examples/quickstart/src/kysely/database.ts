// The application's tables as its queries see them, through the CamelCasePlugin. ../tables/ creates them; yours come from
// your migrations.
import type { CamelCased, ClerkEventsTable, ClerkVersionsTable, SyncColumns } from '@clerk-sync/adapter-kysely'
import { CamelCasePlugin, type ColumnType, type Generated, type Transaction } from 'kysely'

/** On PostgreSQL and MySQL. */
interface ServerValues {
  date: Date
  flag: Generated<boolean>
  json: unknown
}

/** SQLite gives dates as ms since 1970, booleans as 0 or 1, and JSON as text. */
interface SqliteValues {
  date: ColumnType<number, Date, Date>
  flag: ColumnType<number, boolean | undefined, boolean>
  json: ColumnType<string, unknown, unknown>
}

/** The tables as an application has them: MODE=beside leaves them so. */
export type Database = Tables<ServerValues>
export type SqliteDatabase = Tables<SqliteValues>

/** What MODE=row adds to them: `db.$extendTables<LibraryColumns>()`. */
export type LibraryColumns = Added<CamelCased<SyncColumns>>
export type SqliteLibraryColumns = Added<CamelCased<SyncColumns<SqliteValues['date']>>>

type Added<Columns> = Record<'users' | 'organizations' | 'organizationMemberships', Columns>

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
  /** MODE=beside */
  clerkVersions: CamelCased<ClerkVersionsTable<V['date']>>
  welcomes: WelcomeTable
}

interface UserTable<V extends Values> {
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

interface OrganizationTable<V extends Values> {
  id: string
  name: string | null
  slug: string | null
  imageUrl: string | null
  createdBy: string | null
  publicMetadata: V['json'] | null
}

// No foreign keys: a membership may arrive before its user and its organization.
interface MembershipTable<V extends Values> {
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

/** MODE=beside: the versions in a table of their own. */
export const unaltered = { ...synced, versions: 'clerkVersions' } as const

/** The hook of `user.created`. */
export async function welcome({
  event,
  tx,
}: {
  event: { id: string; data: { id: string } }
  tx: Transaction<{ welcomes: WelcomeTable }>
}): Promise<void> {
  await tx.insertInto('welcomes').values({ userId: event.data.id, eventId: event.id }).execute()
}

/** Columns in camelCase. The names inside of JSON are Clerk's or your own, and stay as they are. */
export const camelCase = new CamelCasePlugin({ maintainNestedObjectKeys: true })

// Checked by the compiler: what must compile, and, behind @ts-expect-error, what must not.
import {
  type CamelCased,
  type ClerkEventsTable,
  type ClerkVersionsTable,
  kyselyAdapter,
  liveMembership,
  type SyncColumns,
} from '@clerk-sync/adapter-kysely'
import { clerkEventsMigration, clerkId, syncColumnsMigration } from '@clerk-sync/adapter-kysely/migrations'
import { createClerkSync } from '@clerk-sync/core'
import type { ColumnType, Generated, GeneratedAlways, JSONColumnType, Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

interface Database {
  app_user: SyncColumns & {
    id: string
    email: string | null
    first_name: string | null
    display_name: string | null
    last_sign_in_at: Date | null
    score: Generated<number>
    banned: Generated<boolean>
    created_on: ColumnType<Date, string | undefined, never>
    initials: GeneratedAlways<string>
  }
  strict: SyncColumns & { id: string; email: string }
  own: SyncColumns & {
    id: Generated<number>
    clerk_id: string
    email: string | null
    public_metadata: JSONColumnType<object, string | null>
  }
  odd: { id: Generated<number>; auth_id: string; v: Generated<string>; gone_at: Date | null; email: string | null }
  camel: CamelCased<SyncColumns> & { id: string; firstName: string | null }
  app_org: SyncColumns & { id: string; name: string | null }
  member: SyncColumns & { id: string; user_id: string; organization_id: string; role: string }
  bare: { id: string; email: string | null }
  demanding: SyncColumns & { id: string; email: string | null; tenant: string }
  blocks: { id: Generated<number>; user_id: string }
  address: { user_id: string; id: string; email_address: string | null; label: string }
  odd_address: { account: string; part: string; email_address: string | null }
  clerk_events: ClerkEventsTable
  camel_events: CamelCased<ClerkEventsTable>
  clerk_versions: ClerkVersionsTable
  camel_versions: CamelCased<ClerkVersionsTable>
  required: { id: string; email: string }
}
declare const db: Kysely<Database>

const users = { table: 'app_user', columns: ['email', 'first_name', 'last_sign_in_at'] } as const

// The default mapping fills what has the record's names, in either spelling.
createClerkSync({ adapter: kyselyAdapter(db, { users: { table: 'app_user', columns: ['email', 'first_name'] } }) })
createClerkSync({ adapter: kyselyAdapter(db, { users, events: 'clerk_events' }) })
createClerkSync({
  adapter: kyselyAdapter(db, { users: { table: 'camel', columns: ['firstName'] }, events: 'camel_events' }),
})

// Tables and columns are those of the interface.
// @ts-expect-error There is no such option.
kyselyAdapter(db, { user: users })
// @ts-expect-error There is no such table.
kyselyAdapter(db, { users: { table: 'app_users', columns: ['email'] } })
// @ts-expect-error There is no such column.
kyselyAdapter(db, { users: { table: 'app_user', columns: ['emial'] } })
// @ts-expect-error A column of another table.
kyselyAdapter(db, { users: { table: 'app_user', columns: ['name'] } })
// @ts-expect-error The columns cannot be known at run time.
kyselyAdapter(db, { users: 'app_user' })
// @ts-expect-error The version is the library's.
kyselyAdapter(db, { users: { table: 'app_user', columns: ['email', 'clerk_version'] } })
// @ts-expect-error The database alone fills it.
kyselyAdapter(db, { users: { table: 'app_user', columns: ['initials'] } })
// @ts-expect-error No sync columns, and nothing that says what they are called.
kyselyAdapter(db, { users: { table: 'bare', columns: ['email'] } })
// @ts-expect-error No ledger.
kyselyAdapter(db, { users, events: 'blocks' })

// A clerk_id beside a key of its own must be named, and other names can be.
kyselyAdapter(db, { users: { table: 'own', key: 'clerk_id', columns: ['email'] } })
// @ts-expect-error Which of the two has the Clerk id?
kyselyAdapter(db, { users: { table: 'own', columns: ['email'] } })
// @ts-expect-error A number holds no Clerk id.
kyselyAdapter(db, { users: { table: 'own', key: 'id', columns: ['email'] } })
kyselyAdapter(db, { users: { table: 'odd', key: 'auth_id', version: 'v', deletedAt: 'gone_at', columns: ['email'] } })

// A column that an insert must give, and that is not listed.
// @ts-expect-error Nothing fills "tenant".
kyselyAdapter(db, { users: { table: 'demanding', columns: ['email'] } })

// A map is typed from the listed columns, and its parameters from Clerk.
createClerkSync({
  adapter: kyselyAdapter(db, { users: { table: 'app_user', columns: ['email', 'display_name'] } }),
  map: { user: (user, record) => ({ email: record.email, display_name: user.first_name }) },
})
createClerkSync({
  adapter: kyselyAdapter(db, { users }),
  map: { user: (_, record) => ({ ...record, email: 'x' }) },
})
// @ts-expect-error A column that the table does not have.
createClerkSync({ adapter: kyselyAdapter(db, { users }), map: { user: () => ({ emial: 'x' }) } })
// @ts-expect-error A column that is not listed.
createClerkSync({ adapter: kyselyAdapter(db, { users }), map: { user: () => ({ display_name: 'x' }) } })
// @ts-expect-error A value that the column does not take.
createClerkSync({ adapter: kyselyAdapter(db, { users }), map: { user: () => ({ email: 1 }) } })
// @ts-expect-error The adapter was given no table for organizations.
createClerkSync({ adapter: kyselyAdapter(db, { users }), map: { organization: () => ({}) } })

// Insert types count: text for JSON, and for a date that is inserted as one.
const own = { table: 'own', key: 'clerk_id', columns: ['public_metadata'] } as const
// @ts-expect-error The record has an object, and the column takes text.
createClerkSync({ adapter: kyselyAdapter(db, { users: own }) })
createClerkSync({
  adapter: kyselyAdapter(db, { users: own }),
  map: { user: (_, record) => ({ public_metadata: JSON.stringify(record.publicMetadata) }) },
})
createClerkSync({
  adapter: kyselyAdapter(db, { users: { table: 'app_user', columns: ['created_on'] } }),
  map: {
    user: (user) => ({ created_on: new Date(user.created_at).toISOString() }),
    deletedUser: () => ({ created_on: '1970-01-01' }),
  },
})

// A required column must be filled, also when the row is deleted.
const strict = { table: 'strict', columns: ['email'] } as const
// @ts-expect-error The record's e-mail address can be null.
createClerkSync({ adapter: kyselyAdapter(db, { users: strict }) })
createClerkSync({
  adapter: kyselyAdapter(db, { users: strict }),
  // @ts-expect-error Nothing says what a deleted row has for an e-mail address.
  map: { user: (_, record) => ({ email: record.email ?? '' }) },
})
createClerkSync({
  adapter: kyselyAdapter(db, { users: strict }),
  map: {
    user: (_, record) => ({ email: record.email ?? `${record.id}@invalid` }),
    deletedUser: ({ id }) => ({ email: `${id}@invalid` }),
  },
})

// A default of the database saves that, once it is said.
const banned = { table: 'app_user', columns: ['banned'] } as const
// @ts-expect-error A deleted row has no value for it.
createClerkSync({ adapter: kyselyAdapter(db, { users: banned }) })
createClerkSync({ adapter: kyselyAdapter(db, { users: { ...banned, defaults: { banned: false } } }) })
// @ts-expect-error A value that the column does not take.
kyselyAdapter(db, { users: { ...banned, defaults: { banned: 'no' } } })
// @ts-expect-error A column that takes NULL is erased with NULL.
kyselyAdapter(db, { users: { ...users, defaults: { email: '' } } })

// Memberships carry their references with their delete.
createClerkSync({
  adapter: kyselyAdapter(db, {
    organizationMemberships: { table: 'member', columns: ['user_id', 'organization_id', 'role'] },
  }),
})

// With the versions beside it, a table is as it was, and a row that is removed needs no values.
const bare = { table: 'bare', columns: ['email'] } as const
const versions = 'clerk_versions'
createClerkSync({ adapter: kyselyAdapter(db, { users: bare, versions }) })
createClerkSync({ adapter: kyselyAdapter(db, { users: bare, versions: 'camel_versions' }), onDelete: 'remove' })
createClerkSync({
  adapter: kyselyAdapter(db, { users: { table: 'required', columns: ['email'] }, versions }),
  map: { user: (_, record) => ({ email: record.email ?? '' }) },
})
// @ts-expect-error The record's e-mail address can be null, and the column takes no NULL.
createClerkSync({ adapter: kyselyAdapter(db, { users: { table: 'required', columns: ['email'] }, versions }) })
// Each table by itself: this one's versions are in its rows, and its deletes leave some.
createClerkSync({
  adapter: kyselyAdapter(db, {
    users: { table: 'required', columns: ['email'] },
    organizations: { table: 'app_org', columns: ['name'], versions: 'row' },
    versions,
  }),
  map: { user: (_, record) => ({ email: record.email ?? '' }) },
})
createClerkSync({
  adapter: kyselyAdapter(db, { users: { table: 'strict', columns: ['email'], versions: 'row' }, versions }),
  // @ts-expect-error A deleted row has no value for the e-mail address.
  map: { user: (_, record) => ({ email: record.email ?? '' }) },
})
// @ts-expect-error It has the sync columns.
kyselyAdapter(db, { users, versions })
// @ts-expect-error It has not.
kyselyAdapter(db, { users: { ...bare, versions: 'row' }, versions })
// @ts-expect-error No versions.
kyselyAdapter(db, { users: bare, versions: 'clerk_events' })

// `tx` is Kysely's own transaction; `event` narrows by type.
createClerkSync({
  adapter: kyselyAdapter(db, { users, events: 'clerk_events' }),
  on: {
    'user.deleted': async ({ event, tx }) => {
      await tx
        .deleteFrom('blocks')
        .where('user_id', '=', event.data.id ?? '')
        .execute()
      // @ts-expect-error There is no such table.
      await tx.deleteFrom('block').execute()
    },
    'organization.created': ({ event, outcome }) => `${event.data.slug} ${outcome satisfies string}`,
    // @ts-expect-error There is no such event.
    'user.renamed': () => {},
  },
})

// Migrations fit Kysely's, and one's own.
export const migrations: Record<string, Migration> = {
  '1': syncColumnsMigration('app_user'),
  '2': clerkEventsMigration(),
  '3': { up: (migrated) => migrated.schema.createTable('x').addColumn('id', clerkId(migrated)).execute() },
}

// The predicate knows the tables.
const memberships = { table: 'member' } as const
const organizations = { table: 'app_org' } as const
db.selectFrom('member').selectAll().where(liveMembership(db, { memberships, users, organizations }))
// @ts-expect-error There is no such table.
liveMembership(db, { memberships: { table: 'members' }, users, organizations })
// @ts-expect-error A column that the memberships do not have.
liveMembership(db, { memberships: { table: 'member', userId: 'user' }, users, organizations })

// Tables of parts: their key is the user's id and their own, and their map gets one part.
const address = { table: 'address', columns: ['email_address', 'label'] } as const
createClerkSync({
  adapter: kyselyAdapter(db, { users, emailAddresses: address }),
  map: { emailAddress: (json, record) => ({ email_address: record.emailAddress, label: json.user_id }) },
})
// @ts-expect-error -- nothing fills label
createClerkSync({ adapter: kyselyAdapter(db, { users, emailAddresses: address }) })
// @ts-expect-error -- nothing fills label
kyselyAdapter(db, { users, emailAddresses: { table: 'address', columns: ['email_address'] } })
// @ts-expect-error -- user_id is of the key
kyselyAdapter(db, { users, emailAddresses: { table: 'address', columns: ['email_address', 'label', 'user_id'] } })
const odd = { table: 'odd_address', columns: ['email_address'] } as const
// @ts-expect-error -- its key has to be named
kyselyAdapter(db, { users, emailAddresses: odd })
createClerkSync({
  adapter: kyselyAdapter(db, { users, emailAddresses: { ...odd, key: 'part', owner: 'account' } }),
})

// Checked by the compiler: what must compile, and, behind @ts-expect-error, what must not.
import { supabaseAdapter } from '@clerk-sync/adapter-supabase'
import { createClerkSync, type WriteOutcome } from '@clerk-sync/core'
import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import { expectTypeOf } from 'vitest'
import type { Database, Json } from './kit/database-types.ts'

const supabase = createClient<Database>('http://localhost', 'key')
const users = { table: 'users', columns: ['email', 'first_name', 'image_url', 'banned'] } as const
const events = 'clerk_events'

// The default fills snake_case columns from the record's fields, of any client of this database.
createClerkSync({ adapter: supabaseAdapter(supabase, { users }) })
createClerkSync({ adapter: supabaseAdapter(supabase, { users: { table: 'users', columns: ['email'] }, events }) })
createClerkSync({ adapter: supabaseAdapter(supabase, { users, events, deadLetters: 'clerk_dead_letters' }) })
declare const passedOn: SupabaseClient<Database>
createClerkSync({ adapter: supabaseAdapter(passedOn, { users }) })
// JSON columns take metadata, columns of a time the record's dates.
createClerkSync({
  adapter: supabaseAdapter(supabase, { users: { table: 'users', columns: ['public_metadata', 'last_sign_in_at'] } }),
})
// A name alone: ids and tombstones.
createClerkSync({ adapter: supabaseAdapter(supabase, { users: 'users', sessions: 'sessions' }) })
// A membership's columns are all fields of its record.
createClerkSync({
  adapter: supabaseAdapter(supabase, {
    organizationMemberships: {
      table: 'organization_memberships',
      columns: ['organization_id', 'user_id', 'role', 'permissions'],
    },
  }),
})

// Names are checked.
// @ts-expect-error There is no such table.
supabaseAdapter(supabase, { users: { table: 'user', columns: [] } })
// @ts-expect-error There is no such table.
supabaseAdapter(supabase, { users: 'user' })
// @ts-expect-error It is no table of Clerk's: it has no sync columns.
supabaseAdapter(supabase, { users: { table: 'posts', columns: ['title'] } })
// @ts-expect-error There is no such column.
supabaseAdapter(supabase, { users: { table: 'users', columns: ['emial'] } })
// @ts-expect-error A column of another table.
supabaseAdapter(supabase, { users: { table: 'users', columns: ['role'] } })
// @ts-expect-error The version is the library's.
supabaseAdapter(supabase, { users: { table: 'users', columns: ['clerk_version'] } })
// @ts-expect-error There is no such option.
supabaseAdapter(supabase, { user: users })
// @ts-expect-error It has not the columns of a ledger.
supabaseAdapter(supabase, { users, events: 'users' })
// @ts-expect-error A ledger holds no dead letters.
supabaseAdapter(supabase, { users, events, deadLetters: 'clerk_events' })

// An insert must be able to succeed.
supabaseAdapter(supabase, {
  // @ts-expect-error Nothing fills user_id and role.
  organizationMemberships: { table: 'organization_memberships', columns: ['organization_id'] },
})
// @ts-expect-error Nothing fills any of them.
supabaseAdapter(supabase, { organizationMemberships: 'organization_memberships' })

// A table with a clerk_id says that it is the key.
// @ts-expect-error No key.
supabaseAdapter(supabase, { users: { table: 'profiles', columns: ['email'] } })
// @ts-expect-error The name alone would put Clerk's id into id.
supabaseAdapter(supabase, { users: 'profiles' })
// @ts-expect-error A number holds no Clerk id.
supabaseAdapter(supabase, { users: { table: 'profiles', columns: ['email'], key: 'id' } })
// @ts-expect-error No e-mail address.
supabaseAdapter(supabase, { users: { table: 'profiles', columns: ['label'], key: 'clerk_id' } })

// A map is typed from the table's Insert, and its parameters from Clerk.
createClerkSync({
  adapter: supabaseAdapter(supabase, { users: { table: 'users', columns: ['email', 'plan', 'public_metadata'] } }),
  map: {
    user: (user, record) => ({
      email: record.email,
      plan: user.banned ? 'free' : 'paid',
      public_metadata: record.publicMetadata,
    }),
  },
})
createClerkSync({
  adapter: supabaseAdapter(supabase, { users }),
  map: { user: (_, record) => ({ ...record, first_name: 'x' }) },
})
// @ts-expect-error A column that the table does not have.
createClerkSync({ adapter: supabaseAdapter(supabase, { users }), map: { user: () => ({ emial: 'x' }) } })
// @ts-expect-error A column that is not listed.
createClerkSync({ adapter: supabaseAdapter(supabase, { users }), map: { user: () => ({ plan: 'free' }) } })
// @ts-expect-error A value that the column does not take.
createClerkSync({ adapter: supabaseAdapter(supabase, { users }), map: { user: () => ({ email: 1 }) } })
// @ts-expect-error Null, where the column takes none.
createClerkSync({ adapter: supabaseAdapter(supabase, { users }), map: { user: () => ({ banned: null }) } })
createClerkSync({
  adapter: supabaseAdapter(supabase, { users: { table: 'users', columns: ['plan'] } }),
  // @ts-expect-error Not a value of the enum.
  map: { user: () => ({ plan: 'gold' }) },
})
// @ts-expect-error The adapter was given no table for organizations.
createClerkSync({ adapter: supabaseAdapter(supabase, { users }), map: { organization: () => ({}) } })
// @ts-expect-error No columns are filled in a table that is given by its name alone.
createClerkSync({ adapter: supabaseAdapter(supabase, { users: 'users' }), map: { user: () => ({ plan: 'free' }) } })

// A required column must be filled, also when the row is deleted.
const profiles = { table: 'profiles', columns: ['email', 'display_name'], key: 'clerk_id' } as const
// @ts-expect-error The record's e-mail address can be null.
createClerkSync({ adapter: supabaseAdapter(supabase, { users: profiles }) })
createClerkSync({
  adapter: supabaseAdapter(supabase, { users: profiles }),
  // @ts-expect-error Nothing says what a deleted row has for an e-mail address.
  map: { user: (_, record) => ({ email: record.email ?? '' }) },
})
createClerkSync({
  adapter: supabaseAdapter(supabase, { users: profiles }),
  map: {
    user: (_, record) => ({ email: record.email ?? `${record.id}@invalid`, display_name: record.fullName }),
    deletedUser: ({ id }) => ({ email: `${id}@invalid` }),
  },
})

// With the versions beside it, a table is as it was, and a row that is removed needs no values.
const members = { table: 'members', columns: ['email', 'name'] } as const
const versions = 'clerk_versions'
createClerkSync({
  adapter: supabaseAdapter(supabase, { users: members, versions, events }),
  map: { user: (_, record) => ({ email: record.email ?? '', name: record.fullName }) },
  onDelete: 'remove',
})
createClerkSync({
  adapter: supabaseAdapter(supabase, {
    users: members,
    sessions: { table: 'sessions', columns: ['status'], versions: 'row' },
    versions,
  }),
  map: { user: (_, record) => ({ email: record.email ?? '' }) },
})
// @ts-expect-error It has sync columns.
supabaseAdapter(supabase, { users, versions })
// @ts-expect-error It has none.
supabaseAdapter(supabase, { users: { ...members, versions: 'row' }, versions })
// @ts-expect-error It has not the columns of versions.
supabaseAdapter(supabase, { users: members, versions: 'clerk_events' })

// There is no transaction: no `tx`. Hooks may be asynchronous.
createClerkSync({
  adapter: supabaseAdapter(supabase, { users, events }),
  on: {
    'user.created': async (context) => {
      expectTypeOf(context).not.toHaveProperty('tx')
      expectTypeOf(context.outcome).toEqualTypeOf<WriteOutcome>()
      await supabase.from('posts').insert({ title: context.event.data.first_name ?? '' })
    },
    // @ts-expect-error There is none.
    'user.updated': async ({ tx }) => tx,
    'user.deleted': ({ event }) => event.data.id,
  },
})

// A client without types: names and values are the application's to get right.
const untyped = createClient('http://localhost', 'key')
createClerkSync({
  adapter: supabaseAdapter(untyped, {
    users: { table: 'people', columns: ['email', 'plan'], key: 'clerk_id' },
    events,
  }),
  map: { user: (_, record) => ({ email: record.email, plan: 'free' }) },
})
createClerkSync({
  adapter: supabaseAdapter(untyped, { users: { table: 'people', columns: ['email'] } }),
  // @ts-expect-error A column that is not listed is not written, and that much is known.
  map: { user: () => ({ emial: '' }) },
})

createClerkSync({
  adapter: supabaseAdapter(untyped, {
    users: { table: 'people', columns: ['email'] },
    sessions: { table: 'sessions', columns: ['status'], versions: 'row' },
    versions: 'clerk_versions',
  }),
})

// Views, enums and functions of the application are no matter, nor is an older client's form of the types.
interface Older {
  public: Omit<Database['public'], 'Functions'> & { Functions: { hello: { Args: { name: string }; Returns: Json } } }
}
createClerkSync({ adapter: supabaseAdapter(createClient<Older>('http://localhost', 'key'), { users, events }) })

// @ts-expect-error No client.
supabaseAdapter({}, { users })

// Tables of parts: their key is the user's id and their own, and their map gets one part.
const address = { table: 'email_addresses', columns: ['email_address', 'label'] } as const
createClerkSync({
  adapter: supabaseAdapter(supabase, { users, emailAddresses: address }),
  map: { emailAddress: (json, record) => ({ email_address: record.emailAddress, label: json.user_id }) },
})
// @ts-expect-error Nothing fills label.
createClerkSync({ adapter: supabaseAdapter(supabase, { users, emailAddresses: address }) })
// @ts-expect-error Nothing fills label.
supabaseAdapter(supabase, { users, emailAddresses: { table: 'email_addresses', columns: ['email_address'] } })
supabaseAdapter(supabase, {
  users,
  // @ts-expect-error It is of the key.
  emailAddresses: { table: 'email_addresses', columns: ['email_address', 'label', 'user_id'] },
})
// @ts-expect-error It is filled with the columns that are listed.
supabaseAdapter(supabase, { users, emailAddresses: 'email_addresses' })
// @ts-expect-error There is no such table.
supabaseAdapter(supabase, { users, emailAddresses: { table: 'addresses', columns: [] } })
const odd = { table: 'odd_addresses', columns: ['email_address'] } as const
createClerkSync({
  adapter: supabaseAdapter(supabase, { users, emailAddresses: { ...odd, key: 'part', owner: 'account' } }),
})
// @ts-expect-error There is no such column.
supabaseAdapter(supabase, { users, emailAddresses: { ...odd, key: 'part', owner: 'nobody' } })
// Beside a table of versions, they have none.
supabaseAdapter(supabase, {
  users: { table: 'members', columns: ['email'] },
  emailAddresses: address,
  versions: 'clerk_versions',
})

// What the compiler says where a usage cannot be right: the sentence itself, since @ts-expect-error takes any.
import { compileErrors } from '@clerk-sync/test-support/compile-errors'
import { expect, test } from 'vitest'

const prelude = `
import { supabaseAdapter } from '@clerk-sync/adapter-supabase'
import { createClerkSync } from '@clerk-sync/core'
import type { SupabaseClient } from '@supabase/supabase-js'
import type { Database } from './kit/database-types.ts'

declare const supabase: SupabaseClient<Database>
const users = { table: 'users', columns: ['email'] } as const
`

const usages = {
  'a table without the sync columns': {
    code: "supabaseAdapter(supabase, { users: { table: 'posts', columns: ['title'] } })",
    sentence:
      "posts lacks the columns clerk_version and deleted_at: add them as in sql/tables.sql, then generate the types again, or pass versions: 'clerk_versions'",
  },
  'a table without the sync columns, by its name alone': {
    code: "supabaseAdapter(supabase, { users: 'posts' })",
    sentence:
      "posts lacks the columns clerk_version and deleted_at: add them as in sql/tables.sql, then generate the types again, or pass versions: 'clerk_versions'",
  },
  'a table with the sync columns, where versions are given': {
    code: "supabaseAdapter(supabase, { users, versions: 'clerk_versions' })",
    sentence:
      "users has the sync columns, and versions are given: say versions: 'row' for it, or move its versions and drop the columns",
  },
  'versions without their columns': {
    code: "supabaseAdapter(supabase, { users: { table: 'posts', columns: ['title'] }, versions: 'clerk_events' })",
    sentence: 'clerk_events lacks columns of the versions: create clerk_versions as sql/versions.sql does',
  },
  'a required column of a table with its versions beside': {
    code: "supabaseAdapter(supabase, { users: { table: 'members', columns: ['name'] }, versions: 'clerk_versions' })",
    sentence: 'Nothing fills email: list it in columns, or give it a default',
  },
  'a table of parts whose key has other names': {
    code: "supabaseAdapter(supabase, { users, emailAddresses: { table: 'odd_addresses', columns: ['email_address'], key: 'part' } })",
    sentence: "odd_addresses has no column user_id: name the one that holds the user's Clerk id in owner",
  },
  'a required column of a table of parts': {
    code: "supabaseAdapter(supabase, { users, emailAddresses: { table: 'email_addresses', columns: ['email_address'] } })",
    sentence: 'Nothing fills label: list it in columns, or give it a default',
  },
  'a clerk_id that is not said to be the key': {
    code: "supabaseAdapter(supabase, { users: { table: 'profiles', columns: ['email'] } })",
    sentence: "profiles has a column clerk_id: say whether it is the key, as in key: 'clerk_id'",
  },
  'a required column that is not listed': {
    code: "supabaseAdapter(supabase, { users: { table: 'profiles', columns: ['label'], key: 'clerk_id' } })",
    sentence: 'Nothing fills email: list it in columns, or give it a default',
  },
  'required columns of a table that is given by its name alone': {
    code: "supabaseAdapter(supabase, { organizationMemberships: 'organization_memberships' })",
    sentence: 'Nothing fills user_id: list it in columns, or give it a default',
  },
  'an entity in the place of a table': {
    code: 'supabaseAdapter(supabase, { user: users })',
    sentence: 'There is no table "user": did you mean "users"?',
  },
  'a misspelt table beside a right one': {
    code: 'supabaseAdapter(supabase, { users, members: users })',
    sentence:
      'There is no table "members": tables go by the plural of their entity, such as users, and the ledger is events',
  },
  'a ledger without its columns': {
    code: "supabaseAdapter(supabase, { users, events: 'users' })",
    sentence: 'users lacks columns of the ledger: create clerk_events as sql/tables.sql does',
  },
  'a table of dead letters without its columns': {
    code: "supabaseAdapter(supabase, { users, deadLetters: 'clerk_events' })",
    sentence: 'clerk_events lacks columns of dead letters: create clerk_dead_letters as sql/tables.sql does',
  },
  'hooks without a ledger': {
    code: `createClerkSync({ adapter: supabaseAdapter(supabase, { users }), on: { 'user.created': () => {} } })`,
    sentence: 'Hooks need the ledger: pass the adapter its events table',
  },
  'a column that nothing fills': {
    code: "createClerkSync({ adapter: supabaseAdapter(supabase, { users: { table: 'profiles', columns: ['email'], key: 'clerk_id' } }) })",
    sentence: 'map.user must be given: nothing else fills "email" of its table',
  },
} as const

const others = {
  'a misspelt table': { code: "supabaseAdapter(supabase, { users: { table: 'user', columns: ['email'] } })" },
  'a misspelt column': { code: "supabaseAdapter(supabase, { users: { table: 'users', columns: ['emial'] } })" },
  right: {
    code: `createClerkSync({
      adapter: supabaseAdapter(supabase, { users, events: 'clerk_events' }),
      on: { 'user.created': async ({ event }) => event.data.id },
    })`,
  },
}

const pieces = Object.entries({ ...usages, ...others }).map(([name, { code }]) => [name, prelude + code])
const errors = compileErrors(import.meta.dirname, Object.fromEntries(pieces))

test.each(Object.entries(usages))('%s: the compiler says what is wrong', (name, { sentence }) => {
  expect(errors[name]).toEqual([expect.stringContaining(JSON.stringify(sentence))])
  expect(errors[name]?.[0]?.length).toBeLessThan(1500)
})

test('what is right compiles', () => {
  expect(errors.right).toEqual([])
})

test('a misspelt table or column of the database: the compiler names the one that is meant', () => {
  expect(errors['a misspelt table']).toEqual([expect.stringContaining('"users"')])
  expect(errors['a misspelt column']).toEqual([expect.stringContaining('"email"')])
})

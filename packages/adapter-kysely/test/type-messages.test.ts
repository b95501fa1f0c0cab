// What the compiler says where a usage cannot be right: the sentence itself, since @ts-expect-error takes any.
import { compileErrors } from '@clerk-sync/test-support/compile-errors'
import { expect, test } from 'vitest'

const prelude = `
import { type ClerkDeadLettersTable, type ClerkEventsTable, type ClerkVersionsTable, kyselyAdapter, type SyncColumns } from '@clerk-sync/adapter-kysely'
import { createClerkSync } from '@clerk-sync/core'
import type { Generated, Kysely } from 'kysely'

declare const db: Kysely<{
  app_user: SyncColumns & { id: string; email: string | null }
  bare: { id: string; email: string | null }
  immortal: Omit<SyncColumns, 'deleted_at'> & { id: string }
  numbered: SyncColumns & { id: Generated<number>; email: string | null }
  keyless: SyncColumns & { email: string | null }
  own_key: SyncColumns & { id: Generated<number>; clerk_id: string }
  demanding: SyncColumns & { id: string; email: string | null; tenant: string }
  clerk_events: ClerkEventsTable
  clerk_dead_letters: ClerkDeadLettersTable
  clerk_versions: ClerkVersionsTable
}>
const users = { table: 'app_user', columns: ['email'] } as const
`

const usages = {
  'a table without the sync columns': {
    code: 'kyselyAdapter(db, { users: { table: "bare", columns: ["email"] } })',
    sentence:
      "bare lacks the columns clerk_version and deleted_at: syncColumnsMigration('bare') adds them, or name yours in version and deletedAt; or give the adapter versions",
  },
  'a table without the time of the delete': {
    code: 'kyselyAdapter(db, { sessions: { table: "immortal", columns: [] } })',
    sentence:
      "immortal lacks the column deleted_at: syncColumnsMigration('immortal') adds them, or name yours in version and deletedAt",
  },
  'a table without a key': {
    code: 'kyselyAdapter(db, { users: { table: "keyless", columns: ["email"] } })',
    sentence: 'keyless has no column id: name the one that holds the Clerk id in key',
  },
  'a key that takes no text': {
    code: 'kyselyAdapter(db, { users: { table: "numbered", columns: ["email"] } })',
    sentence:
      'numbered has an id that takes no text, and holds the Clerk id: make it text, or name the column that does in key',
  },
  'a clerk_id that is not said to be the key': {
    code: 'kyselyAdapter(db, { users: { table: "own_key", columns: [] } })',
    sentence: "own_key has a column clerk_id: say whether it is the key, as in key: 'clerk_id'",
  },
  'a required column that is not listed': {
    code: 'kyselyAdapter(db, { users: { table: "demanding", columns: ["email"] } })',
    sentence: 'Nothing fills tenant: list it in columns, or give it a default',
  },
  'a default of a column that takes NULL': {
    code: 'kyselyAdapter(db, { users: { table: "app_user", columns: ["email"], defaults: { email: "" } } })',
    sentence: 'defaults takes columns that are NOT NULL and have a default in the database, and email is none',
  },
  'an entity in the place of a table': {
    code: 'kyselyAdapter(db, { user: users })',
    sentence: 'There is no table "user": did you mean "users"?',
  },
  'a misspelt table beside a right one': {
    code: 'kyselyAdapter(db, { users, organization_memberships: users })',
    sentence: 'There is no table "organization_memberships": did you mean "organizationMemberships"?',
  },
  'a ledger without its columns': {
    code: 'kyselyAdapter(db, { users, events: "bare" })',
    sentence: 'bare lacks columns of the ledger: pass the table that clerkEventsMigration() creates',
  },
  "the application's own table for dead letters": {
    code: 'kyselyAdapter(db, { users, deadLetters: "app_user" })',
    sentence: 'app_user lacks columns of dead letters: pass the table that clerkDeadLettersMigration() creates',
  },
  'the ledger for dead letters': {
    code: 'kyselyAdapter(db, { users, deadLetters: "clerk_events" })',
    sentence: 'clerk_events lacks columns of dead letters: pass the table that clerkDeadLettersMigration() creates',
  },
  'the ledger for versions': {
    code: 'kyselyAdapter(db, { users: { table: "bare", columns: ["email"] }, versions: "clerk_events" })',
    sentence: 'clerk_events lacks columns of versions: pass the table that clerkVersionsMigration() creates',
  },
  'a table with sync columns beside one of versions': {
    code: 'kyselyAdapter(db, { users, versions: "clerk_versions" })',
    sentence:
      "app_user has the column clerk_version: say versions: 'row', or drop it to have the versions in the table of versions",
  },
  'hooks without a ledger': {
    code: `createClerkSync({ adapter: kyselyAdapter(db, { users }), on: { 'user.created': () => {} } })`,
    sentence: 'Hooks need the ledger: pass the adapter its events table',
  },
  'a column that nothing fills': {
    code: 'createClerkSync({ adapter: kyselyAdapter(db, { users: { table: "demanding", columns: ["tenant"] } }) })',
    sentence: 'map.user must be given: nothing else fills "tenant" of its table',
  },
} as const

const right = `
createClerkSync({
  adapter: kyselyAdapter(db, { users, events: 'clerk_events', deadLetters: 'clerk_dead_letters' }),
  on: { 'user.created': async ({ tx }) => void (await tx.selectFrom('app_user').selectAll().execute()) },
})`

const beside = `
createClerkSync({
  adapter: kyselyAdapter(db, {
    users: { table: 'app_user', columns: ['email'], versions: 'row' },
    organizations: { table: 'bare', columns: ['email'] },
    versions: 'clerk_versions',
  }),
  map: { organization: () => ({ email: 'x' }) },
  onDelete: { user: 'keep', organization: 'remove' },
})`

const others = {
  'a misspelt table': { code: 'kyselyAdapter(db, { users: { table: "app_usr", columns: ["email"] } })' },
  'a misspelt column': { code: 'kyselyAdapter(db, { users: { table: "app_user", columns: ["emial"] } })' },
  right: { code: right },
  beside: { code: beside },
}
const pieces = Object.entries({ ...usages, ...others }).map(([name, { code }]) => [name, prelude + code])
const errors = compileErrors(import.meta.dirname, Object.fromEntries(pieces))

test.each(Object.entries(usages))('%s: the compiler says what is wrong', (name, { sentence }) => {
  expect(errors[name]).toEqual([expect.stringContaining(JSON.stringify(sentence))])
  expect(errors[name]?.[0]?.length).toBeLessThan(1500)
})

test('what is right compiles', () => {
  expect(errors.right).toEqual([])
  expect(errors.beside).toEqual([])
})

test('a misspelt table or column of the database: the compiler names the one that is meant', () => {
  expect(errors['a misspelt table']).toEqual([expect.stringContaining('"app_user"')])
  expect(errors['a misspelt column']).toEqual([expect.stringContaining('"email"')])
})

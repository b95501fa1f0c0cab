// What the compiler says where a usage cannot be right: the sentence itself, since @ts-expect-error takes any.

import { compileErrors } from '@clerk-sync/test-support/compile-errors'
import { expect, test } from 'vitest'

const prelude = `
import { createClerkSync, ensureUser } from '@clerk-sync/core'
import type { NoLedger, SyncAdapter } from '@clerk-sync/core/adapter'
declare const adapter: SyncAdapter<{ user: { email?: string | null; displayName: string } }, { run(): void }>
declare const strictEmail: SyncAdapter<{ user: { email: string } }>
declare const withoutLedger: SyncAdapter<{ user: { email?: string | null } }, NoLedger>
declare const users: SyncAdapter<{ user: { email?: string | null } }, unknown, unknown, { user: { id: string } }>
declare const organizations: SyncAdapter<{ organization: object }, unknown, unknown, { organization: { id: string } }>
declare const withoutTx: SyncAdapter<{ user: { email?: string | null } }, never>
`

const errors = compileErrors(import.meta.dirname, {
  'no map': `${prelude} createClerkSync({ adapter })`,
  'an empty map': `${prelude} createClerkSync({ adapter, map: {} })`,
  'a type that does not fit': `${prelude} createClerkSync({ adapter: strictEmail })`,
  'a column that is not there': `${prelude} createClerkSync({ adapter: users, map: { user: () => ({ nickname: '' }) } })`,
  'a table that is not there': `${prelude} createClerkSync({ adapter: users, map: { session: () => ({}) } })`,
  'hooks without a ledger': `${prelude} createClerkSync({ adapter: withoutLedger, on: { 'user.created': () => {} } })`,
  'the row before an event of no table': `${prelude} createClerkSync({ adapter: users, on: { 'session.created': { before: true, run: () => {} } } })`,
  'the row before an event of no entity': `${prelude} createClerkSync({ adapter: users, on: { 'email.created': { before: true, run: () => {} } } })`,
  'the row before an event in a plain hook': `${prelude} createClerkSync({ adapter: users, on: { 'user.created': ({ before }) => {} } })`,
  'the event in place of what a hook gets': `${prelude} createClerkSync({ adapter: users, on: { 'user.created': (event) => { event.data } } })`,
  'a transaction of a driver without': `${prelude} createClerkSync({ adapter: withoutTx, on: { 'user.created': ({ tx }) => {} } })`,
  'an async map': `${prelude} createClerkSync({ adapter: users, map: { user: async () => ({ email: null }) } })`,
  'a map without that of deletes': `${prelude} createClerkSync({ adapter: strictEmail, map: { user: (_, { email }) => ({ email: email ?? '' }) } })`,
  'find without a table': `${prelude} createClerkSync({ adapter: users }).find('organization', 'org_1')`,
  'ensureUser without users': `${prelude} ensureUser(createClerkSync({ adapter: organizations }), { userId: '' })`,
  'what is right': `${prelude} createClerkSync({ adapter: users, on: { 'user.created': () => {} } }).find('user', 'user_1')`,
})

test.each([
  ['no map', 'map.user must be given: nothing else fills \\"displayName\\" of its table'],
  ['an empty map', 'map.user must be given: nothing else fills \\"displayName\\" of its table'],
  ['a type that does not fit', 'map.user must be given: nothing else fills \\"email\\" of its table'],
  ['a column that is not there', 'The table has no column \\"nickname\\"'],
  ['hooks without a ledger', 'Hooks need the ledger: pass the adapter its events table'],
  [
    'the row before an event of no table',
    'The adapter was given no table that session.created fills: there is no row before it',
  ],
  [
    'the row before an event of no entity',
    'The adapter was given no table that email.created fills: there is no row before it',
  ],
  [
    'the row before an event in a plain hook',
    'A hook gets event, tx and outcome. For the row as it was before, write { before: true, run: ({ before }) => … }',
  ],
  [
    'the event in place of what a hook gets',
    'A hook gets event, tx and outcome. For the row as it was before, write { before: true, run: ({ before }) => … }',
  ],
  [
    'a transaction of a driver without',
    'A hook gets event and outcome: the driver has no interactive transactions, and so no tx. For the row as it was before, write { before: true, run: ({ before }) => … }',
  ],
  ['an async map', 'A map returns its row at once, and cannot be async: it depends on its input alone'],
  [
    'a map without that of deletes',
    'map.deletedUser must be given: a deleted row needs a value in each column that is not nullable',
  ],
  ['find without a table', 'The adapter was given no table for \\"organization\\"'],
  ['ensureUser without users', 'The adapter was given no table for \\"user\\"'],
] as const)('%s: the compiler says what set-up says', (name, sentence) => {
  expect(errors[name]).toEqual([expect.stringContaining(`"${sentence}"`)])
  expect(errors[name][0]?.length).toBeLessThan(1000)
})

test('a map for a table that is not there: the compiler names it and the tables', () => {
  expect(errors['a table that is not there']).toEqual([
    expect.stringContaining("'session' does not exist in type 'Maps<{ user: {"),
  ])
})

test('what is right compiles', () => {
  expect(errors['what is right']).toEqual([])
})

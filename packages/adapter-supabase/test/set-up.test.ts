import { supabaseAdapter } from '@clerk-sync/adapter-supabase'
import { createClerkSync } from '@clerk-sync/core'
import { describe, expect, it } from 'vitest'
import { clientOf } from './kit/client.ts'

// Nothing is sent before the first event.
const client = clientOf('http://127.0.0.1:9', 'a key')
/** What a JavaScript user, or one with a cast, could pass: the types refuse most of it. */
const setUp = (tables: object, options: object = {}, supabase: object = client) =>
  createClerkSync({ adapter: Reflect.apply(supabaseAdapter, undefined, [supabase, tables]), ...options })

describe('What cannot work is refused at set-up, with what to do', () => {
  it('something that is no Supabase client', () => {
    expect(() => setUp({}, {}, {})).toThrow(/takes what createClient of @supabase\/supabase-js made/)
  })

  it('a misspelt table, whose events would all be ignored', () => {
    expect(() => setUp({ user: 'users' })).toThrow(/supabaseAdapter: There is no table "user": did you mean "users"\?/)
  })

  it('a table of parts without users, without its columns, and with those of its key among them', () => {
    const emailAddresses = { table: 'email_addresses', columns: ['verified'] }
    expect(() => setUp({ users: 'users', emailAddresses })).not.toThrow()
    expect(() => setUp({ emailAddresses })).toThrow(/supabaseAdapter was given emailAddresses without users/)
    const withParts = (given: unknown) => setUp({ users: 'users', emailAddresses: given })
    for (const given of ['email_addresses', null, { table: 'email_addresses' }, { ...emailAddresses, owner: 1 }]) {
      expect(() => withParts(given)).toThrow(/The table for emailAddress must be \{ table: '…', columns: \[/)
    }
    expect(() => withParts({ ...emailAddresses, userId: 'user_id' })).toThrow(/"userId": did you mean "owner"/)
    for (const column of ['id', 'user_id', 'deleted_at']) {
      expect(() => withParts({ ...emailAddresses, columns: [column] })).toThrow(
        `email_addresses.${column} is of the key, or a sync column`,
      )
    }
  })

  it('misspelt options of a table, and no tables', () => {
    expect(() => setUp({ users: { table: 'users', column: [] } })).toThrow(/no option "column": did you mean "columns"/)
    expect(() => setUp({ users: { name: 'users', columns: [] } })).toThrow(/no option "name": did you mean "table"/)
    expect(() => setUp({ users: null })).toThrow(/table for user must be a name, or/)
    expect(() => Reflect.apply(supabaseAdapter, undefined, [client])).toThrow(/takes an object of tables/)
  })

  it('a table without the list of its columns', () => {
    expect(() => setUp({ users: { table: 'users' } })).toThrow(/must be a name, or \{ table: '…', columns:/)
  })

  it('the key, or a sync column, among the columns', () => {
    for (const column of ['id', 'clerk_id', 'clerk_version', 'deleted_at']) {
      const users = { table: 'users', columns: ['email', column] }
      expect(() => setUp({ users })).toThrow(`users.${column} is not a column to list`)
    }
    expect(() => setUp({ users: { table: 'users', columns: ['ref'], key: 'ref' } })).toThrow(/users\.ref .*key/)
  })

  it('a ledger with columns of its own', () => {
    expect(() => setUp({ events: { table: 'clerk_events', columns: [] } })).toThrow(/events is the name of the ledger/)
  })

  it('dead letters with columns of their own', () => {
    expect(() => setUp({ users: 'users', deadLetters: { table: 'clerk_dead_letters' } })).toThrow(
      /deadLetters is the name of the table of dead letters alone: .* sql\/tables\.sql/,
    )
  })

  it('versions with columns of their own, and a table that says something else than row', () => {
    expect(() => setUp({ users: 'users', versions: { table: 'clerk_versions' } })).toThrow(
      /versions is the name of the table of versions alone: .* sql\/versions\.sql/,
    )
    const users = { table: 'users', columns: ['email'], versions: 'beside' }
    expect(() => setUp({ users, versions: 'clerk_versions' })).toThrow(
      /users: versions is 'row', for a table with sync/,
    )
  })

  it('a mode of deletes that the table does not have', () => {
    const users = { table: 'users', columns: ['email'] }
    expect(() => setUp({ users }, { onDelete: 'remove' })).toThrow(/users has its versions in its own rows/)
    expect(() => setUp({ users, versions: 'clerk_versions' }, { onDelete: 'keep' })).not.toThrow()
    const inRow = { ...users, versions: 'row' }
    expect(() => setUp({ users: inRow, versions: 'clerk_versions' }, { onDelete: 'erase' })).not.toThrow()
  })

  it('hooks without a ledger', () => {
    expect(() => setUp({ users: 'users' }, { on: { 'user.created': () => {} } })).toThrow(
      /Hooks need the ledger table.*supabase was given none/,
    )
  })

  it('a map that fills what is not listed', () => {
    const users = { table: 'users', columns: ['email'] }
    expect(() => setUp({ users }, { map: { user: () => ({ plan: 'free' }) } })).toThrow(
      /map\.user returns "plan", and the table users has no such column/,
    )
  })
})

import { describe, expect, test } from 'vitest'
import { type MemoryTables, memoryAdapter } from '../src/memory/memory-adapter.ts'
import { type Columns, type Untyped, untyped, usersOf } from './fixtures/untyped.ts'

describe('is refused at creation', () => {
  const REQUIRED = { email: {}, label: { required: true } }
  const cases: [string, Columns, Untyped, RegExp][] = [
    ['a column that nothing fills', REQUIRED, {}, /Nothing fills users\.label.*map\.user/],
    ['a column that the map does not fill', REQUIRED, { map: { user: () => ({ email: '' }) } }, /users\.label/],
    [
      'null in a column that is NOT NULL, for a user without a name',
      { label: { required: true } },
      {
        map: {
          user: (_: object, { firstName }: { firstName: string | null }) => ({ label: firstName }),
          deletedUser: () => ({ label: '' }),
        },
      },
      /map\.user gives null for users\.label, which is NOT NULL/,
    ],
    [
      'the same without a map',
      { firstName: { required: true, default: '' } },
      {},
      /The record of a user gives null for users\.firstName, which is NOT NULL/,
    ],
    [
      'a column that a delete cannot fill',
      REQUIRED,
      { map: { user: () => ({ label: 'x' }) } },
      /label.*NOT NULL.*map\.deletedUser, \(\{ id \}\) => \(\{ label: … \}\)/,
    ],
    [
      'a column that deletedUser leaves out',
      REQUIRED,
      { map: { user: () => ({ label: 'x' }), deletedUser: () => ({}) } },
      /label.*map\.deletedUser/,
    ],
    [
      'a column that deletedUser leaves undefined',
      REQUIRED,
      { map: { user: () => ({ label: 'x' }), deletedUser: () => ({ label: undefined }) } },
      /label.*map\.deletedUser/,
    ],
    [
      'the same under onDelete: keep, since a delete may come first',
      REQUIRED,
      { map: { user: () => ({ label: 'x' }) }, onDelete: 'keep' },
      /label.*map\.deletedUser/,
    ],
    [
      'a column that the table lacks',
      { email: {} },
      { map: { user: () => ({ emial: 'x' }) } },
      /map\.user returns "emial"/,
    ],
    [
      'a sync column',
      { email: {} },
      { map: { user: () => ({ clerkVersion: '9' }) } },
      /map\.user returns "clerkVersion"/,
    ],
    [
      "an id of the application's own, which would be dropped in silence",
      { email: {} },
      { map: { user: () => ({ id: 7, email: 'x' }) } },
      /map\.user returns "id" with a value of its own.*column's default/,
    ],
    [
      'a field of the record that is made anew, for which there is no column',
      { email: {} },
      { map: { user: () => ({ email: 'x', fullName: 'x', createdAt: new Date(0) }) } },
      /map\.user returns "\w+", and the table users has no such column/,
    ],
    [
      'a column of a delete that is not mapped',
      { email: {}, note: {} },
      { map: { user: () => ({ email: 'x' }), deletedUser: () => ({ note: 'gone' }) } },
      /map\.deletedUser returns "note", which map\.user does not fill/,
    ],
    [
      'a field of the record that a delete cannot write',
      { email: {} },
      { map: { deletedUser: () => ({ username: 'gone' }) } },
      /map\.deletedUser returns "username", which the default map does not fill/,
    ],
    [
      'a map that fails for a user without an e-mail address and a name',
      { email: {} },
      { map: { user: (json: { email_addresses: string[] }) => ({ email: json.email_addresses[0]?.at(0) ?? fail() }) } },
      /map\.user threw on a sample.*no name, no e-mail address/,
    ],
    [
      'a map that fills a column for some users only',
      { email: {}, label: {} },
      { map: { user: (_json: object, { email }: { email: string | null }) => ({ label: email ?? undefined }) } },
      /"label" for some inputs.*null where there is no value/,
    ],
    ['a map for another table', { email: {} }, { map: { users: () => ({}) } }, /map\.users.*user, deletedUser/],
    ['a map for a table that was not given', {}, { map: { session: () => ({}) } }, /map\.session is for no table/],
    [
      'a map that is a promise',
      { email: {} },
      { map: { user: async () => ({ email: '' }) } },
      /map\.user must return an object/,
    ],
    ['a map that returns nothing', { email: {} }, { map: { user: () => {} } }, /map\.user must return an object/],
    ['a map that returns a list', { email: {} }, { map: { user: () => ['x'] } }, /map\.user must return an object/],
    [
      'a deletedUser that returns nothing',
      { email: {} },
      { map: { deletedUser: () => null } },
      /map\.deletedUser must return an object/,
    ],
  ]
  test.each(cases)('%s', (_, columns, options, message) => {
    const adapter = memoryAdapter<MemoryTables>({ users: { columns } })
    const error = thrownBy(() => untyped(adapter, options))
    expect(error).toMatchObject({ code: 'config_invalid', status: 500, message: expect.stringMatching(message) })
  })

  test('a map that throws on the sample, with what it threw', () => {
    const cause = new TypeError('cannot read')
    const map = {
      user: () => {
        throw cause
      },
    }
    expect(thrownBy(() => usersOf({ email: {} }, { map }))).toMatchObject({
      code: 'config_invalid',
      message: expect.stringMatching(/map\.user threw on a sample/),
      cause,
    })
  })

  function fail(): never {
    throw new Error('no e-mail address')
  }

  function thrownBy(run: () => unknown): unknown {
    try {
      run()
    } catch (error) {
      return error
    }
    return undefined
  }
})

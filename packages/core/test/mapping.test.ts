import { describe, expect, test } from 'vitest'
import { type MemoryTables, memoryAdapter } from '../src/memory/memory-adapter.ts'
import { deleted, envelope, membership, organization, T0, user } from './fixtures/payloads.ts'
import { send } from './fixtures/sync.ts'
import { recording, untyped, usersOf } from './fixtures/untyped.ts'

const created = (overrides = {}) => envelope('user.created', user(overrides))
const removed = envelope('user.deleted', deleted('user_1'))

describe('without a map', () => {
  test('the fields are stored that the table has a column for', async () => {
    const { rows, ...clerkSync } = usersOf({ email: {}, fullName: {}, note: {} })
    await send(clerkSync, created())
    expect(rows()).toEqual([
      {
        id: 'user_1',
        email: 'ada@example.com',
        fullName: 'Ada Lovelace',
        note: null,
        clerkVersion: expect.any(String),
        deletedAt: null,
      },
    ])
  })

  test('createdAt and updatedAt stay the application’s, also where they have defaults', async () => {
    const then = new Date(0)
    const { rows, ...clerkSync } = usersOf({ email: {}, createdAt: { required: true, default: then }, updatedAt: {} })
    await send(clerkSync, created())
    await send(clerkSync, envelope('user.updated', user({ updated_at: T0 + 1 })))
    expect(rows()).toMatchObject([{ email: 'ada@example.com', createdAt: then, updatedAt: null }])
  })

  test('a column in snake_case is filled from the field in camelCase', async () => {
    const { rows, ...clerkSync } = usersOf({ email: {}, first_name: {}, image_url: {}, last_sign_in_at: {}, note: {} })
    await send(clerkSync, created({ last_sign_in_at: T0 }))
    expect(rows()).toMatchObject([
      { email: 'ada@example.com', first_name: 'Ada', image_url: user().image_url, last_sign_in_at: new Date(T0) },
    ])
    await send(clerkSync, removed)
    expect(rows()).toMatchObject([{ email: null, first_name: null, image_url: null, last_sign_in_at: null }])
  })

  test('created_at and updated_at stay the application’s like createdAt and updatedAt', async () => {
    const { rows, ...clerkSync } = usersOf({ email: {}, created_at: {}, updated_at: {} })
    await send(clerkSync, created())
    expect(rows()).toMatchObject([{ email: 'ada@example.com', created_at: null, updated_at: null }])
  })

  test('a column of any name is filled from the field that its adapter names for it', async () => {
    const { values, adapter } = recording({
      mail: { field: 'email' },
      username: { field: 'firstName' },
      made: { field: 'createdAt' },
    })
    await send(untyped(adapter), created({ username: 'ada' }))
    expect(values).toEqual([{ mail: 'ada@example.com', username: 'Ada' }])
  })

  test('a delete erases what was stored, and nothing else', async () => {
    const { rows, ...clerkSync } = usersOf({
      email: { unique: true },
      banned: { required: true, default: false },
      note: { default: 'mine' },
    })
    await send(clerkSync, created({ banned: true }))
    await send(clerkSync, removed)
    expect(rows()).toMatchObject([
      { id: 'user_1', email: null, banned: false, note: 'mine', deletedAt: new Date(T0 + 20) },
    ])
    // The address is free for a new account.
    await send(clerkSync, created({ id: 'user_2' }))
    expect(rows()).toMatchObject([{ id: 'user_1' }, { id: 'user_2', email: 'ada@example.com' }])
  })

  test('every entity has its own', async () => {
    const adapter = memoryAdapter<MemoryTables>({
      organizations: { columns: { name: {}, slug: {}, createdBy: {} } },
      organizationMemberships: { columns: { organizationId: {}, userId: {}, role: {}, permissions: {} } },
    })
    const clerkSync = untyped(adapter)
    await send(clerkSync, envelope('organization.created', organization()))
    await send(clerkSync, envelope('organizationMembership.created', membership()))
    expect(adapter.rows('organizations')).toMatchObject([{ name: 'Engines', slug: 'engines', createdBy: 'user_1' }])
    expect(adapter.rows('organizationMemberships')).toMatchObject([
      { organizationId: 'org_1', userId: 'user_1', role: 'org:admin', permissions: ['org:posts:read'] },
    ])
  })
})

describe('a map', () => {
  test('replaces the default: what it does not return is not written', async () => {
    const { rows, ...clerkSync } = usersOf(
      { email: { default: 'mine' }, label: {} },
      { map: { user: (json: { first_name: string }) => ({ label: json.first_name }) } },
    )
    await send(clerkSync, created())
    expect(rows()).toMatchObject([{ email: 'mine', label: 'Ada' }])
  })

  test('may spread the record; the table lacks the rest of it', async () => {
    const { rows, ...clerkSync } = usersOf(
      { email: {}, fullName: {}, createdAt: {} },
      { map: { user: (_json: object, record: object) => ({ ...record, fullName: 'changed' }) } },
    )
    await send(clerkSync, created())
    expect(Object.keys(rows()[0] ?? {}).sort()).toEqual([
      'clerkVersion',
      'createdAt',
      'deletedAt',
      'email',
      'fullName',
      'id',
    ])
    expect(rows()).toMatchObject([{ email: 'ada@example.com', fullName: 'changed', createdAt: new Date(T0) }])
  })

  test('may spread the record over columns in snake_case, and what it names itself wins', async () => {
    const { rows, ...clerkSync } = usersOf(
      { email: {}, first_name: {}, last_name: {}, image_url: { default: 'mine' } },
      {
        map: {
          user: (_json: object, record: object) => ({ last_name: 'changed', image_url: undefined, ...record }),
        },
      },
    )
    await send(clerkSync, created())
    expect(rows()).toMatchObject([
      { email: 'ada@example.com', first_name: 'Ada', last_name: 'changed', image_url: 'mine' },
    ])
  })

  test('leaves a column alone where it returns undefined, and clears it where it returns null', async () => {
    const columns = { email: { default: 'mine' }, label: { default: 'mine' } }
    const map = { user: () => ({ email: undefined, label: null }) }
    const { rows, ...clerkSync } = usersOf(columns, { map })
    await send(clerkSync, created())
    expect(rows()).toMatchObject([{ email: 'mine', label: null }])
    await send(clerkSync, removed)
    // It is mapped all the same, so a delete erases it.
    expect(rows()).toMatchObject([{ email: null, label: null }])
  })

  test('what it leaves out of one event is null, since the row must not depend on their order', async () => {
    const columns = { email: {}, label: {} }
    const map = { user: (json: { image_url?: string }) => ({ email: 'x', label: json.image_url }) }
    const { rows, ...clerkSync } = usersOf(columns, { map })
    await send(clerkSync, created({ image_url: undefined }))
    expect(rows()).toMatchObject([{ email: 'x', label: null }])
  })

  test('what it leaves out of one event is refused where the column takes no null', async () => {
    const columns = { label: { required: true } }
    const map = {
      user: (json: { image_url?: string }) => ({ label: json.image_url }),
      deletedUser: () => ({ label: '' }),
    }
    const { rows, ...clerkSync } = usersOf(columns, { map })
    expect(await send(clerkSync, created({ image_url: undefined }))).toMatchObject({ status: 500 })
    expect(rows()).toEqual([])
  })

  test('keeps undefined from the adapter, which may write it as NULL', async () => {
    const { values, adapter } = recording({ email: {}, label: {} })
    await send(untyped(adapter, { map: { user: () => ({ email: undefined, label: null }) } }), created())
    expect(values).toEqual([{ label: null }])
    expect(Object.keys(values[0] ?? {})).toEqual(['label'])
  })

  test('gets the payload as Clerk sent it', async () => {
    const seen: unknown[] = []
    const clerkSync = usersOf({ email: {} }, { map: { user: (json: object) => ({ email: seen.push(json) }) } })
    await send(clerkSync, created({ private_metadata: { a: 1 }, unsafe_metadata: { b: 2 } }))
    expect(seen.at(-1)).toEqual(user({ private_metadata: { a: 1 }, unsafe_metadata: { b: 2 } }))
  })
})

describe('a map that goes wrong with what Clerk sent is 500 config_invalid, and nothing is written', () => {
  const cases: [string, (json: ReturnType<typeof user>) => unknown, RegExp][] = [
    ['it throws', (json) => ({ email: odd(json) ? fail() : '' }), /map\.user threw on what Clerk sent/],
    [
      'it names a column that the table lacks',
      (json) => (odd(json) ? { email: '', emial: '' } : { email: '' }),
      /"emial"/,
    ],
    [
      'it names a column that it did not before',
      (json) => (odd(json) ? { email: '' } : {}),
      /"email" for some inputs.*null where there is no value/,
    ],
    ['it returns nothing', (json) => (odd(json) ? undefined : {}), /must return an object/],
  ]
  test.each(cases)('%s', async (_, map, message) => {
    const { rows, results, ...clerkSync } = usersOf({ email: {} }, { map: { user: map } })
    expect(await send(clerkSync, created({ first_name: 'Odd' }))).toMatchObject({
      status: 500,
      body: '{"code":"config_invalid"}',
    })
    expect(results).toEqual([expect.stringMatching(message)])
    expect(rows()).toEqual([])
  })

  function odd(json: ReturnType<typeof user>): boolean {
    return json.first_name === 'Odd'
  }

  function fail(): never {
    throw new Error('odd')
  }
})

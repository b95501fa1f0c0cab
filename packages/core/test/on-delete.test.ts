import { describe, expect, test } from 'vitest'
import { createClerkSync } from '../src/index.ts'
import { memoryAdapter } from '../src/memory/memory-adapter.ts'
import { deleted, envelope, user } from './fixtures/payloads.ts'
import { SECRET } from './fixtures/signing.ts'
import { send } from './fixtures/sync.ts'

const columns = { columns: { email: {}, name: {} } }
const organization = { id: 'org_1', name: 'Analytical Engines', created_at: 1, updated_at: 2 }

describe('onDelete per entity', () => {
  test('each table has its own mode, and what is left out erases', async () => {
    const adapter = memoryAdapter({ users: columns, organizations: columns })
    const clerkSync = createClerkSync({ adapter, signingSecret: SECRET, onDelete: { organization: 'keep' } })
    for (const body of [
      envelope('user.created', user()),
      envelope('organization.created', organization),
      envelope('user.deleted', deleted('user_1')),
      envelope('organization.deleted', { id: 'org_1', object: 'organization', deleted: true }),
    ])
      expect(await send(clerkSync, body)).toMatchObject({ status: 200 })
    expect(adapter.rows('users')).toMatchObject([{ email: null, deletedAt: expect.any(Date) }])
    expect(adapter.rows('organizations')).toMatchObject([{ name: organization.name, deletedAt: expect.any(Date) }])
  })

  const refused: [string, unknown, RegExp][] = [
    ['a name that is none', { users: 'keep' }, /onDelete\.users: there is no such entity: did you mean "user"\?/],
    [
      'a name that is like none',
      { people: 'keep' },
      /^onDelete\.people: there is no such entity\. It could be: user\.$/,
    ],
    ['an entity without a table', { role: 'keep' }, /^onDelete\.role: memory was given no table for role\.$/],
    ['another one without', { organization: 'keep' }, /^onDelete\.organization: memory was given no table for/],
    ['a mode that is null', { user: null }, /^onDelete\.user is 'erase' \(default\), .* null is none of them/],
    ['an entity that Clerk sends no deletes of', { session: 'keep' }, /Clerk sends no deletes of session/],
    ['a mode that is none', { user: 'hide' }, /onDelete\.user is 'erase' \(default\), .* "hide" is none of them/],
    [
      'a removal whose version would go with the row',
      'remove',
      /users has its versions in its own rows.*table `versions`/,
    ],
    [
      'the same of one entity',
      { user: 'remove' },
      /^onDelete\.user is 'remove', and users has its versions in its own/,
    ],
  ]
  test('takes every mode where the versions are beside', () => {
    const adapter = memoryAdapter({ users: { ...columns, versions: 'beside' } })
    for (const onDelete of ['remove', 'erase', 'keep'] as const) {
      expect(() => createClerkSync({ adapter, onDelete })).not.toThrow()
    }
  })

  test('says where there is none that it could be of', () => {
    const adapter = memoryAdapter({ sessions: columns })
    const create = (onDelete: unknown) => () => createClerkSync({ adapter, onDelete: onDelete as 'erase' })
    expect(create({ people: 'keep' })).toThrow(/^onDelete\.people: there is no such entity\. It could be: none\.$/)
    expect(create('keep')).not.toThrow()
  })

  test('takes one that is left out, and for all the mode that a text is', () => {
    const adapter = memoryAdapter({ users: columns, organizations: { ...columns, versions: 'beside' } })
    const modes = (onDelete: unknown) =>
      createClerkSync({ adapter, onDelete: onDelete as 'erase' })
        .describe()
        .tables.map((table) => table.onDelete)
    expect(modes(undefined)).toEqual(['erase', 'remove'])
    expect(modes({ user: undefined, organization: 'keep' })).toEqual(['erase', 'keep'])
    expect(modes('keep')).toEqual(['keep', 'keep'])
  })

  test.each(refused)('refuses %s', (_, onDelete, message) => {
    const adapter = memoryAdapter({ users: columns, sessions: columns })
    expect(() => createClerkSync({ adapter, onDelete: onDelete as 'erase' })).toThrow(message)
  })
})

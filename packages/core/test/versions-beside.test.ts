import { describe, expect, test } from 'vitest'
import { createClerkSync, ensureUser } from '../src/index.ts'
import { memoryAdapter } from '../src/memory/memory-adapter.ts'
import { backendApi } from './fixtures/backend-api.ts'
import { deleted, envelope, user } from './fixtures/payloads.ts'
import { SECRET } from './fixtures/signing.ts'
import { send } from './fixtures/sync.ts'

const users = { columns: { email: { required: true } }, versions: 'beside' } as const
const map = { user: () => ({ email: 'ada@example.com' }) }

function setting() {
  const adapter = memoryAdapter({ users })
  return { adapter, clerkSync: createClerkSync({ adapter, map, signingSecret: SECRET }) }
}

describe('versions beside the table', () => {
  test('the row has nothing of the library, and goes with the delete', async () => {
    const { adapter, clerkSync } = setting()
    await send(clerkSync, envelope('user.created', user()))
    expect(adapter.rows('users')).toEqual([{ id: 'user_1', email: 'ada@example.com' }])
    await send(clerkSync, envelope('user.deleted', deleted('user_1')))
    expect(adapter.rows('users')).toEqual([])
    expect(adapter.rows('versions')).toMatchObject([{ entityId: 'user_1', deletedAt: expect.any(Date) }])
  })

  test('a required column needs no value for a row that is removed', () => {
    expect(() => setting()).not.toThrow()
  })

  test('ensureUser does not bring a removed user back, though Clerk still answers with it', async () => {
    const { adapter, clerkSync } = setting()
    const api = await backendApi()
    api.users.set('user_1', user())
    await send(clerkSync, envelope('user.deleted', deleted('user_1')))
    expect(await ensureUser(clerkSync, { ...api.access, userId: 'user_1' })).toBeNull()
    expect(adapter.rows('users')).toEqual([])
  })

  test('a hook of a delete has the row before it, and the row is there while it runs', async () => {
    const adapter = memoryAdapter({ users })
    const seen: unknown[] = []
    const clerkSync = createClerkSync({
      adapter,
      map,
      signingSecret: SECRET,
      on: {
        'user.deleted': {
          before: true,
          run: ({ tx, before, outcome }) => void seen.push(before?.email, tx.rows('users').length, outcome),
        },
      },
    })
    await send(clerkSync, envelope('user.created', user()))
    await send(clerkSync, envelope('user.deleted', deleted('user_1')))
    expect(seen).toEqual(['ada@example.com', 1, 'deleted'])
    expect(adapter.rows('users')).toEqual([])
  })

  test('erase leaves a row without what was mapped, also of a user who was never seen, and nobody comes back', async () => {
    const adapter = memoryAdapter({ users })
    const deletedUser = ({ id }: { id: string }) => ({ email: `${id}@deleted.invalid` })
    const seen: unknown[] = []
    const clerkSync = createClerkSync({
      adapter,
      map: { ...map, deletedUser },
      signingSecret: SECRET,
      onDelete: 'erase',
      on: {
        'user.deleted': {
          before: true,
          run: ({ tx, before }) => void seen.push(before?.email, tx.rows('users').length),
        },
      },
    })
    await send(clerkSync, envelope('user.created', user()))
    for (const id of ['user_1', 'user_2']) await send(clerkSync, envelope('user.deleted', deleted(id)))
    for (const id of ['user_1', 'user_2']) await send(clerkSync, envelope('user.updated', user({ id })))
    const erased = [1, 2].map((n) => ({ id: `user_${n}`, email: `user_${n}@deleted.invalid` }))
    expect(adapter.rows('users')).toEqual(erased)
    // The row is erased when the hook runs.
    expect(seen).toEqual(['ada@example.com', 1, undefined, 2])
    expect(await clerkSync.find('user', 'user_1')).toMatchObject({ row: erased[0], deleted: true })
  })

  test('keep leaves the row as it is, a late snapshot fills it in, and nobody comes back', async () => {
    const adapter = memoryAdapter({ users })
    const deletedUser = ({ id }: { id: string }) => ({ email: `${id}@deleted.invalid` })
    const outcomes: unknown[] = []
    const clerkSync = createClerkSync({
      adapter,
      map: { user: ({ first_name }) => ({ email: `${first_name}@example.com` }), deletedUser },
      signingSecret: SECRET,
      onDelete: { user: 'keep' },
      on: {
        'user.deleted': { before: true, run: ({ before, outcome }) => void outcomes.push(before?.email, outcome) },
      },
    })
    const at = user().updated_at
    const named = (id: string, name: string, updated: number) =>
      envelope('user.updated', user({ id, first_name: name, updated_at: updated }))
    await send(clerkSync, named('user_1', 'first', at))
    for (const id of ['user_1', 'user_2']) await send(clerkSync, envelope('user.deleted', deleted(id)))
    const before = [
      { id: 'user_1', email: 'first@example.com' },
      { id: 'user_2', email: 'user_2@deleted.invalid' },
    ]
    expect(adapter.rows('users')).toEqual(before)
    // A hook on a user who was never seen finds no row.
    expect(outcomes).toEqual(['first@example.com', 'deleted', undefined, 'deleted'])
    for (const id of ['user_1', 'user_2']) {
      await send(clerkSync, named(id, 'newest', at + 2000))
      await send(clerkSync, named(id, 'older', at + 1000))
      expect(await clerkSync.find('user', id)).toMatchObject({ row: { email: 'newest@example.com' }, deleted: true })
    }
  })

  const refused: [string, object, RegExp][] = [
    [
      'an erased row that nothing fills',
      { onDelete: 'erase' },
      /^A deleted row of users needs a value in email, .* from map\.deletedUser/,
    ],
    [
      'a map of what is removed',
      { map: { ...map, deletedUser: () => ({}) } },
      /^map\.deletedUser is given, and deletes/,
    ],
  ]
  test.each(refused)('refuses %s', (_, options, message) => {
    expect(() => createClerkSync({ adapter: memoryAdapter({ users }), map, ...options })).toThrow(message)
  })
})

import { clerkEvent } from '@clerk-sync/testing'
import { describe, expect, test } from 'vitest'
import { backfill, reconcile } from '../src/clerk-api/index.ts'
import { createClerkSync } from '../src/index.ts'
import { memoryAdapter } from '../src/memory/memory-adapter.ts'
import { setting } from './clerk-api/setting.ts'
import { syncOf } from './fixtures/sync.ts'

const DAY_MS = 86_400_000
const ago = (days: number) => new Date(Date.now() - days * DAY_MS)
const olderThan = ago(100)
const IDS = { userId: 'user_1', organizationId: 'org_1' }
const COUNTED = { events: 0, deadLetters: 0, tombstones: {}, failures: [] }

/** What Clerk sends of a user's whole life. */
function lifeOf(id: string, deletedAt: Date) {
  const at = deletedAt.getTime()
  const created = clerkEvent(
    'user.created',
    { id, created_at: at - 2000, updated_at: at - 2000 },
    { timestamp: at - 2000 },
  )
  return [created, clerkEvent('user.deleted', { id }, { timestamp: at })]
}

async function deleteUsers(clerkSync: { apply: ReturnType<typeof syncOf>['apply'] }, users: Record<string, Date>) {
  for (const [id, deletedAt] of Object.entries(users)) {
    for (const event of lifeOf(id, deletedAt)) await clerkSync.apply(event)
  }
}

function besideOf() {
  const adapter = memoryAdapter({
    users: { columns: { email: {} }, versions: 'beside' },
    organizations: { columns: { name: {} } },
  })
  const clerkSync = createClerkSync({ adapter })
  const versions = () => adapter.rows('versions').map(({ entityId }) => entityId)
  return { ...clerkSync, adapter, versions }
}

describe('prune and tombstones', () => {
  test('beside the table, old ones go unasked, and those that Svix could send an event for stay', async () => {
    const clerkSync = besideOf()
    await deleteUsers(clerkSync, { user_old: ago(101), user_young: ago(99) })
    const dryRun = await clerkSync.prune({ olderThan, dryRun: true })
    expect(clerkSync.versions()).toEqual(['user_old', 'user_young'])
    const result = await clerkSync.prune({ olderThan })
    expect([dryRun, result]).toEqual([1, 1].map((user) => ({ ...COUNTED, tombstones: { user } })))
    expect(clerkSync.versions()).toEqual(['user_young'])
  })

  test.each(['erase', 'keep'] as const)('rows of the application go where they are named alone: %s', async (mode) => {
    const clerkSync = syncOf({ onDelete: { user: mode } })
    await deleteUsers(clerkSync, { user_old: ago(101), user_young: ago(99) })
    expect(await clerkSync.prune({ olderThan })).toEqual(COUNTED)
    expect(await clerkSync.prune({ olderThan, deletedRows: ['organization'] })).toMatchObject({
      tombstones: { organization: 0 },
    })
    expect(clerkSync.adapter.rows('users')).toHaveLength(2)
    expect(await clerkSync.prune({ olderThan, deletedRows: ['user'] })).toMatchObject({ tombstones: { user: 1 } })
    expect(clerkSync.adapter.rows('users').map(({ id }) => id)).toEqual(['user_young'])
  })

  test.each<[string, object, RegExp]>([
    ['a table by its name', { deletedRows: ['users'] }, /memory was given no table for "users": did you mean "user"/],
    ['an entity like none', { deletedRows: ['person'] }, /no table for "person": It could be: user, organization, /],
    ['what is no name', { deletedRows: [7] }, /no table for 7: It could be: user/],
    ['no list', { deletedRows: true }, /deletedRows is a list of entities, such as \['user'\]/],
    ['a time within which an event may come', { deletedRows: ['user'], olderThan: ago(1) }, /brings the user back/],
  ])('refuses %s', async (_, options, message) => {
    const clerkSync = syncOf()
    await deleteUsers(clerkSync, { user_old: ago(101) })
    await expect(clerkSync.prune({ olderThan, ...options } as never)).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringMatching(message),
    })
    expect(clerkSync.adapter.rows('users')).toHaveLength(1)
  })

  test.each([
    ['erase', false],
    ['erase', true],
    ['keep', false],
  ] as const)('refuses rows that stay and whose tombstones are beside: %s, dryRun %s', async (onDelete, dryRun) => {
    const adapter = memoryAdapter({ users: { columns: { email: {} }, versions: 'beside' } })
    const clerkSync = createClerkSync({ adapter, onDelete })
    await deleteUsers(clerkSync, { user_old: ago(101) })
    await expect(clerkSync.prune({ olderThan, deletedRows: ['user'], dryRun })).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringMatching(
        /users has its versions beside it.* Delete the row yourself, the next prune takes/,
      ),
    })
    expect([adapter.rows('users').length, adapter.rows('versions').length]).toEqual([1, 1])
    expect(await clerkSync.prune({ olderThan })).toEqual({ ...COUNTED, tombstones: { user: 0 } })
  })

  test('an adapter that cannot remove them says so where it is asked, and prunes the rest', async () => {
    const { tombstones: _, ...adapter } = memoryAdapter({ users: { columns: { email: {} } } })
    const clerkSync = createClerkSync({ adapter })
    await expect(clerkSync.prune({ olderThan, deletedRows: ['user'] })).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringMatching(/memory cannot remove deleted rows: leave deletedRows out/),
    })
    expect(await clerkSync.prune({ olderThan })).toEqual(COUNTED)
  })

  test('as many as there are, some at a time; each step is told, and an aborted signal ends after one', async () => {
    const clerkSync = besideOf()
    const ids = Array.from({ length: 1201 }, (_, n) => `user_${n}`)
    const at = ago(200).getTime()
    for (const id of ids) await clerkSync.apply(clerkEvent('user.deleted', { id }, { timestamp: at }))
    expect(await clerkSync.prune({ olderThan, dryRun: true })).toMatchObject({ tombstones: { user: 1201 } })

    const controller = new AbortController()
    const told: unknown[] = []
    const aborted = await clerkSync.prune({
      olderThan,
      signal: controller.signal,
      onProgress: ({ tombstones }) => {
        told.push(tombstones.user)
        if (tombstones.user) controller.abort()
      },
    })
    const [removed = 0] = [aborted.tombstones.user]
    expect(removed).toBeGreaterThan(0)
    expect(removed).toBeLessThan(1201)
    expect(told.at(-1)).toBe(removed)
    expect(clerkSync.versions()).toHaveLength(1201 - removed)
    expect(await clerkSync.prune({ olderThan })).toMatchObject({ tombstones: { user: 1201 - removed } })
    expect(clerkSync.versions()).toEqual([])
  })

  test('of two tables, each is counted by itself', async () => {
    const users = { columns: { email: {} }, versions: 'beside' } as const
    const adapter = memoryAdapter({ users, organizations: { ...users, columns: { name: {} } } })
    const clerkSync = createClerkSync({ adapter })
    await deleteUsers(clerkSync, { user_1: ago(101), user_2: ago(102) })
    const timestamp = ago(101).getTime()
    await clerkSync.apply(clerkEvent('organization.deleted', { id: 'org_1' }, { timestamp }))
    expect(await clerkSync.prune({ olderThan })).toEqual({ ...COUNTED, tombstones: { user: 2, organization: 1 } })
  })

  test('with a signal that was aborted before, nothing goes', async () => {
    const adapter = memoryAdapter({ users: { columns: { email: {} }, versions: 'beside' } })
    const clerkSync = createClerkSync({ adapter, on: { 'user.created': () => {} } })
    await deleteUsers(clerkSync, { user_1: ago(101) })
    const own = { id: 'msg_own', type: 'own', entityId: null, occurredAt: ago(101) }
    await adapter.once(own, undefined, (tx) => tx.insert('events', { id: 'msg_old', processedAt: ago(101) }))
    const stored = () => [adapter.rows('versions'), adapter.rows('events')]
    const before = stored()
    expect(await clerkSync.prune({ olderThan, signal: AbortSignal.abort() })).toEqual(COUNTED)
    expect(stored()).toEqual(before)
  })

  test('a row that a foreign key holds is reported with its table, and does not keep the others', async () => {
    const adapter = memoryAdapter({
      users: { columns: { email: {} } },
      sessions: { columns: { userId: { references: { table: 'users', onDelete: 'restrict' } } } },
    })
    const clerkSync = createClerkSync({ adapter })
    const ids = Array.from({ length: 9 }, (_, n) => `user_${n}`)
    await deleteUsers(clerkSync, Object.fromEntries(ids.map((id) => [id, ago(101)])))
    for (const userId of ['user_3', 'user_7']) {
      await clerkSync.apply(clerkEvent('session.created', { id: `sess_${userId}`, user_id: userId }))
    }
    expect(await clerkSync.prune({ olderThan, deletedRows: ['user'] })).toEqual({
      ...COUNTED,
      tombstones: { user: 7 },
      failures: [
        {
          entity: 'user',
          table: 'users',
          rows: 2,
          error: expect.objectContaining({
            code: 'reference_held',
            message: expect.stringMatching(
              /users keeps the deleted row of user_3: a foreign key of another table still refers to it/,
            ),
          }),
        },
      ],
    })
    expect(adapter.rows('users').map(({ id }) => id)).toEqual(['user_3', 'user_7'])
  })

  test('memberships go before what they refer to', async () => {
    const references = (table: string) => ({ references: { table, onDelete: 'restrict' } }) as const
    const adapter = memoryAdapter({
      users: { columns: { email: {} } },
      organizations: { columns: { name: {}, createdBy: references('users') } },
      organizationMemberships: {
        columns: { userId: references('users'), organizationId: references('organizations') },
      },
    })
    const clerkSync = createClerkSync({
      adapter,
      map: { deletedOrganization: () => ({ createdBy: 'user_1' }), deletedOrganizationMembership: () => IDS },
    })
    const timestamp = ago(101).getTime()
    await deleteUsers(clerkSync, { user_1: ago(101) })
    await clerkSync.apply(clerkEvent('organization.deleted', { id: 'org_1' }, { timestamp }))
    await clerkSync.apply(clerkEvent('organizationMembership.deleted', { id: 'orgmem_1' }, { timestamp }))
    const deletedRows = ['user', 'organization', 'organizationMembership'] as const
    expect(await clerkSync.prune({ olderThan, deletedRows })).toEqual({
      ...COUNTED,
      tombstones: { organizationMembership: 1, organization: 1, user: 1 },
    })
    const tables = ['users', 'organizations', 'organizationMemberships'] as const
    expect(tables.flatMap((table) => [...adapter.rows(table)])).toEqual([])
  })

  test('a database that cannot be reached ends it, with an error and not with a failure of each row', async () => {
    let isAway = false
    const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    const call = async <T>(run: () => Promise<T>): Promise<T> => {
      if (isAway) throw away
      return run()
    }
    const clerkSync = syncOf({}, { call })
    await deleteUsers(clerkSync, { user_1: ago(101), user_2: ago(101) })
    const onProgress = () => {
      isAway = true
    }
    await expect(clerkSync.prune({ olderThan, deletedRows: ['user'], onProgress })).rejects.toMatchObject({
      code: 'store_failed',
    })
    expect(clerkSync.adapter.rows('users')).toHaveLength(2)
  })

  test('a database that does not list them ends it, by the name of the table', async () => {
    const adapter = memoryAdapter({ users: { columns: { email: {} } } })
    const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    const tombstones = adapter.tombstones && { ...adapter.tombstones, find: () => Promise.reject(away) }
    const clerkSync = createClerkSync({ adapter: { ...adapter, ...(tombstones && { tombstones }) } })
    await expect(clerkSync.prune({ olderThan, deletedRows: ['user'] })).rejects.toMatchObject({
      code: 'store_failed',
      message: expect.stringMatching(/^The tombstones of users were not read: .*Trying again may help/),
      cause: away,
    })
  })

  test('the foreign key that holds a row is named where the database names it', async () => {
    const adapter = memoryAdapter({ users: { columns: { email: {} } } })
    const held = Object.assign(
      new Error(
        'update or delete on table "users" violates foreign key constraint "posts_author_fkey" on table "posts"',
      ),
      { code: '23503', constraint: 'posts_author_fkey' },
    )
    const tombstones = adapter.tombstones && { ...adapter.tombstones, remove: () => Promise.reject(held) }
    const clerkSync = createClerkSync({ adapter: { ...adapter, ...(tombstones && { tombstones }) } })
    await deleteUsers(clerkSync, { user_1: ago(101) })
    const { failures } = await clerkSync.prune({ olderThan, deletedRows: ['user'] })
    expect(failures).toMatchObject([
      {
        rows: 1,
        error: {
          code: 'reference_held',
          message: expect.stringMatching(
            /^users keeps the deleted row of user_1: the foreign key posts_author_fkey of another table .*on delete cascade/,
          ),
          cause: held,
        },
      },
    ])
  })

  describe('a removal that takes too long', () => {
    const ids = Array.from({ length: 700 }, (_, n) => `user_${n}`)
    const late = () => new DOMException('The operation was aborted due to timeout', 'TimeoutError')
    const cancelled = () => Object.assign(new Error('canceling statement due to statement timeout'), { code: '57014' })

    /** Whose database is too slow for more than so many rows at once. */
    async function slow(most: number, error: () => Error) {
      const adapter = memoryAdapter({ users: { columns: { email: {} } } })
      const { tombstones: store } = adapter
      if (!store) throw new Error('The memory adapter has tombstones.')
      const tried: number[] = []
      const remove: typeof store.remove = async (which, options) => {
        tried.push(which.keys.length)
        if (which.keys.length > most) throw error()
        return store.remove(which, options)
      }
      const clerkSync = createClerkSync({ adapter: { ...adapter, tombstones: { ...store, remove } } })
      await deleteUsers(clerkSync, Object.fromEntries(ids.map((id) => [id, ago(101)])))
      return { prune: () => clerkSync.prune({ olderThan, deletedRows: ['user'] }), adapter, tried }
    }

    const expired = () => Object.assign(new Error('max_statement_time exceeded'), { errno: 1969 })
    const wrapped = () =>
      new Error('Failed query', { cause: Object.assign(new Error(), { code: 'ER_STATEMENT_TIMEOUT' }) })

    test.each([late, cancelled, expired, wrapped])('is tried again with fewer rows, and all go: %s', async (error) => {
      const { prune, adapter, tried } = await slow(70, error)
      expect(await prune()).toEqual({ ...COUNTED, tombstones: { user: 700 } })
      expect(adapter.rows('users')).toEqual([])
      // Once too many is enough: 500, 250, 125, and no more of those.
      expect(tried.filter((rows) => rows > 70)).toEqual([500, 250, 125])
    })

    test('for one row alone ends it, with an error that names the row', async () => {
      const { prune, adapter } = await slow(0, late)
      await expect(prune()).rejects.toMatchObject({
        code: 'store_failed',
        message: expect.stringMatching(/^users keeps the deleted row of user_0: /),
      })
      expect(adapter.rows('users')).toHaveLength(700)
    })
  })

  test('an error about a page says how many rows it is about', async () => {
    const adapter = memoryAdapter({ users: { columns: { email: {} } } })
    const tombstones = adapter.tombstones && {
      ...adapter.tombstones,
      remove: () => Promise.reject(Object.assign(new Error('permission denied for table users'), { code: '42501' })),
    }
    const clerkSync = createClerkSync({ adapter: { ...adapter, ...(tombstones && { tombstones }) } })
    await deleteUsers(clerkSync, { user_1: ago(101), user_2: ago(101) })
    await expect(clerkSync.prune({ olderThan, deletedRows: ['user'] })).rejects.toMatchObject({
      code: 'store_failed',
      message: expect.stringMatching(
        /^users keeps up to 2 deleted rows, from user_1 on: .* insert, update and delete on/,
      ),
    })
  })

  test('after it, reconcile removes nothing and brings nobody back; a late event does, until reconcile removes it', async () => {
    const { api, clerkSync, rows, read, settled } = await setting({ users: 4 })
    await backfill(clerkSync, read)
    const gone = 'user_gone'
    await deleteUsers(clerkSync, { [gone]: ago(101) })
    expect(await clerkSync.prune({ olderThan, deletedRows: ['user'] })).toMatchObject({ tombstones: { user: 1 } })
    const before = rows('users')
    expect((await reconcile(clerkSync, settled)).drifts).toEqual([])
    expect(rows('users')).toEqual(before)
    expect(before.map(({ id }) => id).sort()).toEqual(api.users.ids().sort())

    const [late] = lifeOf(gone, ago(101))
    expect(late && (await clerkSync.apply(late))).toBe('created')
    expect((await reconcile(clerkSync, settled)).drifts).toMatchObject([{ kind: 'undeleted', id: gone }])
    expect(rows('users').find(({ id }) => id === gone)?.deletedAt).toBeInstanceOf(Date)
  })
})

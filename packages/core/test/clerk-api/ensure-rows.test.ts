import { describe, expect, test } from 'vitest'
import { backfill, ensureMembership, ensureOrganization, ensureUser, refresh } from '../../src/clerk-api/index.ts'
import { createClerkSync } from '../../src/index.ts'
import { MemoryDatabase, memoryAdapter, memorySchema } from '../../src/memory/memory-adapter.ts'
import { deleted, envelope } from '../fixtures/payloads.ts'
import { SECRET } from '../fixtures/signing.ts'
import { send, TABLES } from '../fixtures/sync.ts'
import { failsWith, proxyOf, setting } from './setting.ts'

type Small = Awaited<ReturnType<typeof small>>

async function small(clerk: Parameters<typeof setting>[0] = {}, memory: Parameters<typeof setting>[2] = {}) {
  const set = await setting({ users: 3, organizations: 2, memberships: 2, ...clerk }, {}, memory)
  const [id = ''] = set.api.memberships.ids()
  const membership = set.api.memberships.get(id)
  const organizationId = membership?.organization.id ?? ''
  const userId = membership?.public_user_data.user_id ?? ''
  return { ...set, id, organizationId, userId }
}

/** Tables in which a membership's user and organization must be there. */
function referring(): MemoryDatabase {
  const columns = {
    ...TABLES.organizationMemberships.columns,
    userId: { references: { table: 'users', onDelete: 'cascade' } },
    organizationId: { references: { table: 'organizations', onDelete: 'cascade' } },
  } as const
  return new MemoryDatabase(memorySchema({ ...TABLES, organizationMemberships: { columns } }))
}

const pick = ({ organizationId, userId }: Pick<Small, 'organizationId' | 'userId'>) => ({ organizationId, userId })

describe('ensureOrganization', () => {
  test('reads an organization that is not there yet, once', async () => {
    const { api, clerkSync, read, row, organizationId } = await small()
    const found = await ensureOrganization(clerkSync, { ...read, organizationId })
    expect(found).toMatchObject({ id: organizationId, name: api.organizations.get(organizationId)?.name })
    expect(await ensureOrganization(clerkSync, { ...read, organizationId })).toEqual(found)
    expect(api.requests).toHaveLength(1)
    expect(row('organizations', organizationId)).toEqual(found)
  })

  test('is null for one that Clerk does not have, or that was deleted', async () => {
    const { clerkSync, read, organizationId } = await small()
    expect(await ensureOrganization(clerkSync, { ...read, organizationId: 'org_nobody' })).toBeNull()
    await send(clerkSync, envelope('organization.deleted', deleted(organizationId)))
    expect(await ensureOrganization(clerkSync, { ...read, organizationId })).toBeNull()
  })
})

describe('ensureMembership', () => {
  test('gives the row of a member, and null for who is none', async () => {
    const { api, clerkSync, read, id, organizationId, userId } = await small()
    expect(await ensureMembership(clerkSync, { ...read, organizationId, userId })).toMatchObject({ id })
    const other = await api.users.create({})
    expect(await ensureMembership(clerkSync, { ...read, organizationId, userId: other.id })).toBeNull()
    expect(await ensureMembership(clerkSync, { ...read, organizationId: 'org_nobody', userId })).toBeNull()
  })

  test.each([
    ['users', 'userId'],
    ['organizations', 'organizationId'],
  ] as const)('reads what it refers to where there is a table for it: %s', async (table, column) => {
    const { read, id, ...ids } = await small()
    const references = { references: { table, onDelete: 'cascade' } } as const
    const adapter = memoryAdapter({
      ...(table === 'users' ? { users: { columns: {} } } : { organizations: { columns: {} } }),
      organizationMemberships: { columns: { [column]: references } },
    })
    const clerkSync = createClerkSync({ adapter })
    const found = await ensureMembership(clerkSync as never, { ...read, ...pick(ids) })
    expect(found).toMatchObject({ id, [column]: ids[column] })
    expect(adapter.rows(table).map((row) => row.id)).toEqual([ids[column]])
  })

  test('is null where the row goes with a user who was removed, though Clerk still lists the member', async () => {
    const { read, userId, organizationId } = await small()
    const adapter = memoryAdapter({
      users: { columns: { email: {} }, versions: 'beside' },
      organizationMemberships: { columns: { userId: { references: { table: 'users', onDelete: 'cascade' } } } },
    })
    const clerkSync = createClerkSync({ adapter, signingSecret: SECRET })
    await send(clerkSync, envelope('user.deleted', deleted(userId)))
    expect(await ensureMembership(clerkSync, { ...read, organizationId, userId })).toBeNull()
    expect(adapter.rows('organizationMemberships')).toEqual([])
  })

  test('is null where a tombstone that held the member back is pruned before it is looked for', async () => {
    const { clerkSync, read, organizationId, userId } = await small()
    clerkSync.adapter.upsert = async () => 'already_deleted'
    expect(await ensureMembership(clerkSync, { ...read, organizationId, userId })).toBeNull()
  })

  test('says so where the row is gone right after it was written, and nothing says why', async () => {
    const { clerkSync, read, organizationId, userId } = await small()
    const { find } = clerkSync.adapter
    clerkSync.adapter.find = async (entity, key) =>
      entity === 'organizationMembership' ? undefined : find(entity, key)
    await expect(ensureMembership(clerkSync, { ...read, organizationId, userId })).rejects.toEqual(
      failsWith('store_failed', /was written and is not there: something else deletes rows/),
    )
  })

  test('gives what Clerk has now, also where an earlier role is in the row', async () => {
    const { api, clerkSync, read, row, id, organizationId, userId } = await small()
    await ensureMembership(clerkSync, { ...read, organizationId, userId })
    await api.memberships.update(id, { role: 'org:demoted' })
    expect(await ensureMembership(clerkSync, { ...read, organizationId, userId })).toMatchObject({
      role: 'org:demoted',
    })
    expect(row('organizationMemberships', id)).toMatchObject({ role: 'org:demoted' })
  })

  test.each(['user', 'organization'])(
    'refuses the membership of another %s, which a proxy answers with',
    async (what) => {
      const { api, clerkSync, read, rows } = await setting({ users: 2, organizations: 2 })
      const [organizationId = '', otherOrganization = ''] = api.organizations.ids()
      const [userId = '', otherUser = ''] = api.users.ids()
      for (const [organization, user] of [
        [organizationId, otherUser],
        [otherOrganization, userId],
      ] as const) {
        await api.memberships.create({ organization: { id: organization }, public_user_data: { user_id: user } })
      }
      const apiUrl = await proxyOf(api, (url) =>
        what === 'user' ? url.replace(userId, otherUser) : url.replace(organizationId, otherOrganization),
      )
      await expect(ensureMembership(clerkSync, { ...read, apiUrl, organizationId, userId })).rejects.toEqual(
        failsWith('clerk_unavailable', /another user or organization/),
      )
      expect(rows('organizationMemberships')).toEqual([])
    },
  )

  test('does not bring back a membership whose delete has arrived, though Clerk still lists it', async () => {
    const { api, clerkSync, read, id, organizationId, userId } = await small()
    await send(clerkSync, envelope('organizationMembership.deleted', api.memberships.get(id) as never))
    expect(await ensureMembership(clerkSync, { ...read, organizationId, userId })).toBeNull()
  })

  test.each(['userId', 'organizationId'])('refuses what is no id: %s', async (option) => {
    const { clerkSync, read, organizationId, userId } = await small()
    const options = { ...read, organizationId, userId, [option]: '../users' }
    await expect(ensureMembership(clerkSync, options)).rejects.toEqual(
      failsWith('payload_invalid', new RegExp(`${option} must be the Clerk id`)),
    )
  })
})

describe('refresh', () => {
  test('writes what Clerk has now', async () => {
    const { api, clerkSync, read, row, userId } = await small()
    const one = { ...read, entity: 'user' as const, id: userId }
    expect(await refresh(clerkSync, one)).toBe('created')
    await api.users.update(userId, { first_name: 'Changed' })
    expect(await refresh(clerkSync, one)).toBe('updated')
    expect(row('users', userId)).toMatchObject({ firstName: 'Changed' })
  })

  test.each([
    ['clerkClient', {}, { clerkClient: { instance: { get: async () => ({ id: 'ins_other' }) } } }],
    ['instanceId', { instanceId: 'ins_other' }, {}],
  ])('refuses a key of another instance than that of %s', async (_, options, more) => {
    const { api, clerkSync, read, rows } = await setting({ users: 1, instanceId: 'ins_dev' }, options)
    const [id = ''] = api.users.ids()
    await expect(refresh(clerkSync, { ...read, ...more, entity: 'user', id })).rejects.toEqual(
      failsWith('instance_mismatch', /another Clerk instance|belongs to ins_other/),
    )
    expect(rows('users')).toEqual([])
  })

  test('takes a client of its own instance', async () => {
    const { api, clerkSync, read } = await setting({ users: 1, instanceId: 'ins_dev' })
    const [id = ''] = api.users.ids()
    const clerkClient = { instance: { get: async () => ({ id: 'ins_dev' }) } }
    expect(await refresh(clerkSync, { ...read, clerkClient: clerkClient as never, entity: 'user', id })).toBe('created')
  })

  test('deletes nothing for one 404', async () => {
    const { api, clerkSync, read, row, userId } = await small()
    const one = { ...read, entity: 'user' as const, id: userId }
    await refresh(clerkSync, one)
    await api.users.delete(userId)
    expect(await refresh(clerkSync, one)).toBe('absent')
    expect(row('users', userId)?.deletedAt).toBeNull()
  })

  test('finds a membership also where no row here says whose it is', async () => {
    const { clerkSync, read, row, id } = await small()
    expect(await refresh(clerkSync, { ...read, entity: 'organizationMembership', id })).toBe('created')
    expect(row('organizationMemberships', id)).toMatchObject({ role: expect.any(String) })
    expect(await refresh(clerkSync, { ...read, entity: 'organizationMembership', id: 'orgmem_nobody' })).toBe('absent')
  })
})

describe('a 429 that asks for a long wait does not hold a request', () => {
  const reads = {
    ensureUser: (set: Small, more: object) => ensureUser(set.clerkSync, { ...set.read, ...more, userId: set.userId }),
    ensureOrganization: ({ clerkSync, read, organizationId }: Small, more: object) =>
      ensureOrganization(clerkSync, { ...read, ...more, organizationId }),
    ensureMembership: ({ clerkSync, read, organizationId, userId }: Small, more: object) =>
      ensureMembership(clerkSync, { ...read, ...more, organizationId, userId }),
    refresh: ({ clerkSync, read, userId: id }: Small, more: object) =>
      refresh(clerkSync, { ...read, ...more, entity: 'user', id }),
  }
  const each = Object.entries(reads)

  test.each(each)('%s says so, and writes nothing', async (_, run) => {
    const set = await small()
    set.api.fail({ kind: 'error', status: 429, retryAfter: 3600, times: Infinity })
    await expect(run(set, {})).rejects.toEqual(
      failsWith(
        'clerk_unavailable',
        /429.*wait for 3600 s.*limits\.maxWaitMs[^.]*\. Answer without it.*try again later/,
      ),
    )
    expect(set.api.requests).toHaveLength(1)
    expect(set.clerkSync.stored()).toEqual([])
  })

  test.each(['user', 'organization'])(
    'for the %s of a membership: what was stored before stays, and is not denied',
    async (kind) => {
      const set = await small({}, { database: referring() })
      const path = kind === 'user' ? /^\/users\// : /^\/organizations\/[^/]+$/
      set.api.fail({ kind: 'error', status: 429, retryAfter: 3600, times: Infinity, path })
      const ended = reads.ensureMembership(set, {})
      await expect(ended).rejects.toEqual(failsWith('clerk_unavailable', /^(?!.*nothing was written).*maxWaitMs/i))
      expect(set.rows('users').map(({ id }) => id)).toEqual(kind === 'user' ? [] : [set.userId])
    },
  )

  test('in the middle of a run: what was written before stays, and is not denied', async () => {
    const { api, clerkSync, read, rows } = await setting({ users: 1200 })
    api.fail({ kind: 'error', status: 429, retryAfter: 3600, times: Infinity, path: '/users', after: 2 })
    const ended = backfill(clerkSync, { ...read, limits: { ...read.limits, maxWaitMs: 1000 } })
    await expect(ended).rejects.toEqual(failsWith('clerk_unavailable', /^(?!.*nothing was written).*maxWaitMs/i))
    expect(rows('users').length).toBeGreaterThanOrEqual(500)
  })

  test.each(each)('%s waits for a short one', async (_, run) => {
    const set = await small()
    set.api.fail({ kind: 'error', status: 429, retryAfter: 1 })
    expect(await run(set, {})).not.toBeNull()
  })

  test.each(each)('%s waits no longer in all, however short each is', async (_, run) => {
    const set = await small()
    set.api.fail({ kind: 'error', status: 429, retryAfter: 1, times: Infinity })
    await expect(run(set, { limits: { retries: 20, maxWaitMs: 1000 } })).rejects.toEqual(
      failsWith('clerk_unavailable', /maxWaitMs allows \(1000 ms in all\)/),
    )
    expect(set.api.requests).toHaveLength(2)
  })

  test.each(each)('%s obeys the signal while it waits', async (_, run) => {
    const stop = new AbortController()
    const set = await small({ onAnswer: ({ status }) => void (status === 429 && stop.abort(new Error('gone'))) })
    set.api.fail({ kind: 'error', status: 429, retryAfter: 3600, times: Infinity })
    await expect(run(set, { signal: stop.signal, limits: { maxWaitMs: 1e9 } })).rejects.toThrow('gone')
    expect(set.clerkSync.stored()).toEqual([])
  })

  test.each([-1, 1.5, '2000', Number.NaN])('refuses %o for it', async (maxWaitMs) => {
    const { clerkSync, read, userId } = await small()
    const limits = { maxWaitMs: maxWaitMs as number }
    await expect(ensureUser(clerkSync, { ...read, limits, userId })).rejects.toEqual(
      failsWith('config_invalid', /limits\.maxWaitMs must be a whole number of milliseconds/),
    )
  })
})

// What close() does to all that reads from Clerk, on a file of SQLite that is read back past the library.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ClerkSync, ClerkSyncError, ensureUser } from '@clerk-sync/core'
import { backfill, ensureMembership, ensureOrganization, reconcile, refresh, restore } from '@clerk-sync/core/clerk-api'
import { userEvent } from '@clerk-sync/test-support/events'
import { type ClerkApi, type ClerkApiOptions, startClerkApi } from '@clerk-sync/testing'
import Database from 'better-sqlite3'
import { expect, onTestFinished, test } from 'vitest'
import { CREATE, readerOn } from './kit/reader-database.ts'

const HOUR_S = 3600

async function setting(clerk: ClerkApiOptions) {
  const folder = mkdtempSync(join(tmpdir(), 'clerk-sync-close-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'close.db')
  const raw = new Database(file)
  onTestFinished(() => void raw.close())
  for (const create of CREATE) raw.exec(create('integer'))
  const api = await startClerkApi({ webhooks: 'never', ...clerk })
  onTestFinished(() => api.close())
  return {
    api,
    open: () => readerOn(file, 'erase'),
    read: { secretKey: api.secretKey, apiUrl: api.url, limits: { requestsPer10s: 100_000 } },
    live: () =>
      raw
        .prepare<[], { id: string }>('select id from reader_users where deleted_at is null')
        .all()
        .map(({ id }) => id),
  }
}

const isClosed = expect.toSatisfy(
  (error: unknown) => ClerkSyncError.is(error) && error.code === 'closed' && /clerkSync\.close\(\)/.test(error.message),
)

/** Keeps what was saved last, as a file would. */
function checkpoint() {
  let saved: string | undefined
  return {
    load: () => (saved === undefined ? undefined : JSON.parse(saved)),
    save: (one: object | undefined) => {
      saved = JSON.stringify(one)
    },
  }
}

test('a backfill ends after the page under way, and goes on from its checkpoint in another process', async () => {
  let pages = 0
  let closed: Promise<void> | undefined
  const { api, open, read, live } = await setting({
    users: 2100,
    onAnswer: ({ path }) => {
      if (path === '/users' && ++pages === 3) closed = clerkSync.close()
    },
  })
  const clerkSync = open()
  const store = checkpoint()
  let error: unknown
  const ended = backfill(clerkSync, { ...read, checkpoint: store }).catch((thrown: unknown) => {
    error = thrown
  })
  await ended
  expect(error).toEqual(isClosed)
  await closed
  expect(live()).toHaveLength(1000)
  expect(store.load()).toMatchObject({ entity: 'user', counts: { user: { created: 1000 } } })
  const asked = api.requests.length
  const result = await backfill(open(), { ...read, checkpoint: store })
  expect(result).toMatchObject({ ok: true, resumed: true, counts: { user: { created: 2100 } } })
  expect(api.requests.slice(asked).filter(({ path }) => path === '/users')).toHaveLength(4)
  expect(live().sort()).toEqual(api.users.ids().sort())
})

test('close resolves only when what it ends has ended', async () => {
  const { open, read } = await setting({ users: 3 })
  const clerkSync = open()
  const [loading, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const load = async () => {
    loading.resolve()
    await release.promise
  }
  const order: string[] = []
  const ended = backfill(clerkSync, { ...read, checkpoint: { load, save: () => undefined } })
  void ended.catch(() => order.push('ended'))
  await loading.promise
  const closed = clerkSync.close().then(() => order.push('closed'))
  await new Promise(setImmediate)
  expect(order).toEqual([])
  release.resolve()
  await closed
  expect(order).toEqual(['ended', 'closed'])
})

test('a reconcile that waits until an absence may be believed ends at once, and deletes nothing', async () => {
  const { api, open, read, live } = await setting({ users: 20 })
  const clerkSync = open()
  await backfill(clerkSync, read)
  const [gone = ''] = api.users.ids()
  await api.users.delete(gone)
  const ended = reconcile(clerkSync, {
    ...read,
    settleMs: HOUR_S * 1000,
    onProgress: ({ step }) => void (step === 'settle' && clerkSync.close()),
  })
  await expect(ended).rejects.toEqual(isClosed)
  expect(live()).toContain(gone)
})

test('a wait that a 429 has asked for ends at once', async () => {
  let closed: Promise<void> | undefined
  const { api, open, read, live } = await setting({
    users: 20,
    onAnswer: ({ status }) => {
      if (status === 429) closed = clerkSync.close()
    },
  })
  const clerkSync = open()
  api.fail({ kind: 'error', status: 429, retryAfter: HOUR_S, path: '/users' })
  await expect(backfill(clerkSync, read)).rejects.toEqual(isClosed)
  await closed
  expect(live()).toEqual([])
})

type Read = Awaited<ReturnType<typeof setting>>['read']

/** Everything that reads from Clerk. */
const READS: Readonly<Record<string, (clerkSync: ClerkSync, read: Read, api: ClerkApi) => Promise<unknown>>> = {
  backfill: (clerkSync, read) => backfill(clerkSync, read),
  reconcile: (clerkSync, read) => reconcile(clerkSync, read),
  refresh: (clerkSync, read, api) => refresh(clerkSync, { ...read, entity: 'user', id: api.users.ids()[0] ?? '' }),
  restore: (clerkSync, read, api) => restore(clerkSync, { ...read, entity: 'user', id: api.users.ids()[0] ?? '' }),
  ensureUser: (clerkSync, read, api) =>
    ensureUser(clerkSync as never, { ...read, userId: api.users.ids()[0] ?? '' } as never),
  ensureMembership: (clerkSync, read, api) => {
    const { organization, public_user_data } = api.memberships.get(api.memberships.ids()[0] ?? '') ?? {}
    const ids = { organizationId: organization?.id, userId: public_user_data?.user_id }
    return ensureMembership(clerkSync as never, { ...read, ...ids } as never)
  },
  'a client of @clerk/backend that does not answer': (clerkSync, read) =>
    backfill(clerkSync, { ...read, clerkClient: { instance: { get: () => new Promise(() => {}) } } }),
}

test.each(Object.keys(READS))('%s ends though Clerk does not answer, and is refused after that', async (name) => {
  const asked = Promise.withResolvers<void>()
  const { api, open, read, live } = await setting({
    users: 3,
    organizations: 1,
    memberships: 1,
    onRequest: () => asked.resolve(),
  })
  const clerkSync = open()
  if (!name.startsWith('a client')) api.fail({ kind: 'silence', times: Infinity })
  const begin = READS[name] as (typeof READS)[string]
  const ended = begin(clerkSync, read, api)
  await Promise.all([expect(ended).rejects.toEqual(isClosed), asked.promise.then(() => clerkSync.close())])
  const requests = api.requests.length
  await expect(begin(clerkSync, read, api)).rejects.toEqual(isClosed)
  expect(api.requests).toHaveLength(requests)
  expect(live()).toEqual([])
})

test('ensureOrganization is refused as well, though there is no table for it', async () => {
  const { open, read } = await setting({})
  const clerkSync = open()
  await clerkSync.close()
  const options = { ...read, organizationId: 'org_1' }
  await expect(ensureOrganization(clerkSync as never, options)).rejects.toEqual(isClosed)
})

test('deliveries that come after close are refused, and are applied by another process', async () => {
  const { open, live } = await setting({})
  const clerkSync = open()
  await clerkSync.close()
  const event = userEvent('user.created', 'user_late', 1_760_000_000_000)
  await expect(clerkSync.apply(event)).rejects.toEqual(isClosed)
  const response = await clerkSync.handler(
    new Request('https://example.com/api/webhooks', { method: 'POST', body: '{}' }),
  )
  expect([response.status, await response.text()]).toEqual([503, expect.stringContaining('closed')])
  expect(live()).toEqual([])
  expect(await open().apply(event)).toBe('created')
  expect(live()).toEqual(['user_late'])
})

import { expect, test } from 'vitest'
import { backfill, tableStates } from '../../src/clerk-api/index.ts'
import { syncOf } from '../fixtures/sync.ts'
import { failsWith, setting } from './setting.ts'

test('what is being written when close() is called is written, and then the run ends', async () => {
  const [writing, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const saved: unknown[] = []
  let isCounted = false
  const { clerkSync, read, rows } = await setting(
    { users: 1200 },
    {},
    {
      call: async (statement) => {
        // The first counts the rows that have no Clerk id.
        if (!isCounted) {
          isCounted = true
          return statement()
        }
        writing.resolve()
        await release.promise
        return statement()
      },
    },
  )
  const checkpoint = { load: () => undefined, save: (one: unknown) => void saved.push(one) }
  let isClosed = false
  const ended = backfill(clerkSync, { ...read, checkpoint })
  const failed = expect(ended).rejects.toEqual(failsWith('closed', /clerkSync\.close\(\) ended it.*run it again/i))
  await writing.promise
  const closed = clerkSync.close().then(() => {
    isClosed = true
  })
  await new Promise(setImmediate)
  expect(isClosed).toBe(false)
  release.resolve()
  await closed
  await failed
  expect(rows('users')).toHaveLength(500)
  expect(saved).toMatchObject([{ entity: 'user', counts: { user: { created: 500 } } }])
})

test('a signal of the caller still ends a run, with its own reason', async () => {
  const stop = new AbortController()
  const { clerkSync, read } = await setting({ users: 3, onRequest: () => stop.abort(new Error('enough')) })
  await expect(backfill(clerkSync, { ...read, signal: stop.signal })).rejects.toThrow('enough')
  await clerkSync.close()
})

test('prune ends after the statement under way, and gives what it has removed', async () => {
  const longAgo = new Date(Date.now() - 200 * 86_400_000)
  let isPruning = false
  const clerkSync = syncOf(
    {},
    {
      deadLetters: true,
      call: async (statement) => {
        const done = await statement()
        if (isPruning) void clerkSync.close()
        return done
      },
    },
  )
  const old = { id: 'msg_old', type: 'user.created', processedAt: longAgo }
  const event = { id: 'msg_own', type: 'own', entityId: null, occurredAt: new Date() }
  await clerkSync.adapter.once(event, undefined, (tx) => tx.insert('events', old))
  const payload = JSON.stringify({ parkedAt: longAgo.getTime() })
  const letter = { id: 'msg_1', type: 'user.created', entityId: 'user_1', code: 'store_rejected', parkedAt: longAgo }
  await clerkSync.adapter.deadLetters?.park({ ...letter, payload }, { most: 9, since: longAgo })
  isPruning = true
  const olderThan = new Date(Date.now() - 100 * 86_400_000)
  expect(await clerkSync.prune({ olderThan })).toEqual({ events: 1, deadLetters: 0, tombstones: {}, failures: [] })
  isPruning = false
  expect(clerkSync.adapter.rows('deadLetters').map(({ id }) => id)).toEqual(['msg_1'])
  await expect(clerkSync.prune({ olderThan })).rejects.toEqual(failsWith('closed', /prune did nothing/))
  await expect(clerkSync.deadLetters.retry('msg_1')).rejects.toEqual(failsWith('closed', /was not retried/))
  await expect(clerkSync.deadLetters.drop('msg_1')).rejects.toEqual(failsWith('closed', /was not dropped/))
  expect(clerkSync.adapter.rows('deadLetters').map(({ id }) => id)).toEqual(['msg_1'])
  await expect(tableStates(clerkSync)).rejects.toEqual(failsWith('closed', /tableStates did nothing/))
})

test('a dead letter that is being dropped is waited for; what only reads is not refused later', async () => {
  const [dropping, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  let isHeld = false
  const clerkSync = syncOf(
    {},
    {
      deadLetters: true,
      call: async (statement) => {
        if (isHeld) {
          dropping.resolve()
          await release.promise
        }
        return statement()
      },
    },
  )
  const parkedAt = new Date()
  const payload = JSON.stringify({ parkedAt: parkedAt.getTime() })
  const letter = { id: 'msg_1', type: 'user.created', entityId: 'user_1', code: 'store_rejected', parkedAt, payload }
  await clerkSync.adapter.deadLetters?.park(letter, { most: 9, since: parkedAt })
  isHeld = true
  const dropped = clerkSync.deadLetters.drop('msg_1')
  await dropping.promise
  let isClosed = false
  const closed = clerkSync.close().then(() => {
    isClosed = true
  })
  await new Promise(setImmediate)
  expect(isClosed).toBe(false)
  release.resolve()
  expect(await dropped).toBe(true)
  await closed
  expect(await clerkSync.deadLetters.list()).toEqual([])
  expect(await clerkSync.find('user', 'user_1')).toBeUndefined()
  expect(await clerkSync.check()).toEqual([])
})

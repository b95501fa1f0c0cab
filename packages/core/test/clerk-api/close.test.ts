import { expect, test } from 'vitest'
import { backfill } from '../../src/clerk-api/index.ts'
import { failsWith, setting } from './setting.ts'

test('what is being written when close() is called is written, and then the run ends', async () => {
  const [writing, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const saved: unknown[] = []
  const { clerkSync, read, rows } = await setting(
    { users: 1200 },
    {},
    {
      call: async (statement) => {
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

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createClerkSync } from '../src/index.ts'
import { memoryAdapter } from '../src/memory/memory-adapter.ts'
import { envelope, user } from './fixtures/payloads.ts'
import { send, syncOf } from './fixtures/sync.ts'

const DAY_MS = 86_400_000
const ago = (ms: number) => new Date(Date.now() - ms)
const hook = { on: { 'user.created': () => {} } }

describe('prune', () => {
  test('keeps what Svix could send again', async () => {
    const clerkSync = syncOf(hook)
    await send(clerkSync, envelope('user.created', user()))
    expect(await clerkSync.prune({ olderThan: ago(91 * DAY_MS) })).toMatchObject({ events: 0, deadLetters: 0 })
    expect(clerkSync.adapter.rows('events')).toHaveLength(1)
  })

  test.each<[string, object, RegExp]>([
    ['a time of yesterday', { olderThan: ago(DAY_MS) }, /must lie 90 days back.*force: true/],
    ['five minutes, by force', { olderThan: ago(300_000), force: true }, /must lie ten minutes back/],
    ['no date', { olderThan: 90 }, /must be a Date/],
    ['another name', { before: ago(91 * DAY_MS) }, /did you mean "olderThan"/],
  ])('refuses %s', async (_, options, message) => {
    const clerkSync = syncOf(hook)
    await expect(clerkSync.prune(options as never)).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringMatching(message),
    })
  })

  test('keeps what is as old as it is told, and not older', async () => {
    const adapter = memoryAdapter({ users: { columns: {} } }, { deadLetters: true })
    const clerkSync = createClerkSync({ adapter, logger: false })
    await adapter.once({ id: 'msg_1', type: 'own', entityId: null, occurredAt: new Date() }, undefined, () => {})
    const [{ processedAt } = {}] = adapter.rows('events')
    if (!(processedAt instanceof Date)) throw new Error('It was processed.')
    const at = (ms: number) => new Date(processedAt.getTime() + ms)
    expect([await adapter.countEvents?.(at(0)), await adapter.prune(at(0))]).toEqual([0, 0])
    expect([await adapter.countEvents?.(at(1)), await adapter.prune(at(1))]).toEqual([1, 1])
    const parkedAt = ago(91 * DAY_MS)
    const letter = { id: 'msg_2', type: 'own', entityId: null, code: 'hook_failed', parkedAt } as const
    const payload = JSON.stringify({ parkedAt: parkedAt.getTime() })
    await adapter.deadLetters?.park({ ...letter, payload }, { most: 1, since: new Date() })
    expect((await clerkSync.prune({ olderThan: parkedAt })).deadLetters).toBe(0)
    expect((await clerkSync.prune({ olderThan: new Date(parkedAt.getTime() + 1) })).deadLetters).toBe(1)
  })

  test('removes what is old, by force what is younger', async () => {
    const clerkSync = syncOf(hook)
    await clerkSync.adapter.once(
      { id: 'msg_none', type: 'own', entityId: null, occurredAt: new Date() },
      undefined,
      (tx) => {
        tx.insert('events', { id: 'msg_old', type: 'user.created', processedAt: ago(100 * DAY_MS) })
        tx.insert('events', { id: 'msg_young', type: 'user.created', processedAt: ago(DAY_MS) })
      },
    )
    const dryRun = { olderThan: ago(3_600_000), dryRun: true }
    expect(await clerkSync.prune(dryRun)).toMatchObject({ events: 2, deadLetters: 0 })
    expect(clerkSync.adapter.rows('events')).toHaveLength(3)
    expect(await clerkSync.prune({ olderThan: ago(90 * DAY_MS + 1000) })).toMatchObject({ events: 1, deadLetters: 0 })
    expect(await clerkSync.prune({ olderThan: ago(3_600_000), force: true })).toMatchObject({
      events: 1,
      deadLetters: 0,
    })
    expect(clerkSync.adapter.rows('events').map(({ id }) => id)).toEqual(['msg_none'])
  })
})

describe('how old is old enough', () => {
  const NOW = Date.UTC(2026, 0, 1)
  beforeEach(() => void vi.useFakeTimers({ now: NOW, toFake: ['Date'] }))
  afterEach(() => void vi.useRealTimers())
  const before = (ms: number, more: object = {}) => ({ olderThan: new Date(NOW - ms), ...more })

  test.each<[what: string, enough: object, tooYoung: object, message: RegExp]>([
    ['ninety days', before(90 * DAY_MS), before(90 * DAY_MS - 1), /must lie 90 days back/],
    ['ten minutes, by force', before(600_000, { force: true }), before(599_999, { force: true }), /ten minutes back/],
  ])('%s', async (_, enough, tooYoung, message) => {
    expect(await syncOf(hook).prune(enough as never)).toMatchObject({ events: 0 })
    await expect(syncOf(hook).prune(tooYoung as never)).rejects.toMatchObject({
      message: expect.stringMatching(message),
    })
  })

  test('any age, to count', async () => {
    expect(await syncOf(hook).prune({ olderThan: new Date(NOW + DAY_MS), dryRun: true })).toMatchObject({ events: 0 })
  })

  test('no date is, for which there is no time', async () => {
    await expect(syncOf(hook).prune({ olderThan: new Date('soon') })).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringMatching(/^prune: olderThan must be a Date, such as/),
    })
  })
})

describe('what there is none of is not asked for', () => {
  const olderThan = ago(100 * DAY_MS)

  test('a ledger', async () => {
    const adapter = memoryAdapter({ users: { columns: {} } }, { ledger: false })
    const asked = [vi.spyOn(adapter, 'prune'), vi.spyOn(adapter, 'countEvents')]
    const clerkSync = createClerkSync({ adapter })
    for (const dryRun of [true, false])
      expect(await clerkSync.prune({ olderThan, dryRun })).toMatchObject({ events: 0 })
    for (const one of asked) expect(one).not.toHaveBeenCalled()
  })

  test('a count, of an adapter that cannot: it says so, and prunes all the same', async () => {
    const { countEvents: _, ...adapter } = memoryAdapter({ users: { columns: {} } })
    const clerkSync = createClerkSync({ adapter })
    await expect(clerkSync.prune({ olderThan, dryRun: true })).rejects.toMatchObject({
      code: 'config_invalid',
      message: 'prune: memory cannot count what is in its ledger: dryRun is not for it.',
    })
    expect(await clerkSync.prune({ olderThan })).toMatchObject({ events: 0 })
  })
})

test('of more dead letters than are read at once, all that are old go, and a letter without a time stays', async () => {
  const { adapter, ...clerkSync } = syncOf({}, { deadLetters: true })
  const park = (id: string, parkedAt: Date, payload: object) =>
    adapter.deadLetters?.park(
      { id, type: 'user.created', entityId: null, code: 'hook_failed', parkedAt, payload: JSON.stringify(payload) },
      { most: 1000, since: ago(0) },
    )
  const old = ago(200 * DAY_MS)
  for (let n = 0; n < 401; n++) await park(`msg_${n}`, old, { parkedAt: old.getTime() })
  await park('msg_timeless', ago(DAY_MS), { parkedAt: 'once' })
  await park('msg_young', ago(DAY_MS), { parkedAt: ago(DAY_MS).getTime() })
  const olderThan = ago(100 * DAY_MS)
  expect(await clerkSync.prune({ olderThan, dryRun: true })).toMatchObject({ deadLetters: 401 })
  const told: number[] = []
  const onProgress = ({ deadLetters }: { readonly deadLetters: number }) => void told.push(deadLetters)
  expect(await clerkSync.prune({ olderThan, onProgress })).toMatchObject({ deadLetters: 401 })
  expect(told).toEqual(Array.from({ length: 402 }, (_, n) => n))
  expect(adapter.rows('deadLetters').map(({ id }) => id)).toEqual(['msg_timeless', 'msg_young'])
})

describe('a database that fails', () => {
  const olderThan = ago(100 * DAY_MS)

  test.each<[string, RegExp, object]>([
    ['the ledger', /^Old messages were not removed from the ledger: .*connect ECONNREFUSED/, {}],
    ['a count', /^Old messages of the ledger were not counted: .*connect ECONNREFUSED/, { dryRun: true }],
  ])('is named in an error with a code: %s', async (_, message, options) => {
    let isAway = false
    const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    const call = async <T>(run: () => T | Promise<T>): Promise<T> => {
      if (isAway) throw away
      return run()
    }
    const clerkSync = syncOf(hook, { call })
    await send(clerkSync, envelope('user.created', user()))
    isAway = true
    await expect(clerkSync.prune({ olderThan, ...options })).rejects.toMatchObject({
      code: 'store_failed',
      message: expect.stringMatching(message),
      cause: away,
    })
  })

  test.each<[string, RegExp, object, 'find' | 'drop']>([
    ['reading letters', /^The dead letters were not read: .*may not delete there/, {}, 'find'],
    ['counting letters', /^The dead letters were not read: /, { dryRun: true }, 'find'],
    ['dropping a letter', /^The dead letter msg_1 was not removed: .*permission denied/, {}, 'drop'],
  ])('is named in an error with a code: %s', async (_, message, options, method) => {
    const { adapter } = syncOf({}, { deadLetters: true })
    const store = adapter.deadLetters
    if (!store) throw new Error('The memory adapter has dead letters.')
    const parkedAt = ago(200 * DAY_MS)
    const letter = { id: 'msg_1', type: 'user.created', entityId: 'user_1', code: 'store_rejected', parkedAt }
    await store.park(
      { ...letter, payload: JSON.stringify({ parkedAt: parkedAt.getTime() }) },
      { most: 9, since: ago(0) },
    )
    const denied = Object.assign(new Error('permission denied for table letters'), { code: '42501' })
    const deadLetters = { ...store, [method]: () => Promise.reject(denied) }
    const clerkSync = createClerkSync({ adapter: { ...adapter, deadLetters } })
    await expect(clerkSync.prune({ olderThan, ...options })).rejects.toMatchObject({
      code: 'store_failed',
      message: expect.stringMatching(message),
      cause: denied,
    })
  })
})

test('prune ends after the statement under way once its signal is aborted, and counts what it removed', async () => {
  const controller = new AbortController()
  let isPruning = false
  const call = async <T>(run: () => T | Promise<T>): Promise<T> => {
    const done = await run()
    if (isPruning && clerkSync.adapter.rows('deadLetters').length < 3) controller.abort()
    return done
  }
  const clerkSync = syncOf({}, { deadLetters: true, call })
  const parkedAt = ago(200 * DAY_MS)
  const letter = { type: 'user.created', entityId: 'user_1', code: 'store_rejected', parkedAt }
  const payload = JSON.stringify({ parkedAt: parkedAt.getTime() })
  for (const id of ['msg_1', 'msg_2', 'msg_3']) {
    await clerkSync.adapter.deadLetters?.park({ ...letter, id, payload }, { most: 9, since: ago(0) })
  }
  isPruning = true
  const olderThan = ago(100 * DAY_MS)
  expect(await clerkSync.prune({ olderThan, signal: controller.signal })).toMatchObject({ events: 0, deadLetters: 1 })
  expect(clerkSync.adapter.rows('deadLetters').map(({ id }) => id)).toEqual(['msg_2', 'msg_3'])
  expect(await clerkSync.prune({ olderThan, signal: controller.signal })).toMatchObject({ events: 0, deadLetters: 0 })
  expect(await clerkSync.prune({ olderThan })).toMatchObject({ events: 0, deadLetters: 2 })
})

test('close resolves when the delivery that is being processed has its answer', async () => {
  const begun = Promise.withResolvers<void>()
  const release = Promise.withResolvers<void>()
  const clerkSync = syncOf({
    on: {
      'user.created': async () => {
        begun.resolve()
        await release.promise
      },
    },
  })
  const answered = send(clerkSync, envelope('user.created', user()))
  await begun.promise
  let isClosed = false
  const closed = clerkSync.close().then(() => {
    isClosed = true
  })
  await new Promise(setImmediate)
  expect(isClosed).toBe(false)
  release.resolve()
  await closed
  expect((await answered).status).toBe(200)
  expect(clerkSync.adapter.rows('users')).toHaveLength(1)
})

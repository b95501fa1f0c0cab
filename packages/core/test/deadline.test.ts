// A silent network, a long lock, a hook that never ends: the answer and the report come before Svix gives up.
import { getEventListeners } from 'node:events'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { Deadline } from '../src/delivery/deadline.ts'
import { ClerkSyncError } from '../src/index.ts'
import type { SyncAdapter } from '../src/port/index.ts'
import { deleted, envelope, user } from './fixtures/payloads.ts'
import { signed } from './fixtures/signing.ts'
import { syncOf } from './fixtures/sync.ts'

const BODY = envelope('user.created', user())
const never = () => new Promise<never>(() => {})

describe('a delivery that takes too long', () => {
  test('since the database is silent is 503 and reported', async () => {
    const clerkSync = syncOf({ timeoutMs: 50 }, { call: never })
    const result = await clerkSync.receive({ headers: signed(BODY), body: BODY })
    expect(result).toMatchObject({ ok: false, status: 503, error: { code: 'store_failed' } })
    expect(result).toMatchObject({ error: { message: expect.stringContaining('after 0.05 s') } })
    expect(clerkSync.results).toEqual([result])
  })

  test('since its hook does not end is 500 hook_failed, with the likely cause', async () => {
    const clerkSync = syncOf({ timeoutMs: 50, on: { 'user.created': never } })
    const result = await clerkSync.receive({ headers: signed(BODY), body: BODY })
    expect(result).toMatchObject({ ok: false, status: 500, error: { code: 'hook_failed' } })
    expect(result).toMatchObject({ error: { message: expect.stringContaining('db instead of tx') } })
  })

  test('since the sender stops in the middle of its body is 500 raw_body_unavailable', async () => {
    const clerkSync = syncOf({ timeoutMs: 50 })
    const body = new ReadableStream<Uint8Array>({ pull: never })
    const result = await clerkSync.receive({ headers: signed(BODY), body })
    expect(result).toMatchObject({ ok: false, status: 500, error: { code: 'raw_body_unavailable' } })
  })

  test('is refused by apply too, for a queue', async () => {
    const event = await syncOf().verify({ headers: signed(BODY), body: BODY })
    const clerkSync = syncOf({ timeoutMs: 50 }, { call: never })
    await expect(clerkSync.apply(event)).rejects.toMatchObject({ code: 'store_failed' })
  })

  test('runs no hook after its answer', async () => {
    let letGo = () => {}
    const locked = new Promise<void>((resolve) => {
      letGo = resolve
    })
    let hooks = 0
    let settled: Promise<unknown> = Promise.resolve()
    const clerkSync = syncOf(
      { timeoutMs: 50, on: { 'user.created': () => void hooks++ } },
      {
        call: async (statement) => {
          await locked
          return statement()
        },
      },
    )
    const once = clerkSync.adapter.once.bind(clerkSync.adapter)
    const spied: SyncAdapter['once'] = (...call) => {
      const running = once(...(call as Parameters<typeof once>))
      settled = running.catch(() => {})
      return running
    }
    Object.assign(clerkSync.adapter, { once: spied })
    expect(await clerkSync.receive({ headers: signed(BODY), body: BODY })).toMatchObject({ status: 503 })
    letGo()
    await settled
    expect(hooks).toBe(0)
    expect(clerkSync.stored()).toEqual([])
  })
})

test('a silent database is not taken for the hook: not before it, and not after it', async () => {
  let hooks = 0
  const options = { timeoutMs: 50, on: { 'user.created': () => void hooks++ } }
  for (const silentFrom of [1, 3]) {
    let calls = 0
    const call = <T>(statement: () => Promise<T> | T) =>
      ++calls < silentFrom ? Promise.resolve(statement()) : new Promise<T>(() => {})
    const result = await syncOf(options, { call }).receive({ headers: signed(BODY), body: BODY })
    expect(result).toMatchObject({ ok: false, status: 503, error: { code: 'store_failed' } })
  }
  expect(hooks).toBe(1)
})

test.for([
  ['upsert', 'user.created', false],
  ['softDelete', 'user.deleted', false],
  ['once', 'user.created', true],
] as const)(
  '%s is handed a signal that is aborted at the deadline, and not before',
  async ([method, type, hasHook]) => {
    const clerkSync = syncOf({ timeoutMs: 50, ...(hasHook && { on: { [type]: () => {} } }) })
    const signals: (AbortSignal | undefined)[] = []
    const silent = (...given: unknown[]): Promise<never> => {
      const signal: AbortSignal | undefined = Object(given.at(-1)).signal
      signals.push(signal)
      expect(signal?.aborted).toBe(false)
      return never()
    }
    Object.assign(clerkSync.adapter, { [method]: silent })
    const body = type === 'user.deleted' ? envelope(type, deleted('user_1')) : BODY
    await clerkSync.receive({ headers: signed(body), body })
    expect(signals.map((signal) => signal?.aborted)).toEqual([true])
  },
)

test('a delivery that has its answer leaves no timer, and no listener on its signal', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const clerkSync = syncOf()
  const signals: AbortSignal[] = []
  const upsert = clerkSync.adapter.upsert
  const watched: SyncAdapter['upsert'] = (change, options) => {
    if (options?.signal) signals.push(options.signal)
    return upsert(change)
  }
  Object.assign(clerkSync.adapter, { upsert: watched })
  const delivery = { headers: signed(BODY), body: BODY }
  expect(await clerkSync.receive(delivery)).toMatchObject({ outcome: 'created' })
  expect(await clerkSync.apply(await clerkSync.verify(delivery))).toBe('unchanged')
  expect(vi.getTimerCount()).toBe(0)
  expect(signals.map((signal) => getEventListeners(signal, 'abort').length)).toEqual([0, 0])
})

test('work that is begun when the time is over is late at once', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const deadline = new Deadline(10)
  await vi.advanceTimersByTimeAsync(10)
  const late = (seconds: number) => new ClerkSyncError('store_failed', `after ${seconds} s`)
  await expect(deadline.race(never(), late)).rejects.toThrow('after 0.01 s')
})

// A silent network, a long lock, a hook that never ends: the answer and the report come before Svix gives up.
import { describe, expect, test } from 'vitest'
import type { SyncAdapter } from '../src/port/index.ts'
import { envelope, user } from './fixtures/payloads.ts'
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

test('the port is handed a signal that is aborted at the deadline, and not before', async () => {
  const clerkSync = syncOf({ timeoutMs: 50 })
  const signals: (AbortSignal | undefined)[] = []
  const upsert: SyncAdapter['upsert'] = (_change, options) => {
    signals.push(options?.signal)
    expect(options?.signal?.aborted).toBe(false)
    return never()
  }
  Object.assign(clerkSync.adapter, { upsert })
  await clerkSync.receive({ headers: signed(BODY), body: BODY })
  expect(signals.map((signal) => signal?.aborted)).toEqual([true])
})

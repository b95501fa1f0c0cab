import { afterEach, expect, test, vi } from 'vitest'
import { TokenBucket } from '../../src/clerk-api/token-bucket.ts'

const WINDOW_MS = 10_000

afterEach(() => {
  vi.useRealTimers()
})

/**
 * Clerk's side: so many requests in each window of 10 s, and the time until the next one where there were more.
 *
 * @param others - how many requests of others are in the first window
 */
function limitOf(limit: number, others: number) {
  const answered: { readonly at: number; readonly status: 200 | 429 }[] = []
  const began = performance.now()
  return {
    answered,
    ask(): number | undefined {
      const at = performance.now() - began
      const used = answered.filter((one) => one.status === 200 && windowOf(one.at) === windowOf(at)).length
      const isFree = used + (windowOf(at) === 0 ? others : 0) < limit
      answered.push({ at, status: isFree ? 200 : 429 })
      return isFree ? undefined : (windowOf(at) + 1) * WINDOW_MS - at
    },
  }
}

const windowOf = (at: number) => Math.floor(at / WINDOW_MS)

async function run(requests: number, requestsPer10s: number, limit: number, others = 0) {
  vi.useFakeTimers()
  const bucket = new TokenBucket(requestsPer10s)
  const server = limitOf(limit, others)
  const ended = (async () => {
    while (server.answered.filter(({ status }) => status === 200).length < requests) {
      await bucket.take(undefined)
      const waitMs = server.ask()
      if (waitMs !== undefined) bucket.close(waitMs)
    }
  })()
  await vi.advanceTimersByTimeAsync(600_000)
  await ended
  return server.answered
}

test('a limit that is lower than was thought is answered 429 once', async () => {
  const answered = await run(500, 300, 100)
  expect(answered.filter(({ status }) => status === 429)).toHaveLength(1)
})

test('it asks as often as it may, and no more', async () => {
  const answered = await run(301, 300, 1000)
  expect(answered.filter(({ status }) => status === 429)).toEqual([])
  const last = answered.at(-1)?.at ?? 0
  // The burst of a second comes first.
  expect(last).toBeGreaterThan(8_900)
  expect(last).toBeLessThan(9_500)
})

/** The last answer of so many, in ms since the start. */
const lastAt = (answered: Awaited<ReturnType<typeof run>>) => answered.at(-1)?.at ?? 0

test.each([
  ['all of it', 1000],
  ['all but some', 980],
])('a window that others have used up, %s, is waited for, and then it asks as often as it may', async (_, others) => {
  const answered = await run(300, 300, 1000, others)
  expect(answered.filter(({ status }) => status === 429)).toHaveLength(1)
  expect(lastAt(answered)).toBeGreaterThan(WINDOW_MS + 9_000)
  expect(lastAt(answered)).toBeLessThan(WINDOW_MS + 10_500)
})

test('where others have used up a limit of 100, three tenths of it are answered 429 once', async () => {
  const answered = await run(90, 30, 100, 100)
  expect(answered.filter(({ status }) => status === 429)).toHaveLength(1)
  expect(lastAt(answered)).toBeLessThan(WINDOW_MS + 31_000)
})

test('a run that was slowed by others is as fast as before after some minutes', async () => {
  const answered = await run(4000, 300, 1000, 900)
  expect(answered.filter(({ status }) => status === 429)).toHaveLength(1)
  const perWindow = (from: number) => answered.filter(({ at }) => at >= from && at < from + WINDOW_MS).length
  expect(perWindow(2 * WINDOW_MS)).toBeLessThanOrEqual(51)
  expect(perWindow(20 * WINDOW_MS)).toBeGreaterThan(290)
})

test('after a 429 it asks evenly, so that others find room', async () => {
  const answered = await run(60, 300, 1000, 1000)
  const [, first = 0, ...later] = answered.map(({ at }) => at)
  let before = first
  for (const at of later) {
    expect(at - before).toBeGreaterThanOrEqual(33)
    before = at
  }
})

test('however low the limit is, it goes on', async () => {
  const answered = await run(40, 300, 2)
  expect(answered.filter(({ status }) => status === 200)).toHaveLength(40)
})

test('where many of a window were its own, it asks half as often as they were', async () => {
  vi.useFakeTimers()
  const bucket = new TokenBucket(1000)
  const first = (async () => {
    for (let n = 0; n < 300; n++) await bucket.take(undefined)
  })()
  await vi.advanceTimersByTimeAsync(2500)
  await first
  bucket.close(1)
  let sent = 0
  void (async () => {
    for (;;) {
      await bucket.take(undefined)
      sent++
    }
  })()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(sent).toBeGreaterThan(140)
  expect(sent).toBeLessThan(160)
})

import { afterEach, expect, test, vi } from 'vitest'
import { TokenBucket } from '../../src/clerk-api/token-bucket.ts'

const WINDOW_MS = 10_000

afterEach(() => {
  vi.useRealTimers()
})

/** Clerk's side: so many requests in each window of 10 s, and the time until the next one where there were more. */
function limitOf(limit: number) {
  const answered: { readonly at: number; readonly status: 200 | 429 }[] = []
  const began = performance.now()
  return {
    answered,
    ask(): number | undefined {
      const at = performance.now() - began
      const used = answered.filter((one) => one.status === 200 && windowOf(one.at) === windowOf(at)).length
      answered.push({ at, status: used < limit ? 200 : 429 })
      return used < limit ? undefined : (windowOf(at) + 1) * WINDOW_MS - at
    },
  }
}

const windowOf = (at: number) => Math.floor(at / WINDOW_MS)

async function run(requests: number, requestsPer10s: number, limit: number) {
  vi.useFakeTimers()
  const bucket = new TokenBucket(requestsPer10s)
  const server = limitOf(limit)
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

test('however low the limit is, it goes on', async () => {
  const answered = await run(40, 300, 2)
  expect(answered.filter(({ status }) => status === 200)).toHaveLength(40)
})

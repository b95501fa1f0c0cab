// What check() says where the database cannot be asked, and how long it waits for it.
import { expect, onTestFinished, test, vi } from 'vitest'
import { ClerkSyncError, createClerkSync } from '../src/index.ts'
import { memoryAdapter } from '../src/memory/memory-adapter.ts'
import type { SyncAdapter } from '../src/port/index.ts'

/** check() of an adapter that has one of its own. */
function checking(check: SyncAdapter['check'], more: Partial<SyncAdapter> = {}, options: { timeoutMs?: number } = {}) {
  const adapter = { ...memoryAdapter({ users: { columns: { email: {} } } }), check, ...more }
  return createClerkSync({ adapter, logger: false, ...options }).check()
}

test('what the adapter finds is said', async () => {
  const problem = { severity: 'error', table: 'users', message: 'A column is missing.' } as const
  expect(await checking(async () => [problem])).toEqual([problem])
})

test.each<[what: string, error: unknown, more: Partial<SyncAdapter>, message: RegExp]>([
  [
    'a database that is away',
    Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
    {},
    /^check\(\) could not look at the database: the database cannot be reached.*connect ECONNREFUSED/,
  ],
  [
    'what the adapter alone knows',
    new Error('ada@example.com'),
    { troubleOf: () => ({ kind: 'login', sentence: 'no such role' }) },
    /^check\(\) could not look at the database: the database refused the login: no such role\./,
  ],
  [
    'what nobody knows',
    new Error('ada@example.com'),
    { troubleOf: () => undefined },
    /^check\(\) could not look at the database, which refused a connection or a question/,
  ],
])('%s is store_failed, with its cause', async (_, cause, more, message) => {
  const error: unknown = await checking(() => Promise.reject(cause), more).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'store_failed', cause, message: expect.stringMatching(message) })
  expect(String(error)).not.toContain('ada@')
})

test('an error of ours is left as it is', async () => {
  const ours = new ClerkSyncError('config_invalid', 'of the adapter')
  await expect(checking(() => Promise.reject(ours))).rejects.toBe(ours)
})

test.each([
  [undefined, 9000],
  [8000, 8000],
  [13_000, 9000],
])('with timeoutMs: %s, a database that does not answer has %d ms, and is told to end', async (timeoutMs, most) => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  let signal: AbortSignal | undefined
  const silent: SyncAdapter['check'] = (options) => {
    signal = options?.signal
    return new Promise(() => {})
  }
  const refused = vi.fn()
  checking(silent, {}, timeoutMs === undefined ? {} : { timeoutMs }).catch(refused)
  await vi.advanceTimersByTimeAsync(most - 1)
  expect([refused.mock.calls.length, signal?.aborted]).toEqual([0, false])
  await vi.advanceTimersByTimeAsync(1)
  expect(refused.mock.calls).toMatchObject([
    [
      {
        code: 'store_failed',
        message: expect.stringContaining(`had no answer from the database within ${most / 1000} s`),
      },
    ],
  ])
  expect(signal?.aborted).toBe(true)
})

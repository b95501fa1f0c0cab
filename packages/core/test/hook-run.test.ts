// One hook of one delivery: when it runs, what it is given, and which errors are its own.
import { describe, expect, test } from 'vitest'
import { type AnyHook, HookRun, lateHook } from '../src/delivery/hook-run.ts'
import { type ClerkEvent, ClerkSyncError } from '../src/index.ts'

const EVENT = { id: 'msg_1', type: 'user.created', data: {}, timestamp: 0, instanceId: null } as never as ClerkEvent
const TX = { insert() {} }
const BEFORE = { id: 'user_1' }
const open = (run: AnyHook['run'] = () => undefined, before = false) => new HookRun({ before, run }, EVENT)

describe('a hook', () => {
  test('is given the event, the outcome and the transaction, and the row only where it asks for it', () => {
    const given: object[] = []
    const keep: AnyHook['run'] = (context) => void given.push({ ...context })
    for (const before of [false, true]) {
      const hookRun = open(keep, before)
      expect(hookRun.wantsBefore).toBe(before)
      hookRun.call(TX, 'created', BEFORE)
    }
    const context = { event: EVENT, outcome: 'created', tx: TX }
    expect(given).toEqual([context, { ...context, before: BEFORE }])
  })

  test('that reads a row that it did not ask for is told so, and does not take it for a new one', () => {
    const reads = open((context) => context.before)
    expect(() => reads.call(TX, 'created', BEFORE)).toThrow(
      expect.objectContaining({
        code: 'config_invalid',
        message: expect.stringMatching(/^on\["user\.created"\] reads/),
      }),
    )
  })

  test('runs until it returns, and what it returns is given on', () => {
    const hookRun: HookRun = open(() => ({ isRunning: hookRun.running }))
    expect(hookRun.running).toBe(false)
    expect(hookRun.call(TX, 'created', undefined)).toEqual({ isRunning: true })
    expect(hookRun.running).toBe(false)
  })

  // biome-ignore lint/suspicious/noThenProperty: of what is no thenable
  const [text, method] = [{ then: 'no function' }, { then: () => 1 }]
  test.each([undefined, 7, null, text, Object.assign(() => 1, method)])('that returns %o has ended', (result) => {
    const hookRun = open(() => result)
    expect(hookRun.call(TX, 'created', undefined)).toBe(result)
    expect(hookRun.running).toBe(false)
  })

  test('runs until its promise is settled', async () => {
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    const hookRun = open(() => promise)
    const result = hookRun.call(TX, 'created', undefined)
    expect(hookRun.running).toBe(true)
    resolve('done')
    expect(await result).toBe('done')
    expect(hookRun.running).toBe(false)

    const other = Promise.withResolvers<string>()
    const failing = open(() => other.promise)
    const failed = failing.call(TX, 'created', undefined)
    other.reject(new Error('no plan'))
    await expect(failed).rejects.toThrow('no plan')
    expect(failing.running).toBe(false)
    reject(undefined)
  })

  test('that returns a query runs until somebody has awaited that, which begins then', async () => {
    let begun = 0
    const query = {
      // biome-ignore lint/suspicious/noThenProperty: as a query builder of an ORM
      then: (fulfilled: (rows: string) => unknown) => {
        begun++
        return Promise.resolve('rows').then(fulfilled)
      },
    }
    const hookRun = open(() => query)
    const result = hookRun.call(TX, 'created', undefined) as PromiseLike<string>
    expect([begun, hookRun.running]).toEqual([0, true])
    expect(await result).toBe('rows')
    expect([begun, hookRun.running]).toEqual([1, false])
  })
})

describe('an error', () => {
  const thrown = new Error('no plan')
  /** A hook that has thrown, in the way that is said. */
  async function failed(run: AnyHook['run']) {
    const hookRun = open(run)
    await Promise.resolve()
      .then(() => hookRun.call(TX, 'created', undefined))
      .catch(() => {})
    expect(hookRun.running).toBe(false)
    return hookRun
  }
  const throwing = (error: unknown) => () => {
    throw error
  }

  test.each<[how: string, run: AnyHook['run']]>([
    ['thrown', throwing(thrown)],
    ['of a promise', () => Promise.reject(thrown)],
    // biome-ignore lint/suspicious/noThenProperty: as a query builder of an ORM
    ['of a query', () => ({ then: (_: unknown, rejected: (error: unknown) => void) => rejected(thrown) })],
  ])('that is the hook’s (%s) is hook_failed, with what it threw', async (_, run) => {
    const hookRun = await failed(run)
    for (const error of [thrown, new Error('rolled back', { cause: thrown })]) {
      expect(hookRun.failure(error)).toMatchObject({
        code: 'hook_failed',
        thrownBy: 'hook',
        cause: thrown,
        message:
          'The hook for user.created threw. Its transaction was rolled back; on a driver without transactions, the row stays.',
      })
    }
  })

  test('of the database is none of the hook’s, whether that has thrown before or not', async () => {
    expect(open().failure(thrown)).toBeUndefined()
    expect(open().failure(undefined)).toBeUndefined()
    expect((await failed(throwing(thrown))).failure(new Error('away'))).toBeUndefined()
  })

  test('is the last one that it threw', async () => {
    const [first, last] = [new Error('first'), new Error('last')]
    const errors = [first, last]
    const hookRun = open(() => Promise.reject(errors.shift()))
    for (const error of [first, last]) await expect(hookRun.call(TX, 'created', undefined)).rejects.toBe(error)
    expect(hookRun.failure(first)).toBeUndefined()
    expect(hookRun.failure(last)).toMatchObject({ cause: last })
  })

  test('of ours that is around what it threw says more; one that it threw itself is the hook’s', async () => {
    const ours = new ClerkSyncError('config_invalid', 'of the adapter', { cause: thrown })
    expect((await failed(throwing(thrown))).failure(ours)).toBeUndefined()
    expect((await failed(throwing(ours))).failure(ours)).toMatchObject({ code: 'hook_failed', cause: ours })
  })

  test.each([
    [new Error('timeout exceeded when trying to connect'), true],
    [Object.assign(new Error('pool'), { code: 'P2024' }), true],
    [new Error('wrapped', { cause: Object.assign(new Error('pool'), { code: 'P2024' }) }), true],
    [Object.assign(new Error('pool'), { code: 'P2025' }), false],
    [new Error('timeout'), false],
  ])('of a pool asks whether the hook writes through tx: %o', async (error, asks) => {
    const { message } = (await failed(throwing(error))).failure(error) ?? {}
    expect(/through db instead of tx\?.*write through tx\.$/.test(message ?? '')).toBe(asks)
  })
})

test('the time that is over is that of the hook, with the likely cause', () => {
  expect(open().tooSlow(13)).toMatchObject({
    code: 'hook_failed',
    message: expect.stringMatching(
      /^The hook for user\.created had not ended after 13 s\. .*through tx\..* see timeoutMs\.$/,
    ),
  })
})

test('the hook of an event that comes too late gets its outcome and its row as they are now', () => {
  const given: object[] = []
  const keep: AnyHook['run'] = (context) => given.push({ ...context })
  const late = { outcome: 'stale', before: BEFORE } as const
  expect(lateHook(undefined, late)).toBeUndefined()
  for (const before of [false, true]) {
    const hook = lateHook({ before, run: keep }, late)
    expect(hook?.before).toBe(before)
    expect(hook?.run({ event: EVENT, outcome: 'unchanged', tx: TX })).toBe(given.length)
  }
  const context = { event: EVENT, outcome: 'stale', tx: TX }
  expect(given).toEqual([context, { ...context, before: BEFORE }])
})

import { inspect } from 'node:util'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { chainOf } from '../src/errors.ts'
import { ClerkSyncError, createClerkSync, type ErrorCode } from '../src/index.ts'
import { memoryAdapter } from '../src/memory/memory-adapter.ts'
import type { SyncAdapter } from '../src/port/index.ts'
import { envelope, user } from './fixtures/payloads.ts'
import { OTHER_SECRET, requestFor, SECRET } from './fixtures/signing.ts'

afterEach(() => {
  vi.restoreAllMocks()
  vi.resetModules()
})

describe('ClerkSyncError', () => {
  const table: [ErrorCode, number, boolean][] = [
    ['method_not_allowed', 405, false],
    ['body_too_large', 413, false],
    ['headers_missing', 400, false],
    ['signature_mismatch', 400, false],
    ['timestamp_out_of_range', 400, false],
    ['payload_invalid', 422, false],
    ['instance_mismatch', 422, false],
    ['raw_body_unavailable', 500, true],
    ['config_invalid', 500, true],
    ['hook_failed', 500, true],
    ['store_failed', 503, true],
    ['value_refused', 503, true],
    ['unique_conflict', 503, true],
    ['reference_missing', 503, true],
    ['reference_held', 503, true],
    ['queue_failed', 503, true],
    ['link_clash', 503, false],
    ['clerk_unavailable', 503, true],
    ['closed', 503, true],
  ]
  test.each(table)('%s is %d', (code, status, retryable) => {
    const cause = new Error('below')
    const error = new ClerkSyncError(code, 'what, why, what next', { cause })
    expect(error).toBeInstanceOf(Error)
    expect({ ...error, message: error.message, cause: error.cause }).toMatchObject({
      name: 'ClerkSyncError',
      code,
      status,
      retryable,
      message: 'what, why, what next',
      cause,
    })
    expect(String(error)).toBe('ClerkSyncError: what, why, what next')
    // Node prints an error that nobody caught with its fields.
    expect(inspect(error)).toMatch(new RegExp(`docs: 'https://\\S+/errors/${code}'`))
  })

  test('says whose code has thrown where that is known, and what a sender chose as one line', () => {
    expect(new ClerkSyncError('hook_failed', 'It threw.', { thrownBy: 'hook' })).toMatchObject({ thrownBy: 'hook' })
    const error = new ClerkSyncError('hook_failed', 'two\nlines')
    expect([error.thrownBy, 'cause' in error]).toEqual([undefined, false])
    expect(error.message.split('\n')).toHaveLength(1)
  })

  test('has causes, of which eight are looked at, and none of what is no error', () => {
    const nested = (depth: number): Error => new Error(`${depth}`, depth > 1 ? { cause: nested(depth - 1) } : {})
    const messages = (error: unknown) => [...chainOf(error)].map((link) => (link as Error).message)
    expect(messages(nested(3))).toEqual(['3', '2', '1'])
    expect(messages(nested(9))).toEqual(['9', '8', '7', '6', '5', '4', '3', '2'])
    expect([...chainOf(undefined)]).toEqual([undefined])
    expect([...chainOf(new Error('outer', { cause: null }))]).toEqual([expect.any(Error), null])
  })

  test('is recognised across copies of the package', async () => {
    vi.resetModules()
    const copy = await import('../src/errors.ts')
    expect(copy.ClerkSyncError).not.toBe(ClerkSyncError)
    const error = new copy.ClerkSyncError('store_failed', 'of the other copy')
    expect(error).not.toBeInstanceOf(ClerkSyncError)
    expect(ClerkSyncError.is(error)).toBe(true)
    expect(copy.ClerkSyncError.is(new ClerkSyncError('store_failed', 'of this copy'))).toBe(true)
  })

  test('of another copy, thrown by an adapter, keeps its code', async () => {
    vi.resetModules()
    const copy = await import('../src/errors.ts')
    const error = new copy.ClerkSyncError('unique_conflict', 'of the adapter’s copy')
    const clerkSync = createClerkSync({
      adapter: memoryAdapter({ users: { columns: { email: {} } } }, { call: () => Promise.reject(error) }),
      signingSecret: SECRET,
      onResult: () => {},
    })
    const request = requestFor(envelope('user.created', user()))
    const result = await clerkSync.receive({ headers: request.headers, body: request.body })
    expect(result).toMatchObject({ ok: false, status: 503, error: { code: 'unique_conflict' } })
    expect(!result.ok && result.error).toBe(error)
  })

  test.each([
    ['E_TAKEN', 503, 'unique_conflict'],
    ['E_OTHER', 503, 'store_failed'],
    ['23503', 503, 'reference_missing'],
  ])(
    '%s of a store with codes of its own is named by the adapter, else by the database’s code',
    async (code, status, name) => {
      const refusal = Object.assign(new Error('refused'), { code })
      const adapter: SyncAdapter = {
        ...memoryAdapter({ users: { columns: { email: {} } } }, { call: () => Promise.reject(refusal) }),
        faultOf: (error) => (error === refusal && code === 'E_TAKEN' ? 'unique_conflict' : undefined),
      }
      const clerkSync = createClerkSync({ adapter, signingSecret: SECRET, onResult: () => {} })
      const request = requestFor(envelope('user.created', user()))
      const result = await clerkSync.receive({ headers: request.headers, body: request.body })
      expect(result).toMatchObject({ ok: false, status, error: { code: name, cause: refusal } })
    },
  )

  test.each([undefined, null, 'ClerkSyncError', new Error('other'), { name: 'ClerkSyncError', code: 'store_failed' }])(
    'is not %o',
    (other) => {
      expect(ClerkSyncError.is(other)).toBe(false)
    },
  )
})

describe('the default report', () => {
  /** One line that a failure leaves on the console. */
  async function lineFor(request: Request, refuse?: unknown): Promise<string> {
    const calls: unknown[][] = []
    for (const level of ['warn', 'error'] as const)
      vi.spyOn(console, level).mockImplementation((...args) => void calls.push(args))
    const call = refuse === undefined ? {} : { call: () => Promise.reject(refuse) }
    const adapter = memoryAdapter({ users: { columns: { email: {} } } }, call)
    const clerkSync = createClerkSync({ adapter, signingSecret: SECRET, instanceId: 'ins_1' })
    await clerkSync.handler(request)
    expect(calls.length).toBeLessThanOrEqual(1)
    return calls.flat().map(String).join(' ')
  }
  const BODY = envelope('user.created', user())

  test('says nothing of a success', async () => {
    expect(await lineFor(requestFor(BODY))).toBe('')
  })

  test('names the event, the code and the causes, and quotes no driver, since it may quote the row', async () => {
    const driver = Object.assign(new Error('Key (email)=(ada@example.com) already exists.'), { code: '23505' })
    const wrapped = new TypeError('Failed query: insert … params: ada@example.com', { cause: driver })
    const line = await lineFor(requestFor(BODY, { id: 'msg_1' }), wrapped)
    expect(line).toMatch(
      /^clerk-sync: 503 unique_conflict user\.created msg_1: .*\(TypeError < Error 23505\) https:\S+\/errors\/unique_conflict$/,
    )
    expect(line).not.toMatch(/ada|example\.com|Failed query/)
  })

  test('of a cause that is no error, says what it was', async () => {
    expect(await lineFor(requestFor(BODY), 'ada@example.com')).toMatch(
      /store_failed.*\(string\) https:\S+\/errors\/store_failed$/,
    )
  })

  test.each([
    ['a forged delivery', () => requestFor(BODY, { secret: OTHER_SECRET }), /400 signature_mismatch: /],
    ['signed rubbish', () => requestFor('ada@example.com'), /422 payload_invalid: /],
    ['another instance', () => requestFor(BODY.replace('ins_1', 'ins_9')), /422 instance_mismatch: .*ins_9/],
    [
      'an id that is none',
      () => requestFor(BODY.replace('"user_1"', '"ada@example.com","id":7')),
      /422 payload_invalid/,
    ],
  ])('of %s prints no secret and nothing of the body', async (_, request, pattern) => {
    const line = await lineFor(request())
    expect(line).toMatch(pattern)
    for (const part of [SECRET, OTHER_SECRET, SECRET.slice(6), 'ada@', 'Lovelace', 'v1,'])
      expect(line).not.toContain(part)
    expect(line.split('\n')).toHaveLength(1)
  })
})

// What of a delivery is logged, by whom, and how severe; what a logger gets of it, to the field.
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type Reporting, reportResult } from '../src/delivery/report-result.ts'
import { type ClerkEvent, ClerkSyncError, type DeliveryResult } from '../src/index.ts'

afterEach(() => void vi.restoreAllMocks())

const EVENT = { id: 'msg_1', type: 'user.created', data: {}, timestamp: 0, instanceId: null } as never as ClerkEvent
const TIMES = { durationMs: 4.6, lagMs: 30 }
const OK = { ok: true, status: 200, event: EVENT, ...TIMES } as const
const failure = (code: 'store_failed' | 'payload_invalid' | 'hook_failed', event?: ClerkEvent): DeliveryResult => {
  const error = new ClerkSyncError(code, 'It was refused.')
  return { ok: false, status: error.status, error, event, durationMs: 4.4, lagMs: event && 30 }
}
const STORED: DeliveryResult = { ...OK, outcome: 'created' }
const IGNORED: DeliveryResult = { ...OK, outcome: 'ignored', reason: 'It has no table.' }
const cause = Object.assign(new Error('ada@example.com'), { code: '23505' })
const PARKED: DeliveryResult = {
  ...OK,
  outcome: 'parked',
  error: new ClerkSyncError('unique_conflict', 'It was refused.', { cause }),
}

type Line = readonly [by: string, level: string, ...given: unknown[]]

/** What was logged by each that could log it. */
function linesOf(result: DeliveryResult, options: Partial<Reporting> & { own?: boolean; host?: boolean } = {}) {
  const { own = true, host = false, ...reporting } = options
  const lines: Line[] = []
  const logger = (by: string) => ({
    info: (...given: unknown[]) => void lines.push([by, 'info', ...given]),
    warn: (...given: unknown[]) => void lines.push([by, 'warn', ...given]),
    error: (...given: unknown[]) => void lines.push([by, 'error', ...given]),
  })
  for (const level of ['info', 'warn', 'error'] as const) {
    vi.spyOn(console, level).mockImplementation((...given) => void lines.push(['console', level, ...given]))
  }
  const usual = { logger: own ? logger('own') : undefined, verbose: false, onResult: undefined }
  reportResult({ ...usual, ...reporting }, result, host ? logger('host') : undefined)
  return lines
}

describe('a delivery', () => {
  const docs = (code: string) => expect.stringMatching(new RegExp(`^https://\\S+/errors/${code}$`))
  const common = { lib: 'clerk-sync', durationMs: 5, lagMs: 30, eventType: 'user.created', messageId: 'msg_1' }

  test.each<[what: string, DeliveryResult, level: string, fields: object, message: string]>([
    [
      'that is stored',
      STORED,
      'info',
      { ...common, status: 200, outcome: 'created' },
      '200 created user.created msg_1 in 5 ms, 30 ms after the event',
    ],
    [
      'that is ignored, with why',
      IGNORED,
      'info',
      { ...common, status: 200, outcome: 'ignored' },
      '200 ignored user.created msg_1 in 5 ms, 30 ms after the event: It has no table.',
    ],
    [
      'that is parked, which is an error for the operator',
      PARKED,
      'error',
      {
        ...common,
        status: 200,
        outcome: 'parked',
        code: 'unique_conflict',
        docs: docs('unique_conflict'),
        causes: 'Error 23505',
      },
      'parked unique_conflict user.created msg_1: It was refused. (Error 23505)',
    ],
    [
      'that fails here',
      failure('store_failed', EVENT),
      'error',
      { ...common, durationMs: 4, status: 503, code: 'store_failed', docs: docs('store_failed') },
      '503 store_failed user.created msg_1: It was refused. The event is sent again.',
    ],
    [
      'that its sender got wrong, of which no event is known',
      failure('payload_invalid'),
      'warn',
      { lib: 'clerk-sync', durationMs: 4, status: 422, code: 'payload_invalid', docs: docs('payload_invalid') },
      '422 payload_invalid: It was refused.',
    ],
  ])('%s', (_, result, level, fields, message) => {
    const lines = linesOf(result, { verbose: true })
    expect(lines).toEqual([['own', level, fields, message]])
    expect(Object.keys(lines[0]?.[2] ?? {}).sort()).toEqual(Object.keys(fields).sort())
  })

  test('that a hook of the application failed has its stack among the fields, and on the console below', () => {
    const error = new ClerkSyncError('hook_failed', 'The hook threw.', {
      cause: new Error('no plan'),
      thrownBy: 'hook',
    })
    const result: DeliveryResult = { ok: false, status: 500, error, event: EVENT, ...TIMES }
    expect(linesOf(result)).toMatchObject([
      [
        'own',
        'error',
        { causes: 'Error', stack: expect.stringMatching(/^Error: no plan\n {4}at /) },
        '500 hook_failed user.created msg_1: The hook threw. The event is sent again. (Error)',
      ],
    ])
    expect(linesOf(result, { own: false })).toEqual([
      [
        'console',
        'error',
        expect.stringMatching(
          /^clerk-sync: 500 hook_failed .*\(Error\) https:\S+\/errors\/hook_failed\nError: no plan\n {4}at /,
        ),
      ],
    ])
  })

  test('whose cause the adapter alone knows as a database’s is told without its message', () => {
    const thrown = new Error('ada@example.com')
    const error = new ClerkSyncError('hook_failed', 'The hook threw.', { cause: thrown, thrownBy: 'hook' })
    const faultOf = () => 'transient' as const
    const lines = linesOf({ ok: false, status: 500, error, event: EVENT, ...TIMES }, { faultOf })
    expect(JSON.stringify(lines)).not.toContain('ada@')
  })

  test('has on the console the page of its code, and a success has none', () => {
    expect(linesOf(failure('store_failed', EVENT), { own: false })).toEqual([
      [
        'console',
        'error',
        expect.stringMatching(
          /^clerk-sync: 503 store_failed user\.created msg_1: It was refused\. The event is sent again\. https:\S+\/errors\/store_failed$/,
        ),
      ],
    ])
    expect(linesOf(STORED, { own: false, verbose: true })).toEqual([
      ['console', 'info', 'clerk-sync: 200 created user.created msg_1 in 5 ms, 30 ms after the event'],
    ])
  })

  test('has no control characters of its sender', () => {
    const event = { ...EVENT, type: 'x\n200', id: 'm\n1' } as never as ClerkEvent
    const [line] = linesOf({ ...OK, event, outcome: 'ignored', reason: 'x\n200 fills no table.' }, { verbose: true })
    expect(JSON.stringify(line?.slice(2))).not.toMatch(/[^\\]\\n/)
    expect(line?.[2]).toMatchObject({ eventType: 'x\\u000a200', messageId: 'm\\u000a1' })
  })
})

describe('is logged', () => {
  const by = (result: DeliveryResult, options: Parameters<typeof linesOf>[1]) =>
    linesOf(result, options).map(([one]) => one)
  const onResult = () => {}

  test.each<[options: Parameters<typeof linesOf>[1], failures: string[], successes: string[]]>([
    [{}, ['own'], []],
    [{ verbose: true }, ['own'], ['own']],
    [{ host: true }, ['own'], []],
    [{ onResult }, ['own'], []],
    [{ own: false }, ['console'], []],
    [{ own: false, verbose: true }, ['console'], ['console']],
    [{ own: false, host: true }, ['host'], []],
    [{ own: false, host: true, verbose: true }, ['host'], ['host']],
    [{ own: false, onResult }, [], []],
    [{ own: false, onResult, host: true }, [], []],
    [{ own: false, onResult, verbose: true }, ['console'], ['console']],
    [{ logger: false }, [], []],
    [{ logger: false, verbose: true, host: true }, [], []],
  ])('with %o, a failure by %o and a success by %o', (options, failures, successes) => {
    expect(by(failure('store_failed', EVENT), options)).toEqual(failures)
    expect(by(PARKED, options)).toEqual(failures)
    expect(by(STORED, options)).toEqual(successes)
  })
})

describe('an observer', () => {
  test('gets every result, once', () => {
    const onResult = vi.fn()
    for (const result of [STORED, PARKED, failure('payload_invalid')]) linesOf(result, { onResult })
    expect(onResult.mock.calls.flat()).toMatchObject([STORED, PARKED, { status: 422 }])
  })

  test.each<[how: string, fail: () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('full disk')
      },
    ],
    ['rejects', () => Promise.reject(new Error('full disk'))],
  ])('that %s is told to the console, and ends nothing', async (_, fail) => {
    const lines = linesOf(failure('store_failed', EVENT), {
      logger: { info: fail, warn: fail, error: fail },
      onResult: fail,
    })
    await new Promise((resolve) => setImmediate(resolve))
    expect(lines).toEqual([
      ['console', 'error', 'clerk-sync: logger threw', new Error('full disk')],
      ['console', 'error', 'clerk-sync: onResult threw', new Error('full disk')],
    ])
  })
})

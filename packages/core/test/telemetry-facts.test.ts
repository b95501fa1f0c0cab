// What is recorded of a delivery: names and values that dashboards and alerts are built on, and no more than that.
import { expect, test } from 'vitest'
import type { ClerkEvent } from '../src/entities/clerk-event.ts'
import { ClerkSyncError } from '../src/index.ts'
import {
  errorType,
  isOurs,
  lagOf,
  messageFacts,
  meterFacts,
  resultFacts,
  spanFacts,
  thrownFacts,
  typeFacts,
} from '../src/opentelemetry/facts.ts'

const event = (more: object = {}): ClerkEvent =>
  ({ id: 'msg_1', type: 'user.created', timestamp: Date.now() - 2000, data: {}, ...more }) as never
const failed = (code: 'store_failed' | 'signature_mismatch' | 'payload_invalid') =>
  new ClerkSyncError(code, 'It failed.')

test.each<[event: ClerkEvent | undefined, facts: object]>([
  [event(), { 'messaging.destination.name': 'user.created' }],
  [
    event({ type: 'organizationMembership.created' }),
    { 'messaging.destination.name': 'organizationMembership.created' },
  ],
  [event({ type: 'user' }), {}],
  [event({ type: 'user.created.ada@example.com' }), {}],
  [event({ type: 'ada@example.com' }), {}],
  [event({ type: '1user.created' }), {}],
  [event({ type: 'user.1created' }), {}],
  [event({ type: 5 }), {}],
  [undefined, {}],
])('the type of %o is recorded as %o', (of, facts) => {
  expect(typeFacts(of)).toEqual(facts)
})

test.each([
  ['verify', 'receive'],
  ['receive', 'process'],
  ['apply', 'process'],
])('%s is of the type %s', (operation, type) => {
  expect(messageFacts(operation, event())).toEqual({
    'messaging.system': 'clerk',
    'messaging.operation.name': operation,
    'messaging.operation.type': type,
    'messaging.destination.name': 'user.created',
    'messaging.message.id': 'msg_1',
  })
})

test('a message id that is none is not recorded, and what cannot be printed is not as it is', () => {
  expect(messageFacts('apply', event({ id: 5 }))).not.toHaveProperty('messaging.message.id')
  expect(messageFacts('apply', undefined)).not.toHaveProperty('messaging.message.id')
  expect(messageFacts('apply', event({ id: 'msg\n1' }))['messaging.message.id']).not.toContain('\n')
})

test('a span has what became of the event, and how old it was', () => {
  const facts = spanFacts('apply', { event: event(), outcome: 'failed', error: failed('store_failed'), status: 503 })
  expect(facts).toMatchObject({
    'clerk_sync.outcome': 'failed',
    'clerk_sync.lag': expect.closeTo(2, 0),
    'http.response.status_code': 503,
    'error.type': 'store_failed',
  })
  const few = spanFacts('apply', { outcome: 'ignored' })
  expect(Object.keys(few)).toEqual([
    'messaging.system',
    'messaging.operation.name',
    'messaging.operation.type',
    'clerk_sync.outcome',
  ])
})

test('a measurement has no id, and the code of an error', () => {
  const facts = { event: event(), outcome: 'failed', error: new Error('other') }
  expect(meterFacts('apply', facts)).toEqual({
    'messaging.operation.name': 'apply',
    'clerk_sync.outcome': 'failed',
    'error.type': '_OTHER',
  })
  expect(errorType(undefined)).toEqual({})
})

test.each<[what: unknown, ours: boolean]>([
  [undefined, false],
  [new Error('other'), true],
  [failed('store_failed'), true],
  [failed('signature_mismatch'), false],
  [new ClerkSyncError('config_invalid', 'It is.'), true],
])('%o makes an error of a span: %s', (error, ours) => {
  expect(isOurs(error)).toBe(ours)
})

test('an event of the future, by the clock here, is not old; one without a time has no age', () => {
  expect(lagOf(event({ timestamp: Date.now() + 5000 }))).toBe(0)
  expect(lagOf(event({ timestamp: '5' }))).toBeUndefined()
  expect(lagOf(undefined)).toBeUndefined()
})

test('a result is its outcome, or failed; a parked one has its error beside it', () => {
  const error = failed('store_failed')
  const result = (more: object) => resultFacts({ status: 200, event: undefined, ...more } as never)
  expect(result({ ok: true, outcome: 'created' })).toMatchObject({ outcome: 'created', status: 200, error: undefined })
  expect(result({ ok: true, outcome: 'parked', error })).toMatchObject({ outcome: 'parked', error })
  expect(result({ ok: false, outcome: 'created', error })).toMatchObject({ outcome: 'failed', error })
})

test('what was refused as no event is not looked at', () => {
  const of = event()
  expect(thrownFacts(of, failed('payload_invalid'))).toMatchObject({ event: undefined, outcome: 'failed' })
  expect(thrownFacts(of, failed('store_failed'))).toMatchObject({ event: of, outcome: 'failed' })
  expect(thrownFacts(of, new Error('other')).event).toBe(of)
})

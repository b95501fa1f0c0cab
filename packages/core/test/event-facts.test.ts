// What a dead letter is about: which row it waits for, what a newer event makes of it, and whose data it holds.
import { describe, expect, test } from 'vitest'
import {
  entityIdOf,
  eventWithoutUserData,
  isNewer,
  type ModeOf,
  supersedes,
  type Target,
  targetOf,
  usersIn,
} from '../src/dead-letters/event-facts.ts'
import {
  asciiJson,
  letterOf,
  notParked,
  parkedError,
  parkedEventOf,
  withoutUserData,
} from '../src/dead-letters/letter.ts'
import { severalOf } from '../src/dead-letters/several-of.ts'
import { isRefusal, mayBeKept } from '../src/dead-letters/what-is-parked.ts'
import type { ClerkEvent } from '../src/entities/clerk-event.ts'
import { ClerkSyncError, type ErrorCode } from '../src/index.ts'

const T0 = 1_760_000_000_000
const event = (type: string, data: object): ClerkEvent =>
  ({ id: 'msg_1', type, data, timestamp: T0, instanceId: null }) as never

describe('the row that an event waits for', () => {
  const erase: ModeOf = () => 'erase'

  test.each<[type: string, data: object, expected: object | undefined]>([
    [
      'user.created',
      { id: 'user_1', updated_at: T0 },
      { entity: 'user', kind: 'upsert', mode: 'erase', key: 'user_1' },
    ],
    ['user.deleted', { id: 'user_1' }, { entity: 'user', kind: 'delete', mode: 'erase', key: 'user_1' }],
    ['session.removed', { id: 'sess_1', updated_at: T0 }, { entity: 'session', kind: 'upsert' }],
    ['user.created', { updated_at: T0 }, undefined],
    ['user.created', { id: '', updated_at: T0 }, undefined],
    ['user.created', { id: 5, updated_at: T0 }, undefined],
    ['email.created', { id: 'ema_1' }, undefined],
  ])('%s %o', (type, data, expected) => {
    const target = targetOf(event(type, data), erase)
    if (expected) expect(target).toMatchObject(expected)
    else expect(target).toBeUndefined()
  })

  test('is none where its entity has no table', () => {
    expect(targetOf(event('user.created', { id: 'user_1', updated_at: T0 }), () => undefined)).toBeUndefined()
  })

  test('is found by an id that is a text, and not an empty one', () => {
    const ids = ['user_1', '', 5, null, undefined].map((id) => entityIdOf(event('user.created', { id })))
    expect(ids).toEqual(['user_1', undefined, undefined, undefined, undefined])
  })
})

const target = (more: Partial<Target> = {}): Target => ({
  entity: 'user',
  kind: 'upsert',
  mode: 'erase',
  key: 'user_1',
  version: '2',
  ...more,
})
const kept = { kind: 'delete', mode: 'keep' } as const

describe('an event makes another one needless', () => {
  test.each<[what: string, newer: Target | undefined, older: Target | undefined, expected: boolean]>([
    ['that is older', target(), target({ version: '1' }), true],
    ['not one of the same version', target(), target(), false],
    ['not a newer one', target({ version: '1' }), target(), false],
    ['not one of another row', target(), target({ version: '1', key: 'user_2' }), false],
    ['not one of another table', target(), target({ version: '1', entity: 'session' }), false],
    ['not one that writes no row', target(), undefined, false],
    ['not where it writes none itself', undefined, target({ version: '1' }), false],
    ['a snapshot, where it erases', target({ kind: 'delete' }), target({ version: '1' }), true],
    ['not a snapshot, where its tombstone keeps what snapshots give', target(kept), target({ version: '1' }), false],
    ['not a tombstone that is kept, where it is a snapshot', target(), target({ ...kept, version: '1' }), false],
    ['a tombstone that is kept, where it is a later one', target(kept), target({ ...kept, version: '1' }), true],
  ])('%s', (_, newer, older, expected) => {
    expect(supersedes(newer, older)).toBe(expected)
  })
})

describe('a row holds something newer', () => {
  const version = (digit: number) => String(digit).repeat(33)
  test.each<[what: string, row: { version: string; deleted: boolean }, more: Partial<Target>, expected: boolean]>([
    ['than an older snapshot', { version: version(2), deleted: false }, { version: version(1) }, true],
    ['not than the same', { version: version(1), deleted: false }, { version: version(1) }, false],
    ['not than a newer one', { version: version(1), deleted: false }, { version: version(2) }, false],
    ['under the mark of a tombstone', { version: `9${version(2)}`, deleted: true }, { version: version(3) }, false],
    ['than a delete that keeps values, where it is deleted', { version: version(1), deleted: true }, kept, true],
    ['not where it lives', { version: version(9), deleted: false }, kept, false],
  ])('%s', (_, row, more, expected) => {
    expect(isNewer({ ...row, row: {} } as never, target(more))).toBe(expected)
  })
})

describe('whose data an event holds', () => {
  test.each<[type: string, data: object, users: readonly string[]]>([
    ['user.updated', { id: 'user_1' }, ['user_1']],
    ['session.created', { id: 'sess_1', user_id: 'user_1' }, ['user_1']],
    ['session.created', { id: 'user_9' }, []],
    ['one.of.tomorrow', { id: 'user_9', user_id: 'user_1' }, ['user_1']],
    ['organizationMembership.created', { id: 'orgmem_1', public_user_data: { user_id: 'user_1' } }, ['user_1']],
    ['session.created', { user: { id: 'user_1' }, user_id: 'user_1' }, ['user_1']],
    ['subscription.created', { payer: { user_id: 'user_1' } }, ['user_1']],
    ['session.created', { user_id: 'user_1', user: { id: 'user_2' } }, ['user_1', 'user_2']],
    ['organization.created', { id: 'org_1', created_by: 'user_1' }, []],
    ['organization.created', { private_metadata: { user_id: 'user_1' } }, []],
    ['session.created', { user_id: '', user: null, payer: 'user_1' }, []],
  ])('%s %o', (type, data, users) => {
    expect(usersIn(event(type, data))).toEqual(users)
  })

  test('is taken out of it, but for the ids that its row cannot be written without', () => {
    const data = {
      id: 'sess_1',
      user_id: 'user_1',
      user: { id: 'user_1', first_name: 'Ada' },
      public_user_data: { user_id: 'user_1', identifier: 'ada@example.com' },
      payer: { id: 'payer_1', user_id: 'user_1', organization_id: 'org_1', email: 'ada@example.com' },
      latest_activity: { ip_address: '192.0.2.1' },
      actor: { sub: 'user_2' },
      status: 'removed',
      organization: { id: 'org_1', name: 'Org' },
    }
    expect(eventWithoutUserData(event('session.removed', data))).toEqual(
      event('session.removed', {
        id: 'sess_1',
        user_id: 'user_1',
        user: { id: 'user_1' },
        public_user_data: { user_id: 'user_1' },
        payer: { id: 'payer_1', user_id: 'user_1', organization_id: 'org_1' },
        status: 'removed',
        organization: { id: 'org_1', name: 'Org' },
      }),
    )
    const none = { user: null, payer: 'payer_1', public_user_data: undefined, constructor: {} }
    expect(eventWithoutUserData(event('session.removed', none)).data).toEqual(none)
  })
})

describe('a letter', () => {
  const times = { parkedAt: new Date(T0), refusedAt: new Date(T0 + 1) }
  const thrown = { cause: new Error('no such plan: ada@x.org'), thrownBy: 'hook' } as const
  const refused = new ClerkSyncError('hook_failed', 'The hook threw.', thrown)
  const letter = (data: object) => letterOf(event('session.created', data), refused, times, undefined)

  test('is what its event and its refusal are, with what was thrown', () => {
    const { payload, ...columns } = letter({ id: 'sess_1' })
    expect(columns).toEqual({
      id: 'msg_1',
      type: 'session.created',
      entityId: 'sess_1',
      code: 'hook_failed',
      parkedAt: new Date(T0),
    })
    expect(parkedEventOf({ payload })).toEqual({
      event: event('session.created', { id: 'sess_1' }),
      code: 'hook_failed',
      reason: 'The hook threw. It threw: Error: no such plan: ada@x.org',
      ...times,
    })
    expect(letter({}).entityId).toBeNull()
    const ofTable = new ClerkSyncError('value_refused', 'A value is too long.', { cause: thrown.cause })
    expect(parkedEventOf(letterOf(event('session.created', {}), ofTable, times, undefined)).reason).toBe(
      'A value is too long.',
    )
  })

  test('without its user’s data says nothing that a hook threw, and keeps its times', () => {
    const { payload } = letter({ id: 'sess_1', user: { id: 'user_1', first_name: 'Ada' } })
    const redacted = parkedEventOf(withoutUserData(parkedEventOf({ payload })))
    expect(redacted).toMatchObject({ reason: 'The hook threw.', code: 'hook_failed', ...times })
    expect(redacted.event.data).toEqual({ id: 'sess_1', user: { id: 'user_1' } })
  })

  test('is ASCII, whatever is in it, and the same again', () => {
    const value = { name: 'Zoë\u0000\u007f\n😀', ключ: '~ ' }
    expect(asciiJson(value)).toMatch(/^[\x20-\x7e]+$/)
    expect(JSON.parse(asciiJson(value))).toEqual(value)
    expect(asciiJson('é~ ')).toBe('"\\u00e9~ "')
  })
})

describe('what is parked', () => {
  test.each<[code: ErrorCode, parked: boolean]>([
    ['value_refused', true],
    ['unique_conflict', true],
    ['reference_missing', true],
    ['reference_held', true],
    ['hook_failed', true],
    ['store_failed', false],
    ['payload_invalid', false],
    ['instance_mismatch', false],
    ['link_clash', false],
    ['closed', false],
  ])('%s: %s', (code, parked) => {
    expect(isRefusal(new ClerkSyncError(code, 'refused'))).toBe(parked)
  })

  test('a fault of the set-up only where it is that of a map', () => {
    const invalid = (thrownBy?: 'map' | 'hook') =>
      new ClerkSyncError('config_invalid', 'x', { ...(thrownBy && { thrownBy }) })
    expect([invalid(), invalid('hook'), invalid('map')].map(isRefusal)).toEqual([false, false, true])
    expect(isRefusal(new ClerkSyncError('store_failed', 'x', { thrownBy: 'map' }))).toBe(false)
    for (const other of [new Error('x'), undefined, { code: 'value_refused' }]) expect(isRefusal(other)).toBe(false)
  })

  test('nothing that carries a one-time code', () => {
    const kept = (type: string) => mayBeKept(event(type, {}))
    expect(['email.created', 'sms.created', 'sms.updated'].map(kept)).toEqual([false, false, false])
    expect(['user.created', 'emailAddress.created', 'user.sms.sent', 'smsx.created'].map(kept)).toEqual([
      true,
      true,
      true,
      true,
    ])
  })
})

describe('the error of an event that is parked', () => {
  const cause = new Error('below')
  const hook = { cause, thrownBy: 'hook' } as const
  const next = "The event is parked: mend that, and then clerkSync.deadLetters.retry('msg_1')."

  test('says how it is retried, and keeps all else', () => {
    const parked = (message: string, more: object = {}) =>
      parkedError(event('user.created', {}), new ClerkSyncError('hook_failed', message, more))
    expect(parked('It threw. See it.', hook)).toMatchObject({
      ...hook,
      code: 'hook_failed',
      message: `It threw. See it. ${next}`,
    })
    expect(parked('It threw.').message).toBe(`It threw. ${next}`)
    expect(parked('It threw.').thrownBy).toBeUndefined()
  })

  test('that could not be is what kept it from that, with why it was refused', () => {
    const refusal = new ClerkSyncError('value_refused', 'A value is too long.')
    expect(() => notParked(new ClerkSyncError('store_failed', 'The database is away.', { cause }), refusal)).toThrow(
      expect.objectContaining({
        code: 'store_failed',
        cause,
        message: 'The database is away. What was to be parked: A value is too long.',
      }),
    )
    expect(() => notParked(cause, refusal)).toThrow(cause)
  })

  test('of several is the first, and says how many more there were', () => {
    const first = new ClerkSyncError('hook_failed', 'It threw.', hook)
    expect(severalOf([first, cause, cause])).toMatchObject({
      ...hook,
      code: 'hook_failed',
      message: 'It threw. 2 more letters of the user failed with it.',
    })
    expect(severalOf([new ClerkSyncError('store_failed', 'Away.'), cause])).toMatchObject({ thrownBy: undefined })
    expect(severalOf([cause, first])).toBe(cause)
  })
})

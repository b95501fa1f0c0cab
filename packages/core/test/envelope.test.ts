import { describe, expect, test } from 'vitest'
import { deleted, envelope, membership, organization, session, T0, user } from './fixtures/payloads.ts'
import { requestFor } from './fixtures/signing.ts'
import { send, syncOf } from './fixtures/sync.ts'

const IGNORED = { status: 200, body: '{"outcome":"ignored"}' }
const CREATED = { status: 200, body: '{"outcome":"created"}' }
const INVALID = { status: 422, body: '{"code":"payload_invalid"}' }

async function verified(body: string) {
  const request = requestFor(body)
  return syncOf().verify({ headers: request.headers, body })
}

describe('the event', () => {
  test('has the message id, and the envelope without what nobody needs', async () => {
    const body = envelope('user.created', user())
    const request = requestFor(body, { id: 'msg_7' })
    expect(await syncOf().verify({ headers: request.headers, body })).toEqual({
      id: 'msg_7',
      type: 'user.created',
      data: user(),
      timestamp: T0 + 20,
      instanceId: 'ins_1',
    })
  })

  test('needs no event_attributes', async () => {
    expect(await send(syncOf(), envelope('user.created', user(), { event_attributes: undefined }))).toMatchObject(
      CREATED,
    )
  })
})

describe('timestamp', () => {
  test('in seconds, as "Send Example" has it, is read as such', async () => {
    expect(await verified(envelope('user.deleted', deleted('user_1'), { timestamp: 1_716_883_200 }))).toMatchObject({
      timestamp: 1_716_883_200_000,
    })
    expect(await verified(envelope('user.deleted', deleted('user_1'), { timestamp: 1_716_883_200.5 }))).toMatchObject({
      timestamp: 1_716_883_200_500,
    })
  })

  test('of a delete is when the row was deleted, whichever clock the process has', async () => {
    const clerkSync = syncOf()
    await send(clerkSync, envelope('user.deleted', deleted('user_1'), { timestamp: 1_716_883_200 }))
    expect(clerkSync.adapter.rows('users')).toMatchObject([{ deletedAt: new Date(1_716_883_200_000) }])
  })

  test.each([0, 1, 9_999_999_999, 100_000_000_000, T0, 9_999_999_999_998])('%d is one', async (timestamp) => {
    expect(await send(syncOf(), envelope('user.created', user(), { timestamp }))).toMatchObject(CREATED)
  })

  test.each([
    ['none', undefined],
    ['null', null],
    ['text', '1767225600000'],
    ['negative', -1],
    ['too large', 9_999_999_999_999],
    ['in seconds of the year 5138', 99_999_999_999],
    ['in microseconds', T0 * 1000],
    ['with a fraction of a millisecond', T0 + 0.5],
    ['a list', [T0]],
  ])('%s is none', async (_, timestamp) => {
    const clerkSync = syncOf({ on: { 'role.created': () => {} } })
    expect(await send(clerkSync, envelope('user.created', user(), { timestamp }))).toMatchObject(INVALID)
    expect(await send(clerkSync, envelope('role.created', {}, { timestamp }))).toMatchObject(INVALID)
    expect(clerkSync.stored()).toEqual([])
  })

  test('infinite is none', async () => {
    expect(await send(syncOf(), envelope('user.created', user()).replace(String(T0 + 20), '1e400'))).toMatchObject(
      INVALID,
    )
  })
})

describe('updated_at', () => {
  const version = async (updated_at: unknown) => {
    const clerkSync = syncOf()
    const answer = await send(clerkSync, envelope('user.updated', { ...user(), updated_at }))
    return answer.status === 200 ? clerkSync.adapter.rows('users')[0]?.clerkVersion.slice(0, 13) : answer.body
  }
  test.each([undefined, null])('%s: the time of the event stands in', async (value) => {
    expect(await version(value)).toBe(String(T0 + 20))
  })
  test.each(['2026-01-01', -1, 1.5, 9_999_999_999_999, 1e300, true, {}, []])('%j is refused', async (value) => {
    expect(await version(value)).toBe(INVALID.body)
  })
  test.each(['', 'production', 'pk_test_1', 'ins_'])('an instance id that is none (%j) is refused', (instanceId) => {
    expect(() => syncOf({ instanceId })).toThrow(/instanceId must be .*ins_…/)
  })

  test('0 is a time', async () => {
    expect(await version(0)).toBe('0000000000000')
  })
})

describe('instance_id', () => {
  const body = (instance_id: unknown) => envelope('user.created', user(), { instance_id })
  test.each([
    ['the same', 'ins_1', 200],
    ['absent', undefined, 200],
    ['null', null, 200],
    ['another', 'ins_2', 422],
    ['empty', '', 422],
  ])('%s', async (_, instance, status) => {
    const clerkSync = syncOf({ instanceId: 'ins_1' })
    expect(await send(clerkSync, body(instance))).toMatchObject({ status })
    expect(clerkSync.stored()).toHaveLength(status === 200 ? 1 : 0)
  })

  test('another is reported to the operator by name, and refused for every type', async () => {
    const clerkSync = syncOf({ instanceId: 'ins_1' })
    expect(await send(clerkSync, envelope('role.created', {}, { instance_id: 'ins_2' }))).toMatchObject({
      status: 422,
      body: '{"code":"instance_mismatch"}',
    })
    expect(clerkSync.results).toMatchObject([{ error: { message: expect.stringMatching(/ins_2.*ins_1/) } }])
  })

  test('is not asked for by default', async () => {
    expect(await send(syncOf(), body('ins_2'))).toMatchObject(CREATED)
  })
})

describe('type', () => {
  test.each(['user.merged', '', 'constructor', 'toString', '__proto__', 'hasOwnProperty', 'user', 'USER.CREATED'])(
    '"%s" is nothing that anybody asked for',
    async (type) => {
      const clerkSync = syncOf({ on: { 'user.created': () => Promise.reject(new Error('not this one')) } })
      expect(await send(clerkSync, envelope(type, user()))).toMatchObject(IGNORED)
      expect(clerkSync.stored()).toEqual([])
    },
  )

  test.each([undefined, null, 5, {}, ['user.created']])('%j is none', async (type) => {
    expect(await send(syncOf(), envelope('user.created', user(), { type }))).toMatchObject(INVALID)
  })
})

describe('signed, and no event', () => {
  const rubbish = [
    '',
    ' ',
    'hello',
    '{"object":"event"',
    '[]',
    'null',
    '5',
    'true',
    '"event"',
    '{}',
    `[${envelope('user.created', user())}]`,
    envelope('user.created', user(), { object: 'user' }),
    envelope('user.created', user(), { object: undefined }),
    envelope('user.created', null),
    envelope('user.created', 'user_1'),
    envelope('user.created', [user()]),
    envelope('role.created', []),
    envelope('user.created', undefined),
    '{"__proto__":{"object":"event","type":"user.created","timestamp":1767225600000,"data":{"id":"user_1"}}}',
  ]
  test.each(rubbish.map((body) => [body.slice(0, 60), body]))('%s', async (_, body) => {
    const clerkSync = syncOf({ on: { 'user.created': () => {} } })
    expect(await send(clerkSync, body)).toMatchObject(INVALID)
    expect(clerkSync.stored()).toEqual([])
    // The body is not quoted to anybody.
    expect(clerkSync.results).not.toMatchObject([{ error: { message: expect.stringMatching(/hello|user_1/) } }])
  })
})

describe('data that no row can be made of', () => {
  const { id: _, ...anonymous } = user()
  const cases: [string, string, unknown][] = [
    ['a user without an id', 'user.created', anonymous],
    ['a user whose id is null', 'user.updated', user({ id: null as never })],
    ['a user whose id is a number', 'user.updated', { ...user(), id: 1 }],
    ['a user whose id is empty', 'user.updated', user({ id: '' })],
    ['a user whose id is longer than a column', 'user.updated', user({ id: 'u'.repeat(256) })],
    ['a user whose id is inherited', 'user.updated', { ...anonymous, ['__proto__']: { id: 'user_1' } }],
    ['a delete without an id', 'user.deleted', { object: 'user', deleted: true }],
    ['an organization without an id', 'organization.created', { ...organization(), id: undefined }],
    [
      'a membership without its organization',
      'organizationMembership.created',
      { ...membership(), organization: null },
    ],
    ['a membership without its user', 'organizationMembership.updated', { ...membership(), public_user_data: {} }],
    ['a membership without a role', 'organizationMembership.deleted', { ...membership(), role: null }],
    ['a session without its user', 'session.created', { ...session(), user_id: undefined }],
    ['a session without a status', 'session.ended', { ...session(), status: 3 }],
    ['addresses that are no list', 'user.created', { ...user(), email_addresses: 'ada@example.com' }],
    ['addresses that are null', 'user.created', { ...user(), email_addresses: [null] }],
  ]
  test.each(cases)('%s', async (_, type, data) => {
    const clerkSync = syncOf()
    expect(await send(clerkSync, envelope(type, data))).toMatchObject(INVALID)
    expect(clerkSync.stored()).toEqual([])
  })
})

test('a text may be as long as a column is, and no longer', async () => {
  const send255 = async (length: number) => {
    const clerkSync = syncOf()
    const { status } = await send(
      clerkSync,
      envelope('organizationMembership.created', { ...membership(), role: 'é'.repeat(length) }),
    )
    return { status, said: clerkSync.results.map((result) => (result.ok ? '' : result.error.message)) }
  }
  expect(await send255(255)).toMatchObject({ status: 200 })
  expect(await send255(256)).toEqual({
    status: 422,
    said: [expect.stringMatching(/must have text, up to 255 characters, in data\.role\./)],
  })
  const clerkSync = syncOf()
  await send(clerkSync, envelope('user.created', user({ id: 'é' })))
  expect(clerkSync.results).toMatchObject([
    { error: { message: expect.stringMatching(/up to 255 printable ASCII characters, in data\.id\./) } },
  ])
})

describe('keys that pollute prototypes', () => {
  const pollution = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"toString":1}'

  test('in metadata are data like any other', async () => {
    const clerkSync = syncOf()
    const body = envelope('user.created', user()).replace('"public_metadata":{}', `"public_metadata":${pollution}`)
    expect(await send(clerkSync, body)).toMatchObject(CREATED)
    const stored = clerkSync.adapter.rows('users')[0]?.publicMetadata
    expect(JSON.stringify(stored)).toBe(pollution)
    expect(stored).not.toHaveProperty('polluted')
    expect({}).not.toHaveProperty('polluted')
  })

  test('in the envelope and in data change nothing', async () => {
    const clerkSync = syncOf({ on: { 'user.created': ({ event }) => expect(event).not.toHaveProperty('polluted') } })
    const polluted = envelope('user.created', user()).replaceAll(
      '"object":',
      `"x":${pollution},"__proto__":${pollution},"object":`,
    )
    expect(await send(clerkSync, polluted)).toMatchObject(CREATED)
    expect(clerkSync.adapter.rows('users')).toMatchObject([{ id: 'user_1', email: 'ada@example.com' }])
    expect({}).not.toHaveProperty('polluted')
    expect([]).not.toHaveProperty('polluted')
  })
})

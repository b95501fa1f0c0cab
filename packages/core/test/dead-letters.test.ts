// What a table refuses, kept until somebody mends it: in memory, whose table refuses what the test says.
import { type ClerkSync, createClerkSync } from '@clerk-sync/core'
import { MemoryDatabase, memoryAdapter, memorySchema } from '@clerk-sync/core/memory'
import { event, userEvent, withEmail } from '@clerk-sync/test-support/events'
import { describe, expect, test } from 'vitest'
import { requestFor, SECRET } from './fixtures/signing.ts'

const HOUR = 3_600_000
const OLD = Date.now() - 18 * HOUR
const REFUSED = 'refused@example.com'
const tables = {
  users: { columns: { email: {} } },
  organizationMemberships: { columns: { role: {} } },
} as const
const ON = ['user.created', 'user.updated', 'user.deleted', 'organizationMembership.created'] as const

/** A table that takes no value `refused`, unless it was mended; every message's hook leaves a row of `effects`. */
function open(
  options: object = {},
  { hooks = true, failing = () => false }: { hooks?: boolean; failing?: () => boolean } = {},
) {
  const database = new MemoryDatabase(memorySchema(tables))
  const state = { mended: false }
  const process = () => {
    const adapter = memoryAdapter(tables, { database, deadLetters: true })
    const refuse = (values: object): void => {
      if (!state.mended && JSON.stringify(values).includes('refused')) {
        throw Object.assign(new Error(`${REFUSED} is too long`), { code: '22001' })
      }
    }
    const refusing = {
      ...adapter,
      upsert: async (change: Parameters<typeof adapter.upsert>[0], more?: object) => {
        refuse(change.values)
        return adapter.upsert(change, more)
      },
      once: async (...[ref, change, hook, more]: Parameters<typeof adapter.once>) => {
        if (change) refuse(change.values)
        return adapter.once(ref, change, hook, more)
      },
    }
    const hook = ({
      event: { id },
      outcome,
      tx,
    }: {
      event: { id: string }
      outcome: string
      tx: { insert(table: string, row: object): void }
    }) => {
      if (failing()) throw new Error('the hook fails')
      tx.insert('effects', { id: `${id} ${outcome}` })
    }
    return createClerkSync({
      adapter: refusing,
      ...(hooks && { on: Object.fromEntries(ON.map((type) => [type, hook])) }),
      ...options,
    } as Parameters<typeof createClerkSync>[0]) as ClerkSync
  }
  return {
    state,
    database,
    process,
    clerkSync: process(),
    letters: () => database.rows('deadLetters'),
    effects: () => database.rows('effects').map(({ id }) => String(id)),
    emails: () => database.rows('users').map(({ email }) => email),
  }
}

const refusedUser = (at: number, id = 'user_1') => userEvent('user.updated', id, at, withEmail(REFUSED))
const goodUser = (at: number, id = 'user_1') => userEvent('user.updated', id, at, withEmail('ada@example.com'))
const membership = (at: number, role = 'refused') =>
  event('organizationMembership.created', at, {
    id: 'orgmem_1',
    role,
    organization: { id: 'org_1' },
    public_user_data: { user_id: 'user_1', identifier: REFUSED },
    updated_at: at,
  })
const codeOf = (applied: Promise<unknown>) => applied.catch((error: { code: string }) => error.code)

describe.each([true, false])('An event that its table refuses, with hooks: %s', (hooks) => {
  test('is refused while it is young, and parked when the last attempts come: kept whole, and nothing is written', async () => {
    const { clerkSync, letters, emails, effects } = open({}, { hooks })
    expect(await codeOf(clerkSync.apply(refusedUser(Date.now() - 16 * HOUR)))).toBe('value_refused')
    expect(letters()).toEqual([])
    const refused = refusedUser(OLD)
    expect(await clerkSync.apply(refused)).toBe('parked')
    expect(await clerkSync.deadLetters.list()).toEqual([
      {
        event: refused,
        code: 'value_refused',
        reason: expect.not.stringContaining(REFUSED),
        parkedAt: expect.any(Date),
      },
    ])
    expect([emails(), effects()]).toEqual([[], []])
    expect(await clerkSync.check()).toEqual([expect.objectContaining({ severity: 'warning', table: 'deadLetters' })])
  })

  test("is parked on a queue's last attempt, whatever its age, and sent again it is parked still", async () => {
    const { clerkSync, letters } = open({}, { hooks })
    const young = refusedUser(Date.now())
    expect(await clerkSync.apply(young, { lastAttempt: true })).toBe('parked')
    expect(await clerkSync.apply(young)).toBe('parked')
    expect(letters()).toHaveLength(1)
  })

  test.each(['retry', 'resend'])('is stored by a %s once the table takes it, and its hook runs once', async (by) => {
    const { clerkSync, state, letters, emails, effects } = open({}, { hooks })
    const refused = refusedUser(OLD)
    await clerkSync.apply(refused)
    expect(await codeOf(clerkSync.deadLetters.retry(refused.id))).toBe('value_refused')
    expect(letters()).toHaveLength(1)
    state.mended = true
    expect(await (by === 'retry' ? clerkSync.deadLetters.retry(refused.id) : clerkSync.apply(refused))).toBe('created')
    expect(await clerkSync.deadLetters.retry(refused.id)).toBeUndefined()
    expect(await clerkSync.apply(refused)).toBe(hooks ? 'duplicate' : 'unchanged')
    expect([letters(), emails(), effects()]).toEqual([[], [REFUSED], hooks ? [`${refused.id} created`] : []])
  })

  test.each(['before', 'after'])('is settled by a newer event that came %s it was parked', async (when) => {
    const { clerkSync, letters, emails, effects } = open({}, { hooks })
    const [refused, newer] = [refusedUser(OLD), goodUser(OLD + 1)]
    const outcomes: unknown[] = []
    for (const one of when === 'before' ? [newer, refused] : [refused, newer]) outcomes.push(await clerkSync.apply(one))
    expect(outcomes).toEqual(when === 'before' ? ['created', 'stale'] : ['parked', 'created'])
    expect([letters(), emails()]).toEqual([[], ['ada@example.com']])
    expect(effects().sort()).toEqual(hooks ? [`${refused.id} stale`, `${newer.id} created`].sort() : [])
    expect(await clerkSync.apply(refused)).toBe(hooks ? 'duplicate' : 'stale')
    expect(effects()).toHaveLength(hooks ? 2 : 0)
  })

  test('is not settled by an older one, nor by one of another entity', async () => {
    const { clerkSync, letters } = open({}, { hooks })
    await clerkSync.apply(refusedUser(OLD))
    await clerkSync.apply(goodUser(OLD - 1))
    await clerkSync.apply(goodUser(OLD + 1, 'user_2'))
    expect(letters()).toHaveLength(1)
  })

  test.each(['before', 'after'])(
    "leaves nothing of a user whose tombstone came %s it was parked: a membership's event too",
    async (when) => {
      const { clerkSync, database, letters, effects } = open({}, { hooks })
      const parked = [refusedUser(OLD), membership(OLD)]
      const deleted = userEvent('user.deleted', 'user_1', OLD + 1)
      for (const one of when === 'before' ? [deleted, ...parked] : [...parked, deleted]) await clerkSync.apply(one)
      expect(letters()).toEqual([])
      expect(database.rows('organizationMemberships')).toEqual([])
      expect(effects().sort()).toEqual(
        hooks ? [...parked.map(({ id }) => `${id} stale`), `${deleted.id} deleted`].sort() : [],
      )
    },
  )

  test('stays where the user is kept', async () => {
    const { clerkSync, letters } = open({ onDelete: 'keep' }, { hooks })
    await clerkSync.apply(refusedUser(OLD))
    await clerkSync.apply(userEvent('user.deleted', 'user_1', OLD + 1))
    expect(letters()).toHaveLength(1)
  })

  test('is parked a few times a minute, and refused beyond that', async () => {
    const { clerkSync, letters } = open({ parkPerMinute: 2 }, { hooks })
    const flood = Array.from({ length: 5 }, (_, n) => codeOf(clerkSync.apply(refusedUser(OLD, `user_${n}`))))
    expect((await Promise.all(flood)).sort()).toEqual([
      'parked',
      'parked',
      'value_refused',
      'value_refused',
      'value_refused',
    ])
    expect(letters()).toHaveLength(2)
  })

  test('is given up by drop', async () => {
    const { clerkSync, letters } = open({}, { hooks })
    const refused = refusedUser(OLD)
    await clerkSync.apply(refused)
    expect([await clerkSync.deadLetters.drop(refused.id), await clerkSync.deadLetters.drop(refused.id)]).toEqual([
      true,
      false,
    ])
    expect(letters()).toEqual([])
  })
})

test('an event whose map or hook throws is parked, and stored once that is mended', async () => {
  let broken = true
  const fail = <T>(value: T): T => {
    if (broken) throw new Error('ada@example.com')
    return value
  }
  const map = { user: ({ id }: { id: string }) => ({ email: id === 'user_1' ? fail('mapped') : null }) }
  const { clerkSync, emails, effects, letters } = open({ map }, { failing: () => broken })
  const [byMap, byHook] = [goodUser(OLD), goodUser(OLD, 'user_2')]
  expect([await clerkSync.apply(byMap), await clerkSync.apply(byHook)]).toEqual(['parked', 'parked'])
  expect((await clerkSync.deadLetters.list()).map(({ code }) => code).sort()).toEqual(['config_invalid', 'hook_failed'])
  expect(JSON.stringify(letters().map(({ code }) => code))).not.toContain('ada')
  broken = false
  for (const { id } of [byMap, byHook]) expect(await clerkSync.deadLetters.retry(id)).toBe('created')
  expect([emails(), effects(), letters()]).toEqual([
    ['mapped', null],
    [`${byMap.id} created`, `${byHook.id} created`],
    [],
  ])
})

test('a database that is away parks nothing', async () => {
  const away = Object.assign(new Error('away'), { code: 'ECONNREFUSED' })
  const adapter = memoryAdapter(tables, { deadLetters: true })
  const clerkSync = createClerkSync({ adapter: { ...adapter, upsert: () => Promise.reject(away) } })
  expect(await codeOf(clerkSync.apply(goodUser(OLD), { lastAttempt: true }))).toBe('store_failed')
  expect(adapter.rows('deadLetters')).toEqual([])
})

test('a delivery that is parked is answered 200, and its result has the error', async () => {
  const results: unknown[] = []
  const adapter = memoryAdapter(tables, { deadLetters: true })
  const refused = Object.assign(new Error(REFUSED), { code: '22001' })
  const clerkSync = createClerkSync({
    adapter: { ...adapter, upsert: () => Promise.reject(refused) },
    signingSecret: SECRET,
    onResult: (result) => results.push(result),
  })
  const { data, type, timestamp } = goodUser(OLD)
  const body = JSON.stringify({ object: 'event', type, data, timestamp })
  const response = await clerkSync.handler(requestFor(body))
  expect([response.status, await response.json()]).toEqual([200, { outcome: 'parked' }])
  expect(results).toMatchObject([{ ok: true, outcome: 'parked', error: { code: 'value_refused' } }])
})

test.each([
  [
    'parkAfter without a table',
    () => createClerkSync({ adapter: memoryAdapter(tables), parkAfter: 5 }),
    /pass deadLetters/,
  ],
  [
    'an age that is none',
    () => createClerkSync({ adapter: memoryAdapter(tables, { deadLetters: true }), parkAfter: -1 }),
    /parkAfter must be a positive whole number/,
  ],
])('%s is refused at set-up', (_, create, message) => {
  expect(create).toThrow(message)
})

test('without a table, an event is refused at any age, and the operator hears why there are no letters', async () => {
  const refused = Object.assign(new Error(REFUSED), { code: '22001' })
  const clerkSync = createClerkSync({ adapter: { ...memoryAdapter(tables), upsert: () => Promise.reject(refused) } })
  expect(await codeOf(clerkSync.apply(goodUser(OLD), { lastAttempt: true }))).toBe('value_refused')
  await expect(clerkSync.deadLetters.list()).rejects.toThrow(/was given no deadLetters table/)
})

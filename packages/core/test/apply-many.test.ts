import { type ClerkEvent, ClerkSyncError, createClerkSync, type DeliveryResult } from '@clerk-sync/core'
import { memoryAdapter } from '@clerk-sync/core/memory'
import { event, userEvent, withEmail } from '@clerk-sync/test-support/events'
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'

// Young, so that what is refused is not parked.
const T0 = Date.now() - 60_000
const tables = {
  users: { columns: { email: { unique: true }, firstName: {} } },
  organizationMemberships: { columns: { userId: {}, role: {} } },
} as const

/** As an application has them that trusts its database: an address is one user's, and a membership has its user. */
const strictTables = {
  users: { columns: { email: { unique: true }, firstName: {} } },
  organizationMemberships: { columns: { userId: { references: { table: 'users', onDelete: 'cascade' } }, role: {} } },
} as const

/** Hooks write down which event they were given, and what they find in the table of users. */
function open(options: object = {}, given: typeof tables | typeof strictTables = tables) {
  const adapter = memoryAdapter(given as typeof tables, { deadLetters: true })
  const reported: DeliveryResult[] = []
  const clerkSync = createClerkSync({
    adapter,
    logger: false,
    onResult: (result) => void reported.push(result),
    on: {
      'user.created': ({ event: { id, data }, tx }) => {
        if (data.first_name === 'refused') throw new Error('The hook fails.')
        tx.insert('effects', { id, found: tx.get('users', data.id)?.firstName })
      },
      'session.created': ({ event: { id }, tx }) => {
        tx.insert('effects', { id, found: tx.rows('users').map(({ firstName }) => firstName) })
      },
    },
    ...options,
  })
  const stored = () =>
    ['users', 'organizationMemberships', 'events', 'effects', 'deadLetters'].map((table) =>
      adapter
        .rows(table)
        .map(({ processedAt, parkedAt, ...row }) => row)
        .sort((a, b) => (String(a.id) < String(b.id) ? -1 : 1)),
    )
  return { clerkSync, adapter, reported, stored }
}

const created = (id: string, at: number, data: object = {}) => userEvent('user.created', id, T0 + at, { ...data })
const updated = (id: string, at: number, data: object = {}) => userEvent('user.updated', id, T0 + at, { ...data })
const removed = (id: string, at: number) => userEvent('user.deleted', id, T0 + at)
const joined = (user: string, at: number) =>
  event('organizationMembership.created', T0 + at, {
    id: `orgmem_${user}`,
    role: 'org:member',
    updated_at: T0 + at,
    organization: { id: 'org_1' },
    public_user_data: { user_id: user },
  })

const anyEvent = fc
  .tuple(fc.constantFrom('created', 'updated', 'deleted', 'joined', 'session'), fc.nat(3), fc.nat(20))
  .map(([kind, n, at]): ClerkEvent => {
    const id = `user_${n}`
    if (kind === 'deleted') return removed(id, at)
    if (kind === 'joined') return joined(id, at)
    if (kind === 'session')
      return event('session.created', T0 + at, { id: `sess_${n}`, user_id: id, updated_at: T0 + at })
    return (kind === 'created' ? created : updated)(id, at, { first_name: `${kind} at ${at}` })
  })

test('a list, any cut of it into lists, and one event at a time end the same', async () => {
  const events = fc.array(anyEvent, { maxLength: 30 }).map((list) => [...list, ...list.slice(0, 3)])
  await fc.assert(
    fc.asyncProperty(events, fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 10 }), async (list, cuts) => {
      const single = open()
      for (const one of list) await single.clerkSync.apply(one)
      const whole = open()
      const results = await whole.clerkSync.applyMany(list)
      const cut = open()
      for (let start = 0, n = 0; start < list.length; n++) {
        const end = start + (cuts[n] ?? list.length)
        await cut.clerkSync.applyMany(list.slice(start, end))
        start = end
      }
      expect(results.map(({ ok, event }) => [ok, event])).toEqual(list.map((one) => [true, one]))
      // A hook of a session sees users as they were: of those that wait for nobody, perhaps newer ones.
      const ends = ({ stored }: typeof single) => [...stored().slice(0, 3), effectsOf(stored()[3])]
      expect(ends(whole)).toEqual(ends(single))
      expect(ends(cut)).toEqual(ends(single))
    }),
    { numRuns: 200 },
  )
})

const effectsOf = (rows: readonly object[] | undefined) => rows?.map((row) => Reflect.get(row, 'id'))

test('what needs no hook is one call of the adapter, however many events there are', async () => {
  const { clerkSync, adapter } = open()
  const writeMany = vi.spyOn(adapter, 'writeMany')
  const events = Array.from({ length: 300 }, (_, n) => updated(`user_${n}`, 1, { first_name: `${n}` }))
  const results = await clerkSync.applyMany([
    ...events,
    removed('user_0', 2),
    event('role.created', T0, { id: 'role_1' }),
  ])
  expect(results.map(({ outcome }) => outcome)).toEqual([
    'already_deleted',
    ...Array.from({ length: 299 }, () => 'created'),
    'deleted',
    'ignored',
  ])
  expect(writeMany).toHaveBeenCalledTimes(1)
  expect(adapter.rows('users')).toHaveLength(300)
})

test('a hook finds its row as the events before it have left it, and no later', async () => {
  const { clerkSync, adapter } = open()
  const first = created('user_1', 1, { first_name: 'first' })
  const results = await clerkSync.applyMany([
    updated('user_2', 1, { first_name: 'other' }),
    first,
    updated('user_1', 2, { first_name: 'second' }),
    event('session.created', T0 + 3, { id: 'sess_1', user_id: 'user_1', updated_at: T0 + 3 }),
  ])
  expect(results.map(({ outcome }) => outcome)).toEqual(['created', 'created', 'updated', 'unchanged'])
  expect(adapter.rows('effects')).toEqual([
    { id: first.id, found: 'first' },
    { id: results[3]?.event.id, found: ['other', 'second'] },
  ])
})

test('an event that is superseded in its list is answered for after the newer one, and written where that is refused', async () => {
  const { clerkSync, adapter } = open()
  await clerkSync.apply(updated('user_2', 1, withEmail('taken@example.com')))
  const results = await clerkSync.applyMany([
    updated('user_1', 4, withEmail('own@example.com')),
    updated('user_1', 5, withEmail('taken@example.com')),
    updated('user_3', 5, withEmail('third@example.com')),
  ])
  expect(results).toMatchObject([
    { ok: true, outcome: 'created' },
    { ok: false, error: { code: 'unique_conflict' } },
    { ok: true, outcome: 'created' },
  ])
  expect(
    adapter
      .rows('users')
      .map(({ id, email }) => [id, email])
      .sort(),
  ).toEqual([
    ['user_1', 'own@example.com'],
    ['user_2', 'taken@example.com'],
    ['user_3', 'third@example.com'],
  ])
})

test('what another event of the list makes room for is stored, whichever comes first', async () => {
  const { clerkSync } = open()
  await clerkSync.apply(updated('user_2', 1, withEmail('moves@example.com')))
  const results = await clerkSync.applyMany([
    updated('user_1', 2, withEmail('moves@example.com')),
    updated('user_2', 2, withEmail('new@example.com')),
  ])
  expect(results.map(({ outcome }) => outcome)).toEqual(['created', 'updated'])
})

test('what a hook of the list makes room for is stored in its place, as one at a time', async () => {
  const strict = () => open({}, strictTables)
  const farewell = () => open({ on: { 'user.deleted': () => undefined } }, strictTables)
  const moves = withEmail('moves@example.com')
  for (const [start, list] of [
    [strict, [created('user_1', 1), joined('user_1', 2)]],
    [strict, [created('user_1', 1), joined('user_1', 2), joined('user_2', 2), created('user_2', 1)]],
    [farewell, [updated('user_1', 1, moves), removed('user_1', 2), updated('user_2', 3, moves)]],
    [farewell, [removed('user_1', 2), updated('user_2', 3, moves), updated('user_1', 1, moves)]],
  ] as const) {
    const single = start()
    const expected = []
    for (const event of list) {
      const outcome = await single.clerkSync.apply(event).catch((error: ClerkSyncError) => error.code)
      expected.push(outcome)
    }
    const together = start()
    const outcomes = (await together.clerkSync.applyMany(list)).map((result) =>
      result.ok ? result.outcome : result.error.code,
    )
    expect(outcomes).toEqual(expected)
    expect(together.stored()).toEqual(single.stored())
  }
})

test('what fails has its own error, and costs the others nothing', async () => {
  const { clerkSync } = open()
  const events = [
    updated('user_1', 1),
    { type: 'user.updated', data: {}, timestamp: T0 } as unknown as ClerkEvent,
    created('user_2', 1, { first_name: 'refused' }),
    null as unknown as ClerkEvent,
    event('user.updated', T0, { object: 'user' }),
    created('user_3', 1),
  ]
  const results = await clerkSync.applyMany(events)
  expect(results.map((result) => (result.ok ? result.outcome : result.error.code))).toEqual([
    'created',
    'payload_invalid',
    'hook_failed',
    'payload_invalid',
    'payload_invalid',
    'created',
  ])
  await expect(clerkSync.applyMany('no list' as never)).rejects.toMatchObject({ code: 'config_invalid' })
  expect(await clerkSync.applyMany([])).toEqual([])
})

test('with the database away, each event has the error, and the list is given up once a call', async () => {
  const { clerkSync, adapter } = open()
  const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
  const writeMany = vi.spyOn(adapter, 'writeMany').mockRejectedValue(away)
  const results = await clerkSync.applyMany([updated('user_1', 1), updated('user_2', 1)])
  expect(results).toMatchObject([
    { ok: false, error: { code: 'store_failed', cause: away } },
    { ok: false, error: { code: 'store_failed', cause: away } },
  ])
  expect(writeMany).toHaveBeenCalledTimes(1)
})

test('a list that the database does not end in time is answered for', async () => {
  const { clerkSync, adapter } = open({ timeoutMs: 20 })
  let signal: AbortSignal | undefined
  vi.spyOn(adapter, 'writeMany').mockImplementation((_, options) => {
    signal = options?.signal
    return new Promise(() => {})
  })
  const results = await clerkSync.applyMany([updated('user_1', 1), updated('user_2', 1)])
  expect(results).toMatchObject([{ error: { code: 'store_failed' } }, { error: { code: 'store_failed' } }])
  expect(results[0]?.error?.message).toContain('after 0.02 s')
  expect(signal?.aborted).toBe(true)
})

test.each([
  ['with addresses', (id: string) => updated(id, 1, withEmail(`${id}@example.com`))],
  ['who are deleted', (id: string) => removed(id, 1)],
])('of many users %s, one who waits for a lock leaves most of the others stored, and answered so', async (_, of) => {
  const withParts = { ...tables, emailAddresses: { columns: { emailAddress: {} } } } as const
  const { clerkSync, adapter } = open({ timeoutMs: 300 }, withParts)
  const { writeMany } = adapter
  vi.spyOn(adapter, 'writeMany').mockImplementation((changes, options) =>
    changes.some(({ key }) => key === 'user_250') ? new Promise(() => {}) : writeMany(changes, options),
  )
  const results = await clerkSync.applyMany(Array.from({ length: 500 }, (_, n) => of(`user_${n}`)))
  expect(results[250]).toMatchObject({ ok: false, error: { code: 'store_failed' } })
  const stored = adapter.rows('users').map(({ id }) => String(id))
  expect(stored.length).toBeGreaterThan(450)
  expect(
    results
      .filter(({ ok }) => ok)
      .map(({ event }) => String(event.data.id))
      .sort(),
  ).toEqual(stored.sort())
})

test('a list of users without parts is one call of the adapter', async () => {
  const { clerkSync, adapter } = open()
  const writeMany = vi.spyOn(adapter, 'writeMany')
  await clerkSync.applyMany(Array.from({ length: 500 }, (_, n) => updated(`user_${n}`, 1)))
  expect(writeMany).toHaveBeenCalledTimes(1)
})

test('on its last attempt, what the table refuses is parked, reported, and settled by a list with a newer event', async () => {
  const { clerkSync, adapter, reported } = open()
  const { writeMany, upsert } = adapter
  let mended = false
  const refuse = (values: object) => {
    if (!mended && JSON.stringify(values).includes('long'))
      throw Object.assign(new Error('too long'), { code: '22001' })
  }
  vi.spyOn(adapter, 'upsert').mockImplementation(async (change, options) => {
    refuse(change.values)
    return upsert(change, options)
  })
  vi.spyOn(adapter, 'writeMany').mockImplementation(async (changes, options) => {
    const written = await Promise.all(
      changes.map(async (change) => {
        try {
          refuse(change.values)
          return (await writeMany([change], options))[0]
        } catch (error) {
          return { change, error }
        }
      }),
    )
    return written as never
  })
  const long = updated('user_1', 1, { first_name: 'long' })
  const other = updated('user_2', 1, { first_name: 'long' })
  const lastAttempt = ({ id }: ClerkEvent) => id === long.id
  const results = await clerkSync.applyMany([long, other, updated('user_3', 1)], { lastAttempt })
  expect(results).toMatchObject([
    { ok: true, outcome: 'parked', error: { code: 'value_refused' } },
    { ok: false, error: { code: 'value_refused' } },
    { ok: true, outcome: 'created' },
  ])
  expect(results[0]?.error).toSatisfy(ClerkSyncError.is)
  expect(reported).toMatchObject([{ ok: true, outcome: 'parked', event: { id: long.id } }])
  expect((await clerkSync.deadLetters.list()).map(({ event }) => event.id)).toEqual([long.id])
  mended = true
  await clerkSync.applyMany([updated('user_1', 2), updated('user_4', 1)])
  expect(await clerkSync.deadLetters.list()).toEqual([])
})

test('letters of many events are settled in a time of their own', async () => {
  const { clerkSync, adapter } = open({ timeoutMs: 300 })
  const refused = created('user_9', 1, { first_name: 'refused' })
  await clerkSync.apply(refused, { lastAttempt: true })
  expect(await clerkSync.deadLetters.list()).toHaveLength(1)
  const letters = adapter.deadLetters as NonNullable<typeof adapter.deadLetters>
  const { find } = letters
  vi.spyOn(letters, 'find').mockImplementation(async (...args) => {
    await new Promise((resolve) => setTimeout(resolve, 20))
    return find(...args)
  })
  const events = Array.from({ length: 30 }, (_, n) => updated(`user_${n}`, 2))
  const results = await clerkSync.applyMany(events)
  expect(results.every(({ ok }) => ok)).toBe(true)
})

test('close waits for a list', async () => {
  const { clerkSync, adapter } = open()
  const running = clerkSync.applyMany([updated('user_1', 1), updated('user_2', 1)])
  await clerkSync.close()
  expect(adapter.rows('users')).toHaveLength(2)
  await running
})

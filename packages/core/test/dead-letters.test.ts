// What a table refuses, kept until somebody mends it: in memory, whose table refuses what the test says.
import { type ClerkSync, ClerkSyncError, createClerkSync } from '@clerk-sync/core'
import { MemoryDatabase, memoryAdapter, memorySchema } from '@clerk-sync/core/memory'
import { event, userEvent, withEmail } from '@clerk-sync/test-support/events'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
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
  {
    hooks = true,
    failing = () => false,
    versions = 'row',
  }: { hooks?: boolean; failing?: () => boolean; versions?: 'row' | 'beside' } = {},
) {
  const given = { ...tables, users: { ...tables.users, versions } }
  const database = new MemoryDatabase(memorySchema(given))
  const state = { mended: false }
  const process = (more: object = {}) => {
    const adapter = memoryAdapter(given, { database, deadLetters: true })
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
      logger: false,
      ...(hooks && { on: Object.fromEntries(ON.map((type) => [type, hook])) }),
      ...options,
      ...more,
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
        refusedAt: expect.any(Date),
      },
    ])
    expect([emails(), effects()]).toEqual([[], []])
    expect(await clerkSync.check()).toEqual([expect.objectContaining({ severity: 'warning', table: 'deadLetters' })])
  })

  test('refused again, it has the newest refusal and its time, and the time when it was first parked', async () => {
    const { process } = open({}, { hooks })
    const refused = refusedUser(OLD)
    await process().apply(refused)
    const [first] = await process().deadLetters.list()
    const map = {
      user: (_: unknown, { email }: { email: string | null }) => {
        if (email === REFUSED) throw new Error('the newest refusal')
        return { email }
      },
    }
    const broken = process({ map })
    expect(await codeOf(broken.deadLetters.retry(refused.id))).toBe('config_invalid')
    const [last] = await broken.deadLetters.list()
    expect(last).toMatchObject({ code: 'config_invalid', reason: expect.stringContaining('the newest refusal') })
    expect(last?.parkedAt).toEqual(first?.parkedAt)
    expect(last?.refusedAt.getTime()).toBeGreaterThanOrEqual(first?.refusedAt.getTime() ?? Infinity)
    expect(await broken.deadLetters.list()).toHaveLength(1)
  })

  test('says how it is retried, and not that it is sent again: in the reason, and where a retry is refused', async () => {
    const { clerkSync } = open({}, { hooks })
    const refused = refusedUser(OLD)
    await clerkSync.apply(refused)
    const [letter] = await clerkSync.deadLetters.list()
    const again = await clerkSync.deadLetters.retry(refused.id).catch((error: Error) => error.message)
    for (const said of [letter?.reason, again]) {
      expect(said).toContain(`clerkSync.deadLetters.retry('${refused.id}')`)
      expect(said).not.toContain('sent again')
    }
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
        hooks ? [`${parked[0]?.id} already_deleted`, `${parked[1]?.id} stale`, `${deleted.id} deleted`].sort() : [],
      )
    },
  )

  test.each(['row', 'beside'] as const)('stays where the user is kept, versions: %s', async (versions) => {
    const events = [refusedUser(OLD), userEvent('user.deleted', 'user_1', OLD + 1)]
    for (const order of [events, events.toReversed()]) {
      const { clerkSync, letters } = open({ onDelete: 'keep' }, { hooks, versions })
      for (const one of order) await clerkSync.apply(one)
      expect(letters()).toHaveLength(1)
    }
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
  const reasons = (await clerkSync.deadLetters.list()).map(({ reason }) => reason)
  expect(reasons).toContainEqual(expect.stringMatching(/The hook for .* It threw: Error: the hook fails$/))
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
    'parkAfterMs without a table',
    () => createClerkSync({ adapter: memoryAdapter(tables), parkAfterMs: 5 }),
    /pass deadLetters/,
  ],
  [
    'an age that is none',
    () => createClerkSync({ adapter: memoryAdapter(tables, { deadLetters: true }), parkAfterMs: -1 }),
    /parkAfterMs must be a positive whole number/,
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

const member = (type: 'created' | 'updated' | 'deleted', at: number) =>
  event(`organizationMembership.${type}`, at, {
    id: 'orgmem_1',
    role: 'admin',
    organization: { id: 'org_1' },
    public_user_data: { user_id: 'user_1', identifier: 'ada@example.com' },
    updated_at: at,
  })
const session = (type: 'created' | 'removed' | 'revoked', at: number) =>
  event(`session.${type}`, at, {
    id: 'sess_1',
    user_id: 'user_1',
    user: { id: 'user_1', first_name: 'Ada' },
    latest_activity: { ip_address: '192.0.2.1', city: 'Ada Foah' },
    actor: { sub: 'user_9', ip_address: '192.0.2.2' },
    payer: { id: 'payer_1', user_id: 'user_1', email: 'ada@example.com' },
    status: type === 'created' ? 'active' : type,
    updated_at: at,
  })

type Letters = NonNullable<ReturnType<typeof memoryAdapter>['deadLetters']>

/** A table that refuses one type of event, unless it was mended; or whose methods are others. */
function openPlain(
  options: object = {},
  refused: { readonly entity?: string; readonly code?: string } = {},
  lettersOf: (own: Letters) => Letters = (own) => own,
) {
  const given = { ...tables, sessions: { columns: { status: {} } } } as const
  const database = new MemoryDatabase(memorySchema(given))
  const adapter = memoryAdapter(given, { database, deadLetters: true })
  const state = { refuses: false }
  if (!adapter.deadLetters) throw new Error('The memory adapter has no dead letters.')
  const deadLetters = lettersOf(adapter.deadLetters)
  const refusing =
    <Change extends { readonly entity: string }, Result>(write: (change: Change, more?: object) => Promise<Result>) =>
    async (change: Change, more?: object): Promise<Result> => {
      if (!state.refuses || change.entity !== refused.entity) return write(change, more)
      throw Object.assign(new Error('refused'), { code: refused.code ?? '23514' })
    }
  const clerkSync = createClerkSync({
    adapter: { ...adapter, deadLetters, upsert: refusing(adapter.upsert), softDelete: refusing(adapter.softDelete) },
    logger: false,
    ...options,
  } as Parameters<typeof createClerkSync>[0]) as ClerkSync
  return { clerkSync, state, rows: database.rows.bind(database), letters: () => database.rows('deadLetters') }
}

describe.each([
  ['organizationMembership.deleted', 'organizationMemberships', member('created', OLD), member('deleted', OLD + 1)],
  ['session.removed', 'sessions', session('created', OLD), session('removed', OLD + 1)],
  ['session.revoked', 'sessions', session('created', OLD), session('revoked', OLD + 1)],
] as const)('%s that its table refuses', (_, table, created, refused) => {
  const [entity] = refused.type.split('.')

  test.each(['before', 'after'])(
    'is kept where its user was deleted %s it: the row is there, and changes once it is mended',
    async (when) => {
      const { clerkSync, state, rows, letters } = openPlain({}, { entity: `${entity}` })
      await clerkSync.apply(created)
      state.refuses = true
      const deleted = userEvent('user.deleted', 'user_1', OLD + 2)
      const order = when === 'before' ? [deleted, refused] : [refused, deleted]
      const outcomes: unknown[] = []
      for (const one of order) outcomes.push(await clerkSync.apply(one))
      expect(outcomes).toEqual(when === 'before' ? ['deleted', 'parked'] : ['parked', 'deleted'])
      expect(letters()).toHaveLength(1)
      expect(String(letters()[0]?.payload)).toContain('user_1')
      expect(String(letters()[0]?.payload)).not.toMatch(/ada|192\.0/i)
      state.refuses = false
      await clerkSync.deadLetters.retry(refused.id)
      expect(letters()).toEqual([])
      const status = 'status' in refused.data ? refused.data.status : undefined
      expect(rows(table)).toEqual([
        expect.objectContaining(status ? { status } : { role: null, deletedAt: new Date(OLD + 1) }),
      ])
    },
  )
})

test("a membership's delete that is refused before the membership is seen is kept, and final", async () => {
  const { clerkSync, state, rows, letters } = openPlain({}, { entity: 'organizationMembership' })
  state.refuses = true
  await clerkSync.apply(userEvent('user.deleted', 'user_1', OLD + 2))
  expect(await clerkSync.apply(member('deleted', OLD + 1))).toBe('parked')
  state.refuses = false
  for (const { id } of letters()) await clerkSync.deadLetters.retry(String(id))
  expect(await clerkSync.apply(member('created', OLD))).toBe('already_deleted')
  expect(rows('organizationMemberships')).toEqual([expect.objectContaining({ role: null })])
})

const broken = () => {
  throw new Error('a bug for this user')
}

describe('what is parked, and holds a deleted user’s data', () => {
  const holding = (data: object) => event('paymentAttempt.created', OLD, { id: 'pa_1', ...data })

  /** The letters that are left of an event whose hook was mended, once user_1 is deleted. */
  async function leftOf(data: object, options: object = {}) {
    let fails = true
    const on = { 'paymentAttempt.created': () => (fails ? broken() : undefined) }
    const { clerkSync, letters } = openPlain({ on, ...options })
    expect(await clerkSync.apply(holding(data))).toBe('parked')
    fails = false
    expect(await clerkSync.apply(userEvent('user.deleted', 'user_1', OLD + 2))).toBe('deleted')
    return letters().length
  }

  test.each([
    { user_id: 'user_1' },
    { user: { id: 'user_1' } },
    { public_user_data: { user_id: 'user_1' } },
    { payer: { user_id: 'user_1' } },
  ])('goes, wherever it says whose it is: %o', async (data) => {
    expect(await leftOf(data)).toBe(0)
    expect(await leftOf(data, { onDelete: 'keep' })).toBe(1)
  })

  test('is parked also after his delete where users are kept', async () => {
    const { clerkSync, letters } = openPlain({ on: { 'paymentAttempt.created': broken }, onDelete: 'keep' })
    await clerkSync.apply(userEvent('user.deleted', 'user_1', OLD + 2))
    expect(await clerkSync.apply(holding({ user: { id: 'user_1', name: 'Ada' } }))).toBe('parked')
    expect(letters()).toEqual([expect.objectContaining({ payload: expect.stringContaining('Ada') })])
  })

  test('stays where it is another user’s, and only refers to him', async () => {
    expect(await leftOf({ user_id: 'user_2', created_by: 'user_1' })).toBe(1)
  })

  test('is taken out of what its row waits for, and a table that drops updates is no success', async () => {
    const open = async (drops: boolean) => {
      const plain = openPlain({}, { entity: 'session' }, (own) => ({
        ...own,
        park: async (letter, ...more) =>
          drops && (await own.find({ id: letter.id })).length > 0 ? 'parked' : own.park(letter, ...more),
      }))
      await plain.clerkSync.apply(session('created', OLD))
      plain.state.refuses = true
      await plain.clerkSync.apply(session('removed', OLD + 1))
      return plain
    }
    const { clerkSync, letters } = await open(false)
    // Sent again, there is nothing left to take out.
    for (const at of [OLD + 2, OLD + 3]) await clerkSync.apply(userEvent('user.deleted', 'user_1', at))
    expect(letters()).toEqual([expect.objectContaining({ payload: expect.not.stringMatching(/ada/i) })])

    const dropping = await open(true)
    await expect(dropping.clerkSync.apply(userEvent('user.deleted', 'user_1', OLD + 2))).rejects.toMatchObject({
      code: 'store_failed',
      message: expect.stringContaining('drops updates'),
    })
  })
})

test('a newer event settles no letter of another id, though a collation that ignores case finds it', async () => {
  const { clerkSync, state, letters } = openPlain({}, { entity: 'user' }, (own) => ({
    ...own,
    find: (filter, ...more) => own.find(typeof filter === 'object' && 'entityId' in filter ? 'all' : filter, ...more),
  }))
  state.refuses = true
  expect(await clerkSync.apply(goodUser(OLD, 'user_A'))).toBe('parked')
  state.refuses = false
  expect(await clerkSync.apply(goodUser(OLD + 1, 'user_a'))).toBe('created')
  expect(letters()).toHaveLength(1)
})

test('an event is not answered while what it supersedes cannot be removed', async () => {
  const away = Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED' })
  let isAway = false
  const { clerkSync, state } = openPlain({}, { entity: 'user' }, (own) => ({
    ...own,
    drop: (...args) => (isAway ? Promise.reject(away) : own.drop(...args)),
  }))
  state.refuses = true
  expect(await clerkSync.apply(goodUser(OLD))).toBe('parked')
  state.refuses = false
  isAway = true
  expect(await codeOf(clerkSync.apply(goodUser(OLD + 1)))).toBe('store_failed')
  const results = await clerkSync.applyMany([goodUser(OLD + 2), goodUser(OLD + 3, 'user_2')])
  expect(results).toMatchObject([
    { ok: false, error: { code: 'store_failed' } },
    { ok: true, outcome: 'created' },
  ])
})

test('a hook that fails keeps its letter, and no newer event from being stored', async () => {
  const { clerkSync, rows, letters } = openPlain({ on: { 'user.created': broken } })
  expect(await clerkSync.apply(userEvent('user.created', 'user_1', OLD, withEmail('old@example.com')))).toBe('parked')
  expect(await clerkSync.apply(goodUser(OLD + 1))).toBe('created')
  expect(await clerkSync.apply(goodUser(OLD + 2))).toBe('updated')
  expect(rows('users')).toEqual([expect.objectContaining({ email: 'ada@example.com' })])
  expect(letters()).toHaveLength(1)
})

test('a hook that does not end keeps its letter and the next one, and no newer event from being stored', async () => {
  const held = Promise.withResolvers<void>()
  let begun = 0
  let hook: () => unknown = broken
  const { clerkSync, letters } = openPlain({ on: { 'user.created': () => hook() }, timeoutMs: 1000 })
  for (const at of [OLD, OLD + 1]) {
    expect(await clerkSync.apply(userEvent('user.created', 'user_1', at))).toBe('parked')
  }
  hook = () => {
    begun++
    return held.promise
  }
  // It is stored, and that the time of the hook is over is no reason for Clerk to send it again.
  expect(await clerkSync.apply(goodUser(OLD + 2))).toBe('created')
  expect([begun, letters().length]).toEqual([1, 2])
  held.resolve()
})

test('an old event whose row is newer, and whose hook fails, is parked', async () => {
  const { clerkSync, letters } = openPlain({ on: { 'user.created': broken } })
  await clerkSync.apply(goodUser(OLD + 1))
  const created = userEvent('user.created', 'user_1', OLD, withEmail('old@example.com'))
  expect([await clerkSync.apply(created), await clerkSync.apply(created)]).toEqual(['parked', 'parked'])
  expect(letters()).toHaveLength(1)
})

test.each([
  ['an earlier attempt', false, 4],
  ['the last attempt', true, 0],
] as const)("%s of a user's delete runs every hook of his letters, and reports the failures", async (_, last, left) => {
  const ran: string[] = []
  const fail = ({ event: { id } }: { event: { id: string } }) => {
    ran.push(id)
    broken()
  }
  const on = { 'user.created': fail, 'organizationMembership.created': fail }
  const { clerkSync, rows, letters } = openPlain({ on })
  const now = Date.now()
  const parked = [
    userEvent('user.created', 'user_1', now, withEmail('ada@example.com')),
    ...[1, 2, 3].map((n) => ({
      ...member('created', now + n),
      data: { ...member('created', now + n).data, id: `orgmem_${n}` },
    })),
  ] as ReturnType<typeof member>[]
  for (const one of parked) expect(await clerkSync.apply(one, { lastAttempt: true })).toBe('parked')
  ran.length = 0
  const deleted = userEvent('user.deleted', 'user_1', now + 9)
  await expect(clerkSync.apply(deleted, { lastAttempt: last })).rejects.toMatchObject({
    code: 'hook_failed',
    thrownBy: 'hook',
    message: expect.stringContaining('3 more'),
  })
  expect(ran.sort()).toEqual(parked.map(({ id }) => id).sort())
  expect(letters()).toHaveLength(left)
  expect(rows('users')).toEqual([expect.objectContaining({ email: null })])
})

describe.each([
  [userEvent('user.deleted', 'user_1', OLD + 5), ['already_deleted', null]],
  [goodUser(OLD + 5), ['stale', 'ada@example.com']],
] as const)('The hook of an event that is older than a %o', (newer, expected) => {
  test.each(['delivered late', 'parked'])('gets the outcome and the row as they are: %s', async (how) => {
    let fails = how === 'parked'
    const calls: unknown[] = []
    const hook = ({ outcome, before }: { outcome: string; before?: { email: string | null } }) => {
      if (fails) broken()
      calls.push([outcome, before?.email])
    }
    const { clerkSync } = openPlain({ on: { 'user.created': { before: true, run: hook } } })
    const old = userEvent('user.created', 'user_1', OLD, withEmail('old@example.com'))
    if (fails) await clerkSync.apply(old)
    fails = false
    for (const one of how === 'parked' ? [newer] : [newer, old]) await clerkSync.apply(one)
    expect(calls).toEqual([expected])
  })
})

test.each(['find', 'park', 'drop'] as const)(
  'a table of letters that does not answer ends with the delivery: %s',
  async (method) => {
    const { deadLetters, ...adapter } = memoryAdapter(tables, { deadLetters: true })
    if (!deadLetters) throw new Error('The memory adapter has no dead letters.')
    const signals: (AbortSignal | undefined)[] = []
    const silent = (...args: readonly unknown[]) => {
      signals.push((args.at(-1) as { readonly signal?: AbortSignal } | undefined)?.signal)
      return new Promise<never>(() => {})
    }
    let refuses = method !== 'find'
    const upsert: typeof adapter.upsert = async (change, more) => {
      if (refuses) throw Object.assign(new Error(REFUSED), { code: '22001' })
      return adapter.upsert(change, more)
    }
    const open = (letters: typeof deadLetters) =>
      createClerkSync({ adapter: { ...adapter, upsert, deadLetters: letters }, logger: false, timeoutMs: 50 })
    const refused = goodUser(OLD)
    if (method === 'drop') {
      await open(deadLetters).apply(refused)
      refuses = false
    }
    await expect(open({ ...deadLetters, [method]: silent }).apply(refused)).rejects.toMatchObject({
      code: 'store_failed',
      message: expect.stringContaining('within 0.05 s'),
    })
    expect(signals.map((signal) => signal?.aborted)).toEqual([true])
  },
)

test.each(['email.created', 'sms.created'] as const)('%s carries a code and is never kept', async (type) => {
  const { clerkSync, letters } = openPlain({ on: { [type]: broken } })
  const sent = event(type, OLD, { id: 'ema_1', data: { otp_code: '123456' }, user_id: 'user_1' })
  expect(await codeOf(clerkSync.apply(sent, { lastAttempt: true }))).toBe('hook_failed')
  expect(letters()).toEqual([])
})

test('what is parked through apply is logged and reported with its error, as by a delivery', async () => {
  const [results, lines]: [unknown[], unknown[]] = [[], []]
  const logger = { info() {}, warn() {}, error: (fields: object, message: string) => lines.push([fields, message]) }
  const onResult = (result: unknown) => results.push(result)
  const { clerkSync, state } = openPlain({ logger, onResult }, { entity: 'user' })
  await clerkSync.apply(goodUser(OLD, 'user_2'))
  state.refuses = true
  const refused = goodUser(OLD)
  await clerkSync.apply(refused)
  expect(results).toMatchObject([
    { ok: true, status: 200, outcome: 'parked', event: refused, error: { code: 'value_refused' } },
  ])
  expect(lines).toEqual([
    [
      expect.objectContaining({ outcome: 'parked', messageId: refused.id }),
      expect.stringContaining('parked value_refused'),
    ],
  ])
})

test('what is over parkPerMinute still says whose error it is', async () => {
  const { clerkSync } = openPlain({ on: { 'user.updated': broken }, parkPerMinute: 1 })
  await clerkSync.apply(goodUser(OLD))
  await expect(clerkSync.apply(goodUser(OLD, 'user_2'))).rejects.toMatchObject({
    code: 'hook_failed',
    thrownBy: 'hook',
    message: expect.stringContaining('It was not parked either'),
  })
})

test('a map that returns what no table takes is parked, and a column that is missing from what is read is not', async () => {
  const adapter = memoryAdapter(tables, { deadLetters: true })
  const map = { user: ({ id }: { id: string }) => (id === 'user_1' ? 'no row' : { email: null }) }
  const byMap = createClerkSync({ adapter, map, logger: false } as unknown as Parameters<typeof createClerkSync>[0])
  expect(await byMap.apply(goodUser(OLD))).toBe('parked')
  const stripped = new ClerkSyncError('config_invalid', 'users.clerkVersion is not in what is read.')
  const byTable = createClerkSync({ adapter: { ...adapter, upsert: () => Promise.reject(stripped) } })
  expect(await codeOf(byTable.apply(goodUser(OLD, 'user_2')))).toBe('config_invalid')
  expect(adapter.rows('deadLetters')).toHaveLength(1)
})

describe('the list of what is parked', () => {
  test.each([0, -1, 1.5, Number.NaN, '5', 2 ** 53])('refuses a limit of %s', async (limit) => {
    const { clerkSync } = openPlain()
    await expect(clerkSync.deadLetters.list({ limit: limit as number })).rejects.toMatchObject({
      code: 'config_invalid',
      message: 'deadLetters.list: limit must be a positive whole number.',
    })
  })

  test('has as many as are asked for, 100 by default, the oldest first', async () => {
    const asked: unknown[] = []
    const { clerkSync, state } = openPlain({}, { entity: 'user' }, (own) => ({
      ...own,
      find: (filter, most, ...more) => {
        asked.push(most)
        return own.find(filter, most, ...more)
      },
    }))
    state.refuses = true
    vi.useFakeTimers({ now: Date.now(), toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const events = [1, 2, 3].map((n) => goodUser(OLD, `user_${n}`))
    for (const one of events) {
      vi.setSystemTime(Date.now() + 1000)
      await clerkSync.apply(one)
    }
    asked.length = 0
    const ids = (await clerkSync.deadLetters.list({ limit: 2 })).map((one) => one.event.id)
    expect(ids).toEqual(events.slice(0, 2).map(({ id }) => id))
    expect(await clerkSync.deadLetters.list({ limit: 1 })).toHaveLength(1)
    expect(await clerkSync.deadLetters.list({})).toHaveLength(3)
    expect(asked).toEqual([2, 1, 100])
  })
})

test('an event is parked from the very moment that its age is the option’s', async () => {
  vi.useFakeTimers({ now: OLD, toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
  const { clerkSync, state } = openPlain({ parkAfterMs: 5000 }, { entity: 'user' })
  state.refuses = true
  const event = goodUser(OLD)
  vi.setSystemTime(OLD + 4999)
  expect(await codeOf(clerkSync.apply(event))).toBe('value_refused')
  vi.setSystemTime(OLD + 5000)
  expect(await clerkSync.apply(event)).toBe('parked')
})

test('the parked of a minute are counted, and those before it are not', async () => {
  vi.useFakeTimers({ now: OLD, toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
  const { clerkSync, state } = openPlain({ parkPerMinute: 1 }, { entity: 'user' })
  state.refuses = true
  const park = (id: string) => codeOf(clerkSync.apply(goodUser(OLD, id), { lastAttempt: true }))
  expect([await park('user_1'), await park('user_2')]).toEqual(['parked', 'value_refused'])
  vi.setSystemTime(OLD + 60_001)
  expect([await park('user_2'), await park('user_3')]).toEqual(['parked', 'value_refused'])
})

test('what another delivery of it has processed meanwhile is a duplicate, and not parked', async () => {
  const { clerkSync, letters } = openPlain({ on: { 'user.updated': broken } }, {}, (own) => ({
    ...own,
    park: async () => 'duplicate',
  }))
  expect(await clerkSync.apply(goodUser(OLD))).toBe('duplicate')
  expect(letters()).toEqual([])
})

test('an event that is about nothing with an id is parked, and its letter goes once its hook has run', async () => {
  let fails = true
  const on = { 'paymentAttempt.created': () => (fails ? broken() : undefined) }
  const { clerkSync, letters } = openPlain({ on })
  const [parked, other] = [event('paymentAttempt.created', OLD, {}), event('paymentAttempt.created', OLD, {})]
  expect([await clerkSync.apply(parked), await clerkSync.apply(other)]).toEqual(['parked', 'parked'])
  fails = false
  expect(await clerkSync.apply(parked)).toBe('unchanged')
  expect(letters()).toEqual([expect.objectContaining({ id: other.id, entityId: null })])
})

test('one letter of a deleted user that fails is reported as it is', async () => {
  const { clerkSync } = openPlain({ on: { 'organizationMembership.created': broken } })
  const now = Date.now()
  expect(await clerkSync.apply(member('created', now), { lastAttempt: true })).toBe('parked')
  await expect(clerkSync.apply(userEvent('user.deleted', 'user_1', now + 1))).rejects.toMatchObject({
    code: 'hook_failed',
    thrownBy: 'hook',
    message: expect.not.stringContaining('more letters'),
  })
})

test('many events together ask once whether there are any letters, and for each of theirs only then', async () => {
  let asked = 0
  const { clerkSync, state } = openPlain({}, { entity: 'organizationMembership' }, (own) => ({
    ...own,
    find: (...given) => {
      asked++
      return own.find(...given)
    },
  }))
  const events = (at: number) => [1, 2, 3].map((n) => goodUser(OLD + at, `user_${n}`))
  await clerkSync.applyMany(events(0))
  expect(asked).toBe(1)
  state.refuses = true
  await clerkSync.apply(member('created', OLD))
  asked = 0
  await clerkSync.applyMany(events(1))
  expect(asked).toBe(4)
})

test('an event of a deleted user’s own, whose hook refuses it, is kept with what that threw', async () => {
  const { clerkSync } = openPlain({ on: { 'user.updated': broken } })
  await clerkSync.apply(userEvent('user.deleted', 'user_1', OLD + 1))
  expect(await clerkSync.apply(goodUser(OLD))).toBe('parked')
  expect(await clerkSync.deadLetters.list()).toMatchObject([
    { reason: expect.stringContaining('It threw: Error: a bug') },
  ])
})

describe('an event that its row holds, and that was refused all the same', () => {
  test('was written after all, and is done where it has no hook', async () => {
    const adapter = memoryAdapter(tables, { deadLetters: true })
    const upsert: typeof adapter.upsert = async (...given) => {
      await adapter.upsert(...given)
      throw Object.assign(new Error('refused after it was written'), { code: '22001' })
    }
    const clerkSync = createClerkSync({ adapter: { ...adapter, upsert }, logger: false })
    expect(await clerkSync.apply(goodUser(OLD))).toBe('stale')
    expect(adapter.rows('deadLetters')).toEqual([])
  })

  test('waits for its hook, which has not run, and is told then that the row is as it was', async () => {
    const adapter = memoryAdapter(tables, { deadLetters: true })
    // As on a driver without transactions: the row stays where the hook fails.
    const once = async (...[, change, hook]: Parameters<typeof adapter.once>) => {
      const outcome = change?.kind === 'upsert' ? await adapter.upsert(change) : 'unchanged'
      await hook(undefined as never, outcome, undefined)
      return outcome
    }
    const outcomes: string[] = []
    let fails = true
    let calls = 0
    const hook = ({ outcome }: { outcome: string }) => {
      calls++
      if (fails) broken()
      outcomes.push(outcome)
    }
    const on = { 'organizationMembership.created': hook }
    const options = { adapter: { ...adapter, once }, on, logger: false }
    const clerkSync = createClerkSync(options as unknown as Parameters<typeof createClerkSync>[0])
    expect(await clerkSync.apply(member('created', OLD))).toBe('parked')
    expect([calls, adapter.rows('deadLetters').length]).toEqual([1, 1])
    fails = false
    await clerkSync.apply(userEvent('user.deleted', 'user_1', OLD + 1))
    expect([outcomes, adapter.rows('deadLetters')]).toEqual([['unchanged'], []])
  })
})

test('a hook that fails keeps no other letter that a newer event settles', async () => {
  let fails = true
  const on = { 'user.created': broken, 'user.updated': () => (fails ? broken() : undefined) }
  const { clerkSync, letters } = openPlain({ on })
  const created = userEvent('user.created', 'user_1', OLD)
  for (const one of [created, goodUser(OLD + 1)]) expect(await clerkSync.apply(one)).toBe('parked')
  fails = false
  expect(await clerkSync.apply(goodUser(OLD + 2))).toBe('created')
  expect(letters()).toEqual([expect.objectContaining({ id: created.id })])
})

test('a retry is the last attempt: of a user’s delete, it leaves no payload of his', async () => {
  const { clerkSync, state, letters } = openPlain(
    { on: { 'organizationMembership.created': broken } },
    { entity: 'user' },
  )
  const now = Date.now()
  state.refuses = true
  const deleted = userEvent('user.deleted', 'user_1', now + 1)
  for (const one of [member('created', now), deleted]) {
    expect(await clerkSync.apply(one, { lastAttempt: true })).toBe('parked')
  }
  state.refuses = false
  expect(await codeOf(clerkSync.deadLetters.retry(deleted.id))).toBe('hook_failed')
  expect(letters()).toEqual([])
})

test('the letter of an event without an id goes also where its hook is gone by now', async () => {
  const { process, letters } = open({ on: { 'paymentAttempt.created': broken } })
  const parked = event('paymentAttempt.created', OLD, {})
  expect(await process().apply(parked)).toBe('parked')
  expect(await process({ on: undefined }).apply(parked)).toBe('ignored')
  expect(letters()).toEqual([])
})

test('without a table of users, no row of one is looked for', async () => {
  const adapter = memoryAdapter({ organizationMemberships: tables.organizationMemberships }, { deadLetters: true })
  const find: typeof adapter.find = async (entity, key) => {
    if (entity === 'user') throw new Error('There is no such table.')
    return adapter.find(entity, key)
  }
  const refused = Object.assign(new Error(REFUSED), { code: '22001' })
  const clerkSync = createClerkSync({
    adapter: { ...adapter, find, upsert: () => Promise.reject(refused) },
    logger: false,
  })
  expect(await clerkSync.apply(member('created', OLD))).toBe('parked')
})

describe('a table of letters that fails', () => {
  const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
  test.each<[method: 'find' | 'park' | 'drop', what: string]>([
    ['find', 'was not read'],
    ['park', 'was not parked'],
    ['drop', 'was not removed'],
  ])('is store_failed: %s', async (method, what) => {
    let fails = false
    const { clerkSync, state } = openPlain({}, { entity: 'user' }, (own) => ({
      ...own,
      [method]: (...given: never[]) => (fails ? Promise.reject(away) : Reflect.apply(own[method], own, given)),
    }))
    const refused = goodUser(OLD)
    state.refuses = true
    if (method === 'drop') await clerkSync.apply(refused)
    state.refuses = method === 'park'
    fails = true
    await expect(clerkSync.apply(refused)).rejects.toMatchObject({
      code: 'store_failed',
      cause: away,
      message: expect.stringContaining(`A dead letter, or its row, ${what}: `),
    })
  })

  test('keeps the error with which an event was refused', async () => {
    const { clerkSync, state } = openPlain({}, { entity: 'user' }, (own) => ({
      ...own,
      park: () => Promise.reject(away),
    }))
    state.refuses = true
    await expect(clerkSync.apply(goodUser(OLD))).rejects.toMatchObject({
      code: 'store_failed',
      message: expect.stringMatching(/What was to be parked: .*was not stored/),
    })
  })

  test('fails each event that was written with others, since each may have a letter', async () => {
    const { clerkSync } = openPlain({}, {}, (own) => ({ ...own, find: () => Promise.reject(away) }))
    const results = await clerkSync.applyMany([goodUser(OLD), goodUser(OLD, 'user_2')])
    expect(results).toMatchObject([
      { ok: false, error: { code: 'store_failed' } },
      { ok: false, error: { code: 'store_failed' } },
    ])
  })
})

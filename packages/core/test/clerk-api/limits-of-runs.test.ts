// How much a run deletes, and how much it keeps in memory; and what it says where the database fails it.
import { describe, expect, test, vi } from 'vitest'
import { DriftWriter, type Mending } from '../../src/clerk-api/drift-writer.ts'
import { ownersOf } from '../../src/clerk-api/owner-columns.ts'
import { buildReadChange } from '../../src/clerk-api/read-change.ts'
import { reconcile } from '../../src/clerk-api/reconcile.ts'
import { RUN_OPTIONS, Run } from '../../src/clerk-api/run.ts'
import type { ListedEntity, Progress } from '../../src/clerk-api/types.ts'
import { definitionOf } from '../../src/entities/all-entities.ts'
import { createClerkSync } from '../../src/index.ts'
import { resolveMappings } from '../../src/mapping/resolve-mapping.ts'
import { type MemoryAdapterOptions, memoryAdapter } from '../../src/memory/memory-adapter.ts'
import type { Upsert } from '../../src/port/sync-adapter.ts'
import { storeAccessOf } from '../../src/store-access.ts'
import { failsWith, setting } from './setting.ts'

const T0 = 1_760_000_000_000

describe('of the rows that Clerk does not have', () => {
  test.each<[rows: number, gone: number, maxDeletes: number | undefined, allowed: number]>([
    [11, 10, undefined, 10],
    [12, 11, undefined, 10],
    [240, 12, undefined, 12],
    [239, 12, undefined, 11],
    [240, 13, undefined, 12],
    [5, 1, 0, 0],
    [5, 1, 1, 1],
    [60, 30, 30, 30],
    [60, 31, 30, 30],
  ])('out of %i, %i: with maxDeletes %o, %i may go', async (users, gone, maxDeletes, allowed) => {
    const { api, clerkSync, rows, settled } = await setting({ users })
    const options = {
      ...settled,
      entities: ['user'] as const,
      ...(maxDeletes !== undefined && { maxDeletes }),
    }
    await reconcile(clerkSync, options)
    for (const id of api.users.ids().slice(0, gone)) await api.users.delete(id)
    const result = await reconcile(clerkSync, options)
    const fits = gone <= allowed
    for (const { kind, ageMs } of result.drifts) expect([kind, ageMs > 0]).toEqual(['undeleted', true])
    expect(result.drifts).toHaveLength(fits ? gone : 0)
    expect(result).toMatchObject({ ok: fits, tooManyDeletes: fits ? [] : [{ entity: 'user', found: gone, allowed }] })
    expect(rows('users').filter(({ deletedAt }) => deletedAt !== null)).toHaveLength(fits ? gone : 0)
  })
})

/** A run over tables in memory, with nobody to ask. */
function runOver(memory: MemoryAdapterOptions = {}, signal?: AbortSignal, closing = new AbortController().signal) {
  const tables = { users: { columns: { email: {} } }, emailAddresses: { columns: { emailAddress: {} } } } as const
  const adapter = memoryAdapter(tables, memory)
  const clerkSync = createClerkSync({ adapter, logger: false })
  const options = { secretKey: 'sk_test_1', apiUrl: 'http://localhost', ...(signal && { signal }) }
  const plan = { known: RUN_OPTIONS, stepsPerEntity: 2 }
  return { adapter, run: new Run('reconcile', storeAccessOf('reconcile', clerkSync), options, plan, closing) }
}

const upsert = (key: string, at = T0): Upsert => ({
  kind: 'upsert',
  entity: 'user',
  key,
  version: `${at}${at}1000000`,
  values: { email: key },
})

describe('what a run writes', () => {
  test('is counted by what became of it, and what was refused is given', async () => {
    const { adapter, run } = runOver()
    expect(await run.write([])).toEqual([])
    expect(await run.write([upsert('user_1'), upsert('user_2')])).toEqual([])
    await run.write([upsert('user_1', T0 + 1), upsert('user_2', T0 - 1)])
    expect(run.counts.all().user).toMatchObject({ created: 2, updated: 1, stale: 1, failed: 0 })
    const refused = { change: upsert('user_3'), error: new Error('refused') }
    adapter.writeMany = async () => [{ change: upsert('user_4'), outcome: 'created' }, refused] as never
    expect(await run.write([upsert('user_3'), upsert('user_4')])).toEqual([refused])
    const none = { deleted: 0, owner_deleted: 0, unchanged: 0, already_deleted: 0, failed: 0 }
    expect(run.counts.all().user).toEqual({ ...none, created: 3, updated: 1, stale: 1 })
    expect(run.counts.failed).toBe(0)
    expect(run.result([])).toMatchObject({ ok: true, failures: [], incomplete: [] })
    expect(run.result(['user']).ok).toBe(false)
  })

  test('and does not is a failure, of which the first thousand are listed', () => {
    const { run } = runOver()
    for (let n = 1; n <= 1001; n++) run.fail('user', `user_${n}`, new Error('refused'))
    const { ok, failures } = run.result([])
    expect([ok, run.counts.failed, failures.length]).toEqual([false, 1001, 1000])
    expect(failures[0]).toMatchObject({
      entity: 'user',
      id: 'user_1',
      error: { code: 'store_failed', message: expect.stringContaining('user_1, as read from Clerk, was not stored') },
    })
  })

  test('cannot be made of what is no time: that is a failure, and no change', () => {
    const { run } = runOver()
    const time = { earliest: T0, latest: T0 }
    const snapshot = { object: 'user', id: 'user_1', email_addresses: [] }
    expect(run.changeOf('user', { ...snapshot, updated_at: T0 }, time)).toMatchObject({ key: 'user_1' })
    expect(run.changeOf('user', { ...snapshot, updated_at: 1e14 }, time)).toBeUndefined()
    expect(run.failures).toMatchObject([{ id: 'user_1', error: { code: 'payload_invalid' } }])
  })

  test.each([
    ['write', /A batch was not written.*goes on from its checkpoint/, (run: Run) => run.write([upsert('user_1')])],
    ['scan', /The rows of user were not read/, (run: Run) => run.scan('user', { keys: ['user_1'] })],
    ['parts', /The parts of user were not read/, (run: Run) => run.parts('user', ['user_1'])],
  ])('%s: says what the database refused, and the reason of a caller who gives up', async (_, message, step) => {
    const open = (call: () => Promise<never>, ...signals: [AbortSignal?, AbortSignal?]) => {
      const { adapter, run } = runOver({ call }, ...signals)
      // All of a batch, and not its rows.
      adapter.writeMany = call
      return run
    }
    const away = () => Promise.reject(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }))
    await expect(step(open(away))).rejects.toEqual(failsWith('store_failed', message))
    const controller = new AbortController()
    const meanwhile = () => {
      controller.abort(new Error('enough'))
      return away()
    }
    await expect(step(open(meanwhile, controller.signal))).rejects.toThrow('enough')
    const call = vi.fn(away)
    await expect(step(open(call, undefined, AbortSignal.abort(new Error('closed'))))).rejects.toThrow('closed')
    expect(call).not.toHaveBeenCalled()
  })
})

describe('drift', () => {
  const mending = (n: number, kind: Mending['drift']['kind'], pending = false): Mending => ({
    drift: { kind, entity: 'user', id: `user_${n}`, ageMs: 1, pending },
    change: upsert(`user_${n}`),
    seen: undefined,
  })

  test('is counted by its kind, or as pending, and the first ten thousand are listed', () => {
    const writer = new DriftWriter(runOver().run, {})
    for (let n = 0; n < 10_000; n++) writer.report(mending(n, 'stale').drift)
    writer.report(mending(1, 'missing').drift)
    writer.report(mending(1, 'missing', true).drift)
    writer.count({ entity: 'user', kind: 'orphaned', pending: false }, 3)
    expect(writer.counts).toEqual({
      user: { missing: 1, stale: 10_000, undeleted: 0, revived: 0, orphaned: 3, unlinked: 0, pending: 1 },
    })
    expect(writer.drifts).toHaveLength(10_000)
    expect(writer.isLeft).toBe(false)
  })

  test.each([
    ['unlinked', false, 1, true],
    ['unlinked', true, 1, false],
    ['unlinked', false, 0, false],
    ['missing', false, 1, false],
  ] as const)('%s, pending %s, of %i: no run mends it: %s', (kind, pending, howMany, isLeft) => {
    const writer = new DriftWriter(runOver().run, {})
    writer.count({ entity: 'user', kind, pending }, howMany)
    expect(writer.isLeft).toBe(isLeft)
  })

  test('is only reported by a dry run', async () => {
    const { adapter, run } = runOver()
    const writer = new DriftWriter(run, { dryRun: true })
    await writer.mend([mending(1, 'missing')])
    expect([writer.drifts.length, adapter.rows('users')]).toEqual([1, []])
  })

  test('of one row is mended once, and by onDrift only where the row was as it was seen', async () => {
    const { adapter, run } = runOver()
    const onDrift = vi.fn()
    const writer = new DriftWriter(run, { onDrift })
    await writer.mend([mending(1, 'missing')])
    await writer.mend([mending(1, 'missing')])
    expect(onDrift).toHaveBeenCalledTimes(1)
    // What was stale when it was compared is newer by now.
    await adapter.upsert(upsert('user_1', T0 + 5))
    await writer.mend([{ ...mending(1, 'stale'), change: upsert('user_1', T0 + 9), seen: upsert('', T0).version }])
    expect(onDrift).toHaveBeenCalledTimes(1)
    expect(run.counts.all().user).toMatchObject({ created: 1, unchanged: 1, updated: 0 })
    await writer.mend([{ ...mending(1, 'stale'), change: upsert('user_1', T0 + 10), seen: upsert('', T0 + 5).version }])
    expect(onDrift).toHaveBeenCalledTimes(2)
  })

  test('of a tombstone that a read made is mended with onDrift too: the entity lives again', async () => {
    const { adapter, run } = runOver()
    const seen = `9${upsert('', T0 + 1).version}`
    const removal = { mode: 'erase', version: seen, deletedAt: new Date(T0), values: { email: null } } as const
    await adapter.softDelete({ kind: 'delete', entity: 'user', key: 'user_1', ...removal })
    const onDrift = vi.fn()
    const change = { ...upsert('user_1', T0 + 9), expected: seen }
    await new DriftWriter(run, { onDrift }).mend([{ ...mending(1, 'revived'), change, seen }])
    expect(onDrift).toHaveBeenCalledTimes(1)
    expect(adapter.rows('users')).toMatchObject([{ id: 'user_1', email: 'user_1', deletedAt: null }])
  })

  test('whose onDrift throws is a failure at once; what a table refuses is tried again at the end, and reported once', async () => {
    const { run } = runOver()
    const throwing = new DriftWriter(run, { onDrift: () => Promise.reject(new Error('mine')) })
    await throwing.mend([mending(1, 'missing')])
    expect(run.failures).toMatchObject([{ id: 'user_1', error: { code: 'hook_failed' } }])
    await throwing.finish()
    expect(run.failures).toHaveLength(1)

    const second = runOver()
    const refusing = new DriftWriter(second.run, {})
    const tried: string[] = []
    second.adapter.writeMany = async (changes) => {
      tried.push(...changes.map(({ key }) => key))
      return changes.map((change) => ({ change, error: new Error('refused') }))
    }
    await refusing.mend([mending(1, 'missing')])
    expect([tried, second.run.failures]).toEqual([['user_1', 'user_1'], []])
    await refusing.finish()
    expect(tried).toHaveLength(4)
    expect(second.run.failures).toMatchObject([{ id: 'user_1', error: { code: 'store_failed' } }])
  })
})

test('reconcile tells each of its steps, and when it is done', async () => {
  const { api, clerkSync, settled } = await setting({ users: 3 })
  const options = { ...settled, entities: ['user'] as const, settleMs: 1 }
  await reconcile(clerkSync, options)
  await api.users.delete(api.users.ids()[0] ?? '')
  const told: Progress[] = []
  await reconcile(clerkSync, { ...options, onProgress: (one) => void told.push(one) })
  expect(told.map(({ step, entity, done, total }) => [step, entity, done, total])).toEqual([
    ['list', 'user', 2, 2],
    ['list', 'user', 2, 2],
    ['scan', 'user', 3, null],
    ['scan', 'user', 3, null],
    ['scan', 'user', 3, 3],
    ['settle', 'user', 0, expect.any(Number)],
    ...told.slice(6).map(() => ['settle', 'user', expect.any(Number), expect.any(Number)]),
  ])
})

describe('whose a row is', () => {
  const columns = { org: {}, member: {}, note: {} }
  const owners = (entity: ListedEntity, map: unknown) => {
    const mapping = resolveMappings({ [entity]: { name: 'rows', columns } }, { [entity]: map }, () => 'erase')[entity]
    if (!mapping) throw new Error('It has a table.')
    return ownersOf(entity, mapping)
  }
  type Membership = { organizationId: string; userId: string }
  const membership = (of: (record: Membership) => object) =>
    owners('organizationMembership', (_: unknown, one: Membership) => of(one))

  test('is said by the columns that have the ids as they are', () => {
    const of = membership(({ organizationId, userId }) => ({ org: organizationId, member: userId, note: `${userId}!` }))
    expect(of({ org: 'org_1', member: 'user_1' })).toEqual({ organization: 'org_1', user: 'user_1' })
  })

  test.each<[what: string, row: object]>([
    ['is null', { org: 'org_1', member: null }],
    ['is missing', { org: 'org_1' }],
    ['is no id', { org: 'org_1', member: 'm_1' }],
    ['is an id of something else', { org: 'org_1', member: 'org_2' }],
  ])('is not known where one %s', (_, row) => {
    const of = membership(({ organizationId, userId }) => ({ org: organizationId, member: userId }))
    expect(of(row)).toBeUndefined()
  })

  test('is not known where a column has something else made of it, or none has it', () => {
    const row = { org: 'org_1', member: 'user_1', note: 'user_1' }
    expect(
      membership(({ organizationId, userId }) => ({ org: organizationId, note: `of ${userId}` }))(row),
    ).toBeUndefined()
    expect(membership(({ organizationId }) => ({ org: organizationId, note: 'user_1' }))(row)).toBeUndefined()
  })

  test('is nobody where it has no owner', () => {
    expect(owners('user', () => ({ note: 1 }))({})).toEqual({})
  })
})

describe('the change of a read', () => {
  const mapping = resolveMappings({ user: { name: 'users', columns: { email: {} } } }, {}, () => 'erase').user
  const read = (more: object) =>
    buildReadChange(
      'user',
      { ...definitionOf('user').samples.full, id: 'user_1', ...more } as never,
      { earliest: T0 },
      mapping as NonNullable<typeof mapping>,
    )

  test('is as new as what Clerk says, and before all events after the read', () => {
    expect(read({ updated_at: 5 })).toMatchObject({ kind: 'upsert', entity: 'user', key: 'user_1' })
    expect(read({ updated_at: 5 }).version).toMatch(new RegExp(`^0000000000005${T0}1\\d{6}$`))
    expect(read({ updated_at: undefined }).version.slice(0, 13)).toBe(String(T0 - 30_000))
  })

  test.each([
    { updated_at: '5' },
    { updated_at: 1.5 },
    { updated_at: 1e14 },
    { updated_at: -1 },
    { id: '' },
    { id: 5 },
  ])('cannot be made of %o', (more) => {
    expect(() => read(more)).toThrow(expect.objectContaining({ code: 'payload_invalid' }))
  })
})

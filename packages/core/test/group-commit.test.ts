// Who waits for whom, where deliveries of one moment are written together: below what createClerkSync shows of it.
import { AsyncLocalStorage } from 'node:async_hooks'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { GroupCommit } from '../src/batching/group-commit.ts'
import { storesOf } from '../src/batching/stores.ts'
import { ClerkSyncError } from '../src/index.ts'
import { memoryAdapter } from '../src/memory/memory-adapter.ts'
import type { CallOptions, Upsert } from '../src/port/sync-adapter.ts'

const T0 = 1_760_000_000_000
const tables = { users: { columns: { email: {}, firstName: {} } }, organizations: { columns: { name: {} } } } as const

const upsert = (key: string, at = 1, values: Upsert['values'] = { email: key }): Upsert => ({
  kind: 'upsert',
  entity: 'user',
  key,
  version: `${T0 + at}${T0 + at}1000000`,
  values,
})

/** A memory store, each of whose writes ends when it is told to, in their order. */
function open(limits: { maxRows?: number; maxInFlight?: number } = {}) {
  const gates: (() => void)[] = []
  const adapter = memoryAdapter(tables, {
    batching: true,
    call: (run) => new Promise<void>((resolve) => gates.push(resolve)).then(run),
  })
  const { batching } = adapter
  if (!batching) throw new Error('It was asked for.')
  const alone = vi.spyOn(adapter, 'upsert')
  const together = vi.spyOn(batching, 'write')
  onTestFinished(() => void gates.splice(0).forEach((release) => void release()))
  const commit = new GroupCommit(adapter, batching, { maxRows: 64, maxInFlight: 1, ...limits }, (run) => run())
  const begun = () => vi.waitFor(() => expect(gates).not.toEqual([]), { interval: 1 })
  return {
    adapter,
    commit,
    batching,
    write: (change: Upsert, options: CallOptions = {}) => commit.upsert(change, options),
    alone: () => alone.mock.calls.map(([{ key }]) => key),
    together: () => together.mock.calls.map(([changes]) => changes.map(({ key }) => key)),
    signals: () => together.mock.calls.map(([, options]) => options?.signal),
    /** Lets the writes under way end, until there are none. */
    async release(...all: readonly Promise<unknown>[]) {
      const ended = Promise.allSettled(all)
      let isOver = false
      void ended.then(() => (isOver = true))
      while (!isOver) {
        for (const one of gates.splice(0)) one()
        await new Promise((resolve) => setImmediate(resolve))
      }
      return ended
    },
    /** Lets the oldest write end. */
    async next() {
      await begun()
      gates.shift()?.()
    },
  }
}

test('as many statements are under way as are allowed, and no more', async () => {
  const { write, alone, together, release } = open({ maxInFlight: 2 })
  const all = ['user_1', 'user_2', 'user_3', 'user_4'].map((key) => write(upsert(key)))
  expect(alone()).toEqual(['user_1', 'user_2'])
  await release(...all)
  expect(alone()).toEqual(['user_1', 'user_2'])
  expect(together()).toEqual([['user_3', 'user_4']])
  expect(await Promise.all(all)).toEqual(['created', 'created', 'created', 'created'])
})

test('a statement that takes long keeps the others waiting no more', async () => {
  const { write, alone, release } = open()
  const slow = write(upsert('user_slow'))
  const next = write(upsert('user_next'))
  await vi.waitFor(() => expect(alone()).toEqual(['user_slow', 'user_next']))
  await release(slow, next)
})

describe('a statement that takes longer than they usually do', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
  afterEach(() => void vi.useRealTimers())

  /** Two dozen, one after the other, which take so long each. */
  async function usually(ms: number, { write, release }: ReturnType<typeof open>) {
    for (let n = 0; n < 24; n++) {
      const one = write(upsert(`user_${ms}_${n}`))
      vi.advanceTimersByTime(ms)
      await release(one)
    }
  }
  const turn = () => new Promise((resolve) => setImmediate(resolve))

  test.each([
    { usual: 1, keeps: 1, gives: 20 },
    { usual: 8, keeps: 12, gives: 20 },
    { usual: 100, keeps: 24, gives: 25 },
  ])('$usual ms: $keeps ms keep the others waiting, $gives ms do not', async ({ usual, keeps, gives }) => {
    const opened = open()
    const { write, alone, release } = opened
    await usually(usual, opened)
    const all = [write(upsert('user_slow')), write(upsert('user_next'))]
    vi.advanceTimersByTime(keeps)
    await turn()
    expect(alone().at(-1)).toBe('user_slow')
    vi.advanceTimersByTime(gives - keeps)
    await turn()
    await turn()
    expect(alone().at(-1)).toBe('user_next')
    await release(...all)
  })
})

test('what is refused at once says nothing of how long statements usually take', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const { adapter, batching, write, alone, release } = open()
  for (let n = 0; n < 24; n++) {
    vi.mocked(batching.write).mockRejectedValueOnce(new Error('away'))
    for (const _ of 'abc') vi.mocked(adapter.upsert).mockRejectedValueOnce(new Error('away'))
    const refused = await Promise.allSettled([...'abc'].map((one) => write(upsert(`user_${n}_${one}`))))
    expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    await new Promise((resolve) => setImmediate(resolve))
  }
  const all = [write(upsert('user_slow')), write(upsert('user_next'))]
  vi.advanceTimersByTime(24)
  await new Promise((resolve) => setImmediate(resolve))
  expect(alone().at(-1)).toBe('user_slow')
  await release(...all)
})

test('a row that is being written is in no second statement, and its newest is written next', async () => {
  const { adapter, write, alone, together, release } = open({ maxInFlight: 4 })
  const all = [
    write(upsert('user_1', 1)),
    write(upsert('user_1', 2)),
    write(upsert('user_1', 4)),
    write(upsert('user_1', 3)),
  ]
  expect(alone()).toEqual(['user_1'])
  await release(...all)
  expect(alone()).toEqual(['user_1', 'user_1'])
  expect(together()).toEqual([])
  expect(await Promise.all(all)).toEqual(['created', 'stale', 'updated', 'stale'])
  expect(adapter.rows('users')).toMatchObject([{ clerkVersion: upsert('', 4).version }])
})

test('a batch holds so many rows, and the others the next one', async () => {
  const { write, together, release } = open({ maxRows: 2 })
  const first = write(upsert('user_0'))
  const all = ['user_1', 'user_2', 'user_3', 'user_4'].map((key) => write(upsert(key)))
  await release(first, ...all)
  expect(together()).toEqual([
    ['user_1', 'user_2'],
    ['user_3', 'user_4'],
  ])
})

test('what is written together fills the same columns of the same table', async () => {
  const { write, together, release } = open()
  const first = write(upsert('user_0'))
  const all = [
    upsert('user_1'),
    upsert('user_2', 1, { firstName: 'Ada' }),
    { ...upsert('org_1', 1, { name: 'Org' }), entity: 'organization' } as const,
    upsert('user_3', 1, { email: 'c', firstName: undefined }),
    upsert('user_4', 1, { firstName: 'Eve' }),
    { ...upsert('org_2', 1, { name: 'Org' }), entity: 'organization' } as const,
  ].map((change) => write(change))
  await release(first, ...all)
  expect(together()).toEqual([
    ['user_1', 'user_3'],
    ['user_2', 'user_4'],
    ['org_1', 'org_2'],
  ])
})

describe('a delivery that is given up', () => {
  test('while it waits is answered at once, and never written', async () => {
    const { adapter, write, release } = open()
    const controller = new AbortController()
    const first = write(upsert('user_1'))
    const given = write(upsert('user_2'), { signal: controller.signal })
    const stays = write(upsert('user_3'))
    controller.abort(new Error('its time is over'))
    await expect(given).rejects.toThrow('its time is over')
    await release(first, stays)
    expect(adapter.rows('users').map(({ id }) => id)).toEqual(['user_1', 'user_3'])
  })

  test('before it came does not wait at all', async () => {
    const { adapter, write, release } = open()
    const first = write(upsert('user_1'))
    const signal = AbortSignal.abort(new Error('its time is over'))
    await expect(write(upsert('user_2'), { signal })).rejects.toThrow('its time is over')
    await release(first)
    expect(adapter.rows('users')).toHaveLength(1)
  })

  test('ends its batch only where all of the others are given up as well', async () => {
    const { write, signals, next, release, together } = open()
    const [one, other] = [new AbortController(), new AbortController()]
    const first = write(upsert('user_1'))
    const all = [one, other].map(({ signal }, n) => write(upsert(`user_${n + 2}`), { signal }))
    await next()
    await first
    await vi.waitFor(() => expect(together()).toHaveLength(1))
    one.abort()
    expect(signals()[0]?.aborted).toBe(false)
    other.abort()
    expect(signals()[0]?.aborted).toBe(true)
    await release(...all)
  })
})

describe('a batch that is not written', () => {
  test('because its store cannot, is not tried again: what looks alike is written alone', async () => {
    const { write, batching, together, release, alone } = open()
    vi.mocked(batching.write).mockResolvedValue(undefined)
    const burst = (...keys: string[]) => release(...keys.map((key) => write(upsert(key))))
    await burst('user_1', 'user_2', 'user_3')
    expect(together()).toEqual([['user_2', 'user_3']])
    await burst('user_4', 'user_5', 'user_6')
    expect(together()).toHaveLength(1)
    expect(alone().sort()).toEqual(['user_1', 'user_2', 'user_3', 'user_4', 'user_5', 'user_6'])
  })

  test('but for some of its rows: those are written alone, and the others not again', async () => {
    const { write, batching, alone, release } = open()
    vi.mocked(batching.write).mockResolvedValue(new Map([['user_2', 'unchanged']]))
    const all = ['user_1', 'user_2', 'user_3'].map((key) => write(upsert(key)))
    await release(...all)
    expect(await Promise.all(all)).toEqual(['created', 'unchanged', 'created'])
    expect(alone()).toEqual(['user_1', 'user_3'])
  })

  test('because it was refused: each is tried alone, and says by itself why it is refused', async () => {
    const { adapter, write, batching, release } = open()
    vi.mocked(batching.write).mockRejectedValue(new Error('refused'))
    const upsertOne = adapter.upsert.bind(adapter)
    let tried = 0
    adapter.upsert = async (change, options) => {
      if (change.key !== 'user_3') return upsertOne(change, options)
      tried++
      throw new Error('too long')
    }
    const all = ['user_1', 'user_2', 'user_3'].map((key) => write(upsert(key)))
    const [, second, third] = await release(...all)
    expect(second).toMatchObject({ value: 'created' })
    expect(third).toMatchObject({ reason: expect.objectContaining({ message: 'too long' }) })
    expect(tried).toBe(1)
  })
})

describe('a row of a refused batch that is refused by itself as well', () => {
  const conflict = new ClerkSyncError('unique_conflict', 'Another row has it.')
  const ofAdapter = new Error('E_TAKEN')

  /** A batch that is refused, of a row that is refused alone `times` times, and of another one. */
  async function refused(error: unknown, other: () => Promise<unknown> = async () => {}, times = 1) {
    const { adapter, write, batching, release } = open()
    vi.mocked(batching.write).mockRejectedValue(new Error('refused'))
    adapter.faultOf = (thrown) => (thrown === ofAdapter ? 'unique_conflict' : undefined)
    const upsertOne = adapter.upsert.bind(adapter)
    let tries = 0
    adapter.upsert = async (change, options) => {
      if (change.key === 'user_3') await other()
      else if (change.key === 'user_2' && ++tries <= times) throw error
      return upsertOne(change, options)
    }
    const all = ['user_1', 'user_2', 'user_3'].map((key) => write(upsert(key)))
    return { all, release, tries: () => tries }
  }

  test.each<[what: string, error: unknown]>([
    ['by an error of the library', conflict],
    ['by one with such a cause', new Error('Failed query', { cause: conflict })],
    ['by a code of the database', Object.assign(new Error('duplicate key'), { code: '23505' })],
    ['by an error that the adapter knows', ofAdapter],
  ])('is tried once more after the others where another row may have had its value, %s', async (_, error) => {
    const { all, release, tries } = await refused(error)
    const ended = await release(...all)
    expect(ended).toMatchObject([{ value: 'created' }, { value: 'created' }, { value: 'created' }])
    expect(tries()).toBe(2)
  })

  test.each<[what: string, error: unknown]>([
    ['another error of the library', new ClerkSyncError('value_refused', 'Too long.')],
    ['another code of the database', Object.assign(new Error('null value'), { code: '23502' })],
    ['an error that nobody knows', new Error('E_OTHER')],
  ])('is not tried again for %s', async (_, error) => {
    const { all, release, tries } = await refused(error)
    expect((await release(...all))[1]).toEqual({ status: 'rejected', reason: error })
    expect(tries()).toBe(1)
  })

  test('is refused where the others have not given the value up', async () => {
    const { all, release, tries } = await refused(conflict, undefined, 2)
    expect((await release(...all))[1]).toEqual({ status: 'rejected', reason: conflict })
    expect(tries()).toBe(2)
  })

  test('waits for the others, and for none of them longer than a second', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const { all, release, tries } = await refused(conflict, () => new Promise(() => {}))
    const ended = release(all[0] as Promise<unknown>, all[1] as Promise<unknown>)
    const settle = async () => {
      for (let n = 0; n < 20; n++) await new Promise((resolve) => setImmediate(resolve))
    }
    await settle()
    expect(tries()).toBe(1)
    await vi.advanceTimersByTimeAsync(999)
    await settle()
    expect(tries()).toBe(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(await ended).toMatchObject([{ value: 'created' }, { value: 'created' }])
    expect(tries()).toBe(2)
  })
})

describe('written by itself, whatever else comes', () => {
  const limits = { maxRows: 64, maxInFlight: 1 }
  afterEach(() => void vi.unstubAllGlobals())

  test.each<[what: string, more: Partial<Upsert>]>([
    ['what is to replace one version', { expected: '0' }],
    ['what has parts', { parts: {} }],
    ['what its store does not write together', { entity: 'role' }],
  ])('%s', async (_, more) => {
    const { adapter, together, alone, release } = open()
    const store = storesOf(adapter, limits).together
    const all = ['user_1', 'user_2', 'user_3'].map((key) => store.upsert({ ...upsert(key), ...more }))
    expect(alone()).toEqual(['user_1', 'user_2', 'user_3'])
    await release(...all)
    expect(together()).toEqual([])
  })

  test('all of it in a worker, where one request may not wait for another', () => {
    const { adapter } = open()
    const isTogether = (...given: [] | [undefined]) => {
      const { alone, together } = storesOf(adapter, given.length > 0 ? given[0] : limits)
      return together !== alone
    }
    expect(isTogether()).toBe(true)
    expect(isTogether(undefined)).toBe(false)
    for (const name of ['WebSocketPair', 'EdgeRuntime']) {
      vi.stubGlobal(name, {})
      expect(isTogether(), name).toBe(false)
      vi.unstubAllGlobals()
    }
    vi.stubGlobal('setImmediate', undefined)
    expect(isTogether()).toBe(false)
  })
})

test('where there is no AsyncLocalStorage, it runs all the same', async () => {
  const { adapter, together, release } = open()
  const hidden = vi.spyOn(process, 'getBuiltinModule').mockReturnValue(undefined as never)
  const store = storesOf(adapter, { maxRows: 64, maxInFlight: 1 }).together
  hidden.mockRestore()
  await release(...['user_1', 'user_2', 'user_3'].map((key) => store.upsert(upsert(key))))
  expect(together()).toEqual([['user_2', 'user_3']])
})

test('what writes together is loaded again where it could not be read before', async () => {
  const { adapter, release } = open()
  const store = storesOf(adapter, { maxRows: 64, maxInFlight: 1 }).together
  vi.doMock('../src/batching/group-commit.ts', () => {
    throw new Error('ENOENT')
  })
  onTestFinished(() => void vi.doUnmock('../src/batching/group-commit.ts'))
  await expect(store.upsert(upsert('user_1'))).rejects.toThrow()
  vi.doUnmock('../src/batching/group-commit.ts')
  const [written] = await release(store.upsert(upsert('user_1')))
  expect(written).toMatchObject({ value: 'created' })
})

test('a batch runs where the store was made, and sees the AsyncLocalStorage of no delivery', async () => {
  const whose = new AsyncLocalStorage<string>()
  const { adapter, batching, release } = open()
  const store = whose.run('the store', () => storesOf(adapter, { maxRows: 64, maxInFlight: 1 }).together)
  const seen: unknown[] = []
  vi.mocked(batching.write).mockImplementation(async () => {
    seen.push(whose.getStore())
    return new Map()
  })
  const all = ['user_1', 'user_2', 'user_3'].map((key) => whose.run(key, () => store.upsert(upsert(key))))
  await release(...all)
  expect(seen).toEqual(['the store'])
})

// What comes between the look at a row that was there before, and the user's Clerk id in it.
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { storeFailure } from '../src/delivery/store-failure.ts'
import { ClerkSyncError, createClerkSync } from '../src/index.ts'
import { resolveLink } from '../src/linking/link-options.ts'
import { Linker } from '../src/linking/linker.ts'
import { MemoryDatabase, memoryAdapter, memorySchema } from '../src/memory/memory-adapter.ts'
import type { Upsert } from '../src/port/sync-adapter.ts'
import { failsWith } from './clerk-api/setting.ts'

const T0 = 1_760_000_000_000
const ADA = {
  id: 'user_1',
  email_addresses: [{ email_address: 'ada@x.org', verification: { status: 'verified', strategy: 'email_code' } }],
}
const change: Upsert = {
  kind: 'upsert',
  entity: 'user',
  key: 'user_1',
  version: `${T0}${T0}1000000`,
  values: { email: 'ada@x.org', firstName: null, plan: null },
}

/** A table with one row that was there before, and what is done to it before a step of the linker. */
async function open({ versions = 'row', unique = false, link = {} }: Setting = {}) {
  const tables = { users: { columns: { email: { unique }, firstName: {}, plan: {}, isProven: {} }, versions } } as const
  const database = new MemoryDatabase(memorySchema(tables))
  const insert = (row: object) => database.transaction((tx) => tx.insert('users', row as never))
  await insert({ email: 'Ada@X.org', firstName: 'Ada', isProven: true })
  const adapter = memoryAdapter(tables, { database })
  const { linking } = adapter
  if (!linking) throw new Error('It links.')
  const before = { find: async () => {}, set: async () => {} }
  const meddled = {
    ...adapter,
    linking: {
      ...linking,
      find: async (...given: Parameters<typeof linking.find>) => {
        await before.find()
        return linking.find(...given)
      },
      set: async (...given: Parameters<typeof linking.set>) => {
        await before.set()
        return linking.set(...given)
      },
    },
  }
  const rules = resolveLink(
    'test',
    { by: 'email', proven: (row: object) => 'isProven' in row && row.isProven === true, ...link },
    adapter,
  )
  const linker = new Linker(meddled, rules)
  // As a delivery does, which names what a table refuses.
  const store = (one: Upsert) =>
    adapter.upsert(one).catch((error: unknown) => {
      throw storeFailure(adapter, error, 'The user was not stored', '', one)
    })
  const write = () => linker.write(ADA, change, store)
  const update = (of: string, values: object) =>
    database.transaction((tx) => {
      const row = tx.rows('users').find(({ email }) => email === of)
      tx.update('users', String(row?.id), values as never)
    })
  return { adapter, before, database, insert, linker, meddled, update, write, rows: () => adapter.rows('users') }
}

interface Setting {
  readonly versions?: 'row' | 'beside'
  readonly unique?: boolean
  readonly link?: object
}

describe.each(['row', 'beside'] as const)('versions %s:', (versions) => {
  test('the row gets the id, and keeps what Clerk does not have', async () => {
    const { rows, write } = await open({ versions })
    expect(await write()).toBe('updated')
    expect(rows()).toMatchObject([{ id: 'user_1', email: 'ada@x.org', firstName: 'Ada', plan: null, isProven: true }])
  })

  test('with overwrite, it has what Clerk has', async () => {
    const { rows, write } = await open({ versions, link: { overwrite: true } })
    expect(await write()).toBe('updated')
    expect(rows()).toMatchObject([{ id: 'user_1', email: 'ada@x.org', firstName: null }])
  })

  test('who has a row of their own gets no other', async () => {
    const { adapter, rows, write } = await open({ versions })
    await adapter.upsert({ ...change, version: `${T0 - 1}${T0 - 1}1000000` })
    expect(await write()).toBe('updated')
    expect(rows().map(({ id, firstName }) => [id === 'user_1', firstName])).toEqual([
      [false, 'Ada'],
      [true, null],
    ])
  })

  test('a row that was linked and never written keeps what Clerk does not have', async () => {
    const { rows, write, linker } = await open({ versions })
    const [match] = await linker.matches([ADA])
    if (match?.is !== 'match') throw new Error('It matches.')
    expect(await linker.link('user_1', match.row)).toBe('linked')
    expect(await write()).toBe('updated')
    expect(rows()).toMatchObject([{ id: 'user_1', email: 'ada@x.org', firstName: 'Ada' }])
  })

  test('a row that another delivery of the user has linked meanwhile is the user’s, and keeps its values', async () => {
    const { before, linker, rows, write } = await open({ versions })
    const [match] = await linker.matches([ADA])
    if (match?.is !== 'match') throw new Error('It matches.')
    before.set = async () => {
      before.set = async () => {}
      await linker.link('user_1', match.row)
    }
    expect(await write()).toBe('updated')
    expect(rows()).toMatchObject([{ id: 'user_1', firstName: 'Ada' }])
  })

  test('where another delivery of the user has inserted a row meanwhile, that one is written', async () => {
    const { adapter, before, rows, write } = await open({ versions })
    const values = { ...change.values, firstName: 'Older' }
    before.set = async () => void (await adapter.upsert({ ...change, values, version: `${T0 - 1}${T0 - 1}1000000` }))
    expect(await write()).toBe('updated')
    // What Clerk has had, and has no more, is no value of the application's.
    expect(rows().map(({ id, firstName }) => [id === 'user_1', firstName])).toEqual([
      [false, 'Ada'],
      [true, null],
    ])
  })

  test.each<[what: string, values: object]>([
    ['has another address', { email: 'eve@x.org' }],
    ['is proven no more', { isProven: false }],
    ['has a value that it had not', { plan: 'pro' }],
    ['has lost one', { firstName: null }],
  ])('a row that %s by then is not linked, and the user gets one of their own', async (_, values) => {
    const { before, rows, update, write } = await open({ versions })
    before.set = () => update('Ada@X.org', values)
    expect(await write()).toBe('created')
    expect(rows()).toMatchObject([values, { id: 'user_1', email: 'ada@x.org', firstName: null }])
  })
})

test('a user who was removed while the row got the id leaves it to nobody', async () => {
  const { adapter, database, linker, rows } = await open({ versions: 'beside' })
  const outcome = await linker.write(ADA, change, async (one) => {
    expect(rows()).toMatchObject([{ id: 'user_1' }])
    // A removal that has not found the row by its id, and is committed only now.
    await database.transaction((tx) =>
      tx.insert('versions', {
        id: 'users user_1',
        tableName: 'users',
        entityId: 'user_1',
        version: `9999999999999${T0}1000000`,
        deletedAt: new Date(T0),
      }),
    )
    return adapter.upsert(one)
  })
  expect(outcome).toBe('already_deleted')
  expect(rows()).toMatchObject([{ email: 'Ada@X.org', firstName: 'Ada', isProven: true }])
  expect(rows()[0]?.id).not.toBe('user_1')
})

describe('a row of their own that the table refuses says why it was not linked:', () => {
  test('it was changed meanwhile', async () => {
    const { before, insert, update, write } = await open({ unique: true })
    await insert({ email: 'eve@x.org' })
    before.set = async () => {
      await update('Ada@X.org', { email: 'ada@x.org', plan: 'pro' })
    }
    await expect(write()).rejects.toEqual(failsWith('unique_conflict', /was not linked: .*was changed meanwhile/))
  })

  test('it is not proven', async () => {
    const { update, write } = await open({ unique: true })
    await update('Ada@X.org', { email: 'ada@x.org', isProven: false })
    await expect(write()).rejects.toEqual(failsWith('unique_conflict', /was not linked: .*nobody has proven it/))
  })

  test('with the cause of the refusal', async () => {
    const { linker, update } = await open()
    await update('Ada@X.org', { isProven: false })
    const cause = new Error('refused')
    const conflict = new ClerkSyncError('unique_conflict', 'Refused.', { cause })
    await expect(linker.write(ADA, change, () => Promise.reject(conflict))).rejects.toMatchObject({ cause })
  })

  const conflict = new ClerkSyncError('unique_conflict', 'Refused.')
  const others = [
    new ClerkSyncError('value_refused', 'Refused.'),
    { ...new Error('Refused.'), code: 'unique_conflict' },
  ]
  test.each<[what: string, user: object, errors: readonly object[]]>([
    ['nothing, where no row was in question', { ...ADA, email_addresses: [] }, [conflict, ...others]],
    ['nothing of what is no conflict', ADA, others],
  ])('%s', async (_, user, errors) => {
    for (const error of errors) {
      const { adapter, linker, update } = await open()
      await update('Ada@X.org', { isProven: false })
      await expect(linker.write(user, change, () => Promise.reject(error))).rejects.toBe(error)
      expect(adapter.rows('users')).toHaveLength(1)
    }
  })
})

describe('what the application gave and throws is refused by its name:', () => {
  const throws = () => {
    throw new Error('unexpected')
  }
  test.each([
    ['by', { by: throws, column: 'plan' }, /link\.by threw.*every user of Clerk/],
    ['proven', { proven: throws }, /link\.proven threw.*every row of the table/],
  ])('%s', async (_, link, message) => {
    const { write, rows } = await open({ link })
    await expect(write()).rejects.toEqual(failsWith('config_invalid', message))
    const cause = expect.objectContaining({ message: 'unexpected' })
    await expect(write()).rejects.toMatchObject({ thrownBy: 'map', cause })
    expect(rows()).toHaveLength(1)
  })
})

test('what the application refuses in words of ours is told in them', async () => {
  const refused = new ClerkSyncError('config_invalid', 'The table has no column verified.')
  const proven = () => {
    throw refused
  }
  const { write, rows } = await open({ link: { proven } })
  await expect(write()).rejects.toBe(refused)
  expect(rows()).toHaveLength(1)
})

describe('what the database refuses is named:', () => {
  const away = async () => {
    throw Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })
  }
  test.each([
    ['find', /Rows to link were not read/],
    ['set', /user_1 was not linked/],
  ] as const)('%s', async (step, message) => {
    const { before, write } = await open()
    before[step] = away
    await expect(write()).rejects.toEqual(failsWith('store_failed', message))
  })

  test('the look at the own row', async () => {
    const { meddled, linker, write } = await open()
    meddled.find = away as never
    await expect(write()).rejects.toEqual(failsWith('store_failed', /The row of user_1 was not read/))
    expect(await linker.matches([{ id: 'user_9', email_addresses: [] }])).toEqual([{ is: 'none', waiting: [] }])
  })
})

test('what need not be asked is not: rows, for a user without an address; a match, for one with a row', async () => {
  const { adapter, before, linker, meddled, write } = await open()
  before.find = () => Promise.reject(new Error('It is asked.'))
  expect(await linker.matches([{ ...ADA, email_addresses: [] }])).toEqual([{ is: 'none', waiting: [] }])
  await adapter.upsert({ ...change, version: `${T0 - 1}${T0 - 1}1000000` })
  const looks = vi.spyOn(meddled, 'find')
  expect(await write()).toBe('updated')
  expect(looks).toHaveBeenCalledTimes(1)
})

test.each(['row', 'beside'] as const)(
  'a row of another delivery under the id is there: versions %s',
  async (versions) => {
    const { adapter, linker } = await open({ versions })
    const [match] = await linker.matches([ADA])
    if (match?.is !== 'match') throw new Error('It matches.')
    await adapter.upsert(change)
    expect(await linker.link('user_1', match.row)).toBe('there')
  },
)

test('once the move is over, a delivery links nothing', async () => {
  vi.useFakeTimers({ now: T0, toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
  for (const [until, linked] of [
    [T0 + 1, true],
    [T0, false],
  ] as const) {
    const { adapter, rows } = await open()
    const link = { by: 'email', proven: () => true, until: new Date(until) } as const
    const clerkSync = createClerkSync({ adapter, link: link as never, logger: false })
    const data = { ...ADA, object: 'user', updated_at: T0, created_at: T0 }
    await clerkSync.apply({ id: 'msg_1', type: 'user.created', data, timestamp: T0, instanceId: null } as never)
    expect(rows()).toHaveLength(linked ? 1 : 2)
  }
})

test.each([undefined, '2026-01-01', new Date('soon')])('until cannot be %o', async (until) => {
  const { adapter } = await open()
  const link = { by: 'email', proven: () => true, until } as never
  expect(() => createClerkSync({ adapter, link })).toThrow(/link\.until must be the Date/)
})

import { createClerkSync } from '@clerk-sync/core'
import { memoryAdapter } from '@clerk-sync/core/memory'
import { event, userEvent, withEmail } from '@clerk-sync/test-support/events'
import { expect, test, vi } from 'vitest'
import { resolveBatch } from '../src/batching/batch-options.ts'

const T0 = 1_760_000_000_000
const tables = {
  users: { columns: { email: { unique: true }, firstName: {} } },
  organizations: { columns: { name: {} } },
} as const

/** An adapter whose statements wait while the gate is closed, and which writes down what it was given together. */
async function open(batch: { maxRows?: number; maxInFlight?: number } | false = {}) {
  let gate = Promise.resolve()
  const adapter = memoryAdapter(tables, { batching: true, call: async (run) => gate.then(run) })
  const { batching } = adapter
  if (!batching) throw new Error('It was asked for.')
  const write = vi.spyOn(batching, 'write')
  const clerkSync = createClerkSync({ adapter, batch, logger: false })
  const apply = (id: string, at: number, data: object = {}) =>
    clerkSync.apply(userEvent('user.updated', id, T0 + at, { ...data }))
  await apply('user_first', 0)
  const together = () => write.mock.calls.map(([changes]) => changes.map(({ key }) => key))
  const close = () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    gate = promise
    return resolve
  }
  return { adapter, apply, clerkSync, close, together }
}

test('what comes while others are written is written by rows of a table, in the order of their keys', async () => {
  const { adapter, apply, close, together } = await open({ maxInFlight: 2, maxRows: 3 })
  const release = close()
  const ids = ['i', 'h', 'g', 'f', 'e', 'd', 'c', 'b', 'a'].map((one) => `user_${one}`)
  const outcomes = Promise.all(ids.map((id) => apply(id, 1)))
  release()
  expect(await outcomes).toEqual(ids.map(() => 'created'))
  expect(together()).toEqual([
    ['user_e', 'user_f', 'user_g'],
    ['user_b', 'user_c', 'user_d'],
  ])
  expect(adapter.rows('users')).toHaveLength(10)
})

test('one after the other, nothing is written together; nor with batch: false', async () => {
  const { apply, together } = await open()
  for (const id of ['user_a', 'user_b', 'user_c']) expect(await apply(id, 1)).toBe('created')
  expect(together()).toEqual([])
  const off = await open(false)
  await Promise.all(Array.from({ length: 20 }, (_, n) => off.apply(`user_${n}`, 1)))
  expect(off.together()).toEqual([])
})

test('the newest of a row is written, and the older ones are answered after it, or written where it is refused', async () => {
  const { adapter, apply, close } = await open({ maxInFlight: 1 })
  await apply('user_owner', 1, withEmail('taken@example.com'))
  const release = close()
  const first = apply('user_z', 1)
  const [stale, newest] = [apply('user_a', 4), apply('user_a', 5, { first_name: 'newest' })]
  const same = apply('user_a', 4)
  const [older, refused] = [apply('user_b', 4), apply('user_b', 5, withEmail('taken@example.com'))]
  release()
  await expect(refused).rejects.toMatchObject({ code: 'unique_conflict' })
  expect(await Promise.all([first, stale, newest, same, older])).toEqual([
    'created',
    'stale',
    'created',
    'stale',
    'created',
  ])
  const versions = adapter.rows('users').map(({ id, clerkVersion }) => [id, Number(clerkVersion.slice(13, 26)) - T0])
  expect(versions).toContainEqual(['user_a', 5])
  expect(versions).toContainEqual(['user_b', 4])
})

test('a value that one row of a batch gives up is there for another, whichever is first', async () => {
  const { adapter, apply, close, together } = await open({ maxInFlight: 1 })
  await apply('user_b', 1, withEmail('given-up@example.com'))
  const release = close()
  const others = [apply('user_z', 1), apply('user_a', 2, withEmail('given-up@example.com'))]
  const givesUp = apply('user_b', 2, withEmail('new@example.com'))
  release()
  expect(await Promise.all([...others, givesUp])).toEqual(['created', 'created', 'updated'])
  expect(together()).toEqual([['user_a', 'user_b']])
  const emails = adapter.rows('users').map(({ id, email }) => [id, email])
  expect(emails).toContainEqual(['user_a', 'given-up@example.com'])
})

test('what is written together is of one table', async () => {
  const { apply, clerkSync, close, together } = await open({ maxInFlight: 1 })
  const organization = (id: string) =>
    clerkSync.apply(event('organization.created', T0, { id, name: id, slug: id, created_at: T0, updated_at: T0 }))
  const release = close()
  const outcomes = [
    apply('user_z', 1),
    apply('user_a', 1),
    organization('org_a'),
    apply('user_b', 1),
    organization('org_b'),
  ]
  release()
  expect(await Promise.all(outcomes)).toEqual(outcomes.map(() => 'created'))
  expect(together()).toEqual([
    ['user_a', 'user_b'],
    ['org_a', 'org_b'],
  ])
})

test('what has parts is written by itself, with them', async () => {
  const adapter = memoryAdapter(
    { users: tables.users, emailAddresses: { columns: { emailAddress: {} } } },
    { batching: true },
  )
  if (!adapter.batching) throw new Error('It was asked for.')
  const write = vi.spyOn(adapter.batching, 'write')
  const clerkSync = createClerkSync({ adapter, batch: { maxInFlight: 1 }, logger: false })
  const ids = ['user_a', 'user_b', 'user_c', 'user_d']
  const events = ids.map((id) => userEvent('user.created', id, T0, withEmail(`${id}@example.com`)))
  await Promise.all(events.map((one) => clerkSync.apply(one)))
  expect(write).not.toHaveBeenCalled()
  expect(adapter.rows('emailAddresses')).toHaveLength(4)
})

test('a delete waits for no batch, and a row under way is in none', async () => {
  const { adapter, apply, clerkSync, close, together } = await open({ maxInFlight: 1 })
  const release = close()
  const first = apply('user_a', 1)
  const others = [apply('user_a', 2), apply('user_b', 1), apply('user_c', 1)]
  const removed = clerkSync.apply(userEvent('user.deleted', 'user_d', T0 + 1))
  release()
  expect(await Promise.all([first, removed, ...others])).toEqual([
    'created',
    'deleted',
    'updated',
    'created',
    'created',
  ])
  expect(
    together()
      .flat()
      .filter((key) => key === 'user_d'),
  ).toEqual([])
  expect(adapter.rows('users')).toHaveLength(5)
})

test('what is left out has a default, where the adapter can write together', () => {
  const { batching, ...adapter } = memoryAdapter(tables, { batching: true })
  if (!batching) throw new Error('It was asked for.')
  const able = { ...adapter, batching }
  const [unable, empty] = [adapter, { ...adapter, batching: { ...batching, entities: [] } }]
  const limits = { maxRows: 64, maxInFlight: 4 }
  expect(resolveBatch(undefined, able)).toEqual({ batch: limits })
  expect(resolveBatch({}, able)).toEqual({ batch: limits })
  expect(resolveBatch({ maxRows: 5 }, able)).toEqual({ batch: { ...limits, maxRows: 5 } })
  expect(resolveBatch({ maxInFlight: 1000 }, able)).toEqual({ batch: { ...limits, maxInFlight: 1000 } })
  expect(resolveBatch(false, able)).toEqual({ batch: undefined })
  for (const other of [unable, empty]) {
    expect(resolveBatch(undefined, other)).toEqual({ batch: undefined })
    expect(resolveBatch(false, other)).toEqual({ batch: undefined })
    expect(() => resolveBatch({}, other)).toThrow(/^batch: memory writes each delivery to these tables by itself/)
  }
})

test('options that cannot be are refused', () => {
  const adapter = memoryAdapter(tables, { batching: true })
  const create = (batch: object | boolean) => () => createClerkSync({ adapter, batch: batch as never })
  expect(create({ maxRows: 0 })).toThrow('batch: maxRows must be a whole number of rows from 1 to 500.')
  expect(create({ maxRows: 501 })).toThrow('maxRows')
  expect(create({ maxRows: 1.5 })).toThrow('maxRows')
  for (const fits of [{ maxRows: 1 }, { maxRows: 500 }, { maxInFlight: 1 }]) expect(create(fits)).not.toThrow()
  expect(create({ maxInFlight: 0 })).toThrow('maxInFlight')
  expect(create({ maxInFlight: 1.5 })).toThrow('batch: maxInFlight must be a positive whole number of statements.')
  expect(create({ maxRow: 1 })).toThrow('did you mean "maxRows"?')
  for (const other of ['size', 'max']) expect(create({ [other]: 1 })).toThrow(`"${other}": did you mean "maxRows"?`)
  for (const other of ['5', null, Number.NaN]) {
    expect(create({ maxRows: other })).toThrow('batch: maxRows must be a whole number')
    expect(create({ maxInFlight: other })).toThrow('batch: maxInFlight must be a positive')
  }
  expect(create(true)).toThrow("createClerkSync's batch takes an object with maxRows, maxInFlight.")
  const each = memoryAdapter(tables)
  expect(() => createClerkSync({ adapter: each, batch: {} })).toThrow(
    'batch: memory writes each delivery to these tables by itself. Leave it out.',
  )
  expect(() => createClerkSync({ adapter: each, batch: false })).not.toThrow()
})

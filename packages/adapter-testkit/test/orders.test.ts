import { expect, it } from 'vitest'
import { testAdapter } from '../src/index.ts'
import { permutations, someOf } from '../src/suite/permutations.ts'
import { brokenWrites } from './broken-writes.ts'
import { Collector } from './collector.ts'
import { memoryHarness } from './memory-harness.ts'

const fails = () => Promise.reject(new Error('It takes nothing.'))

it('few orders leave no test out: each plays one at least', async () => {
  const runner = new Collector()
  testAdapter(
    memoryHarness({
      runner,
      replace: ({ adapter }) => ({ ...adapter, upsert: fails, softDelete: fails, once: fails }),
    }),
    {
      orders: 1,
      schedules: 0,
    },
  )
  const isOfOrders = (title: string) => title.startsWith('memory > in any order')
  const all = runner.titles.filter(isOfOrders)
  expect(all.length).toBeGreaterThan(5)
  expect((await runner.failures(isOfOrders)).map(({ title }) => title)).toEqual(all)
})

it.for(['no guard', 'no tombstone for an id never seen', 'hard delete'])(
  '3 orders fail an adapter with %s',
  async (name) => {
    const runner = new Collector()
    const replace = brokenWrites[name]?.replace
    if (!replace) throw new Error(`No adapter is broken like this: ${name}.`)
    testAdapter(memoryHarness({ runner, replace }), { orders: 3, schedules: 0 })
    expect(await runner.failures((title) => title.startsWith('memory > in any order'))).not.toEqual([])
  },
)

it('each seed draws as many, all different, and the seeds together draw every order', () => {
  const all = permutations(5)
  expect(new Set(all.map(String)).size).toBe(120)
  expect(someOf(all, 120, 7)).toEqual(all)
  const drawn = Array.from({ length: 120 }, (_, seed) => someOf(all, 3, seed).map(String))
  for (const orders of drawn) expect(new Set(orders).size).toBe(3)
  // What comes last, such as a delete, is not last in all of them.
  for (const orders of drawn) expect(new Set(orders.map((order) => order.split(',').indexOf('4'))).size).toBe(3)
  expect(new Set(drawn.flat())).toEqual(new Set(all.map(String)))
})

import { expect, test } from 'vitest'
import { inGroups } from '../src/groups.ts'

/** Runs that end when they are told to. */
function openRuns(most: number, lanes?: number) {
  const runs: { items: readonly number[]; end(): void; fail(): void }[] = []
  const run = (items: readonly number[]) =>
    new Promise<readonly number[]>((resolve, reject) => {
      runs.push({ items, end: () => resolve(items.map((item) => item * 10)), fail: () => reject(new Error('failed')) })
    })
  return { runs, send: inGroups(most, run, lanes) }
}

test('what comes alone goes at once, and what comes meanwhile goes together', async () => {
  const { runs, send } = openRuns(3)
  const sent = [1, 2, 3, 4, 5].map((item) => send(item))
  expect(runs.map(({ items }) => items)).toEqual([[1]])
  runs[0]?.end()
  await expect.poll(() => runs).toHaveLength(2)
  expect(runs[1]?.items).toEqual([2, 3, 4])
  runs[1]?.end()
  await expect.poll(() => runs).toHaveLength(3)
  runs[2]?.end()
  expect(await Promise.all(sent)).toEqual([10, 20, 30, 40, 50])
})

test('a run that fails fails its own items, and no others', async () => {
  const { runs, send } = openRuns(10)
  const first = send(1)
  const others = Promise.allSettled([send(2), send(3)])
  runs[0]?.fail()
  await expect(first).rejects.toThrow('failed')
  await expect.poll(() => runs).toHaveLength(2)
  runs[1]?.end()
  expect((await others).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
})

test('what has its answer by then is not sent', async () => {
  const { runs, send } = openRuns(10)
  const ending = new AbortController()
  void send(1)
  void send(2, ending.signal)
  const third = send(3)
  ending.abort()
  runs[0]?.end()
  await expect.poll(() => runs).toHaveLength(2)
  expect(runs[1]?.items).toEqual([3])
  runs[1]?.end()
  expect(await third).toBe(30)
})

test('lanes run at the same time', () => {
  const { runs, send } = openRuns(10, 2)
  for (const item of [1, 2, 3]) void send(item)
  expect(runs.map(({ items }) => items)).toEqual([[1], [2]])
})

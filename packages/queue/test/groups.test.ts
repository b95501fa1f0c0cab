import { expect, test } from 'vitest'
import { type GroupOptions, inGroups } from '../src/groups.ts'

/** Runs that end when they are told to. */
function openRuns(options: GroupOptions<number>) {
  const runs: { items: readonly number[]; end(): void; fail(): void }[] = []
  const run = (items: readonly number[]) =>
    new Promise<readonly number[]>((resolve, reject) => {
      runs.push({ items, end: () => resolve(items.map((item) => item * 10)), fail: () => reject(new Error('failed')) })
    })
  return { runs, send: inGroups(options, run) }
}

test('what comes alone goes at once, and what comes meanwhile goes together', async () => {
  const { runs, send } = openRuns({ most: 3 })
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
  const { runs, send } = openRuns({ most: 10 })
  const first = send(1)
  const others = Promise.allSettled([send(2), send(3)])
  runs[0]?.fail()
  await expect(first).rejects.toThrow('failed')
  await expect.poll(() => runs).toHaveLength(2)
  runs[1]?.end()
  expect((await others).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
})

test('what has its answer by then is not sent', async () => {
  const { runs, send } = openRuns({ most: 10 })
  const ending = new AbortController()
  void send(1)
  const second = send(2, ending.signal)
  const third = send(3)
  ending.abort(new Error('too late'))
  // It does not wait for the run that is under way, and nothing keeps its body.
  await expect(second).rejects.toThrow('too late')
  runs[0]?.end()
  await expect.poll(() => runs).toHaveLength(2)
  expect(runs[1]?.items).toEqual([3])
  runs[1]?.end()
  expect(await third).toBe(30)
})

test('lanes run at the same time', () => {
  const { runs, send } = openRuns({ most: 10, lanes: 2 })
  for (const item of [1, 2, 3]) void send(item)
  expect(runs.map(({ items }) => items)).toEqual([[1], [2]])
})

test('a run that never ends holds up nothing once nobody waits for it', async () => {
  const { runs, send } = openRuns({ most: 10 })
  const [first, second] = [new AbortController(), new AbortController()]
  void send(0)
  const hung = Promise.allSettled([send(1, first.signal), send(2, second.signal)])
  runs[0]?.end()
  await expect.poll(() => runs).toHaveLength(2)
  const later = send(3)
  first.abort()
  // Somebody still waits for the other.
  expect(runs).toHaveLength(2)
  second.abort()
  expect(runs[2]?.items).toEqual([3])
  expect((await hung).map(({ status }) => status)).toEqual(['rejected', 'rejected'])

  // It ends after all, and gives back no lane a second time.
  runs[1]?.end()
  const last = send(4)
  await Promise.resolve()
  expect(runs).toHaveLength(3)
  runs[2]?.end()
  expect(await later).toBe(30)
  await expect.poll(() => runs).toHaveLength(4)
  runs[3]?.end()
  expect(await last).toBe(40)
})

test('what has its answer before it is sent is not sent', async () => {
  const { runs, send } = openRuns({ most: 10 })
  await expect(send(1, AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late')
  expect(runs).toEqual([])
})

test('a group has no more bytes than are given, and what is larger goes alone', async () => {
  const { runs, send } = openRuns({ most: 10, maxBytes: 100, bytesOf: (item) => item })
  const sent = [1, 60, 40, 1, 200, 30].map((item) => send(item))
  for (const [n, items] of [[1], [60, 40], [1], [200], [30]].entries()) {
    await expect.poll(() => runs).toHaveLength(n + 1)
    expect(runs[n]?.items).toEqual(items)
    runs[n]?.end()
  }
  expect(await Promise.all(sent)).toEqual([10, 600, 400, 10, 2000, 300])
})

// One after another, for drivers with one connection.
import { expect, onTestFinished, test, vi } from 'vitest'
import { createQueue } from '../src/port/index.ts'

test('work that throws at once is refused, and what comes after it runs', async () => {
  const queue = createQueue()
  const broken = queue((): Promise<never> => {
    throw new Error('at once')
  })
  await expect(broken).rejects.toThrow('at once')
  expect(await queue(async () => 'after')).toBe('after')
})

test('what has waited 10 s is refused with what to do, and never runs: its event is sent again', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const queue = createQueue()
  const ran: string[] = []
  const slow = Promise.withResolvers<string>()
  const first = queue(() => slow.promise)
  const second = expect(queue(async () => ran.push('second'))).rejects.toMatchObject({
    code: 'store_failed',
    message: expect.stringMatching(/kept the database for 10 s\. Nothing was written/),
  })
  await vi.advanceTimersByTimeAsync(9_999)
  const third = queue(async () => ran.push('third'))
  await vi.advanceTimersByTimeAsync(1)
  await second
  slow.resolve('first')
  // What runs has its time: the limit is on the waiting.
  expect(await first).toBe('first')
  await third
  expect(ran).toEqual(['third'])
})

// What waits leaves nothing behind: neither a timer, which keeps the process alive, nor a listener, which piles up.
import { getEventListeners } from 'node:events'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { sleep } from '../../src/clerk-api/sleep.ts'
import { joined, untilAborted } from '../../src/port/until-aborted.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('a wait that is over leaves no listener', async () => {
  const { signal } = new AbortController()
  const over = sleep(1000, signal)
  expect(getEventListeners(signal, 'abort')).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(999)
  expect(getEventListeners(signal, 'abort')).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(1)
  await over
  expect(getEventListeners(signal, 'abort')).toEqual([])
})

test('a wait that is given up rejects at once with the reason, and leaves no timer', async () => {
  const controller = new AbortController()
  const given = sleep(1000, controller.signal)
  expect(vi.getTimerCount()).toBe(1)
  controller.abort(new Error('enough'))
  await expect(given).rejects.toThrow('enough')
  expect(vi.getTimerCount()).toBe(0)
})

test('nothing is begun that was given up before, and without a signal all is waited for', async () => {
  const work = vi.fn(async () => 'done')
  await expect(untilAborted(AbortSignal.abort(new Error('enough')), work)).rejects.toThrow('enough')
  expect(work).not.toHaveBeenCalled()
  expect(await untilAborted(undefined, work)).toBe('done')
})

test('work that fails by itself says why, and leaves no listener', async () => {
  const { signal } = new AbortController()
  await expect(untilAborted(signal, () => Promise.reject(new Error('refused')))).rejects.toThrow('refused')
  expect(getEventListeners(signal, 'abort')).toEqual([])
})

test('of two signals, either ends the wait; where there is one, it is that', () => {
  const [one, other] = [new AbortController(), new AbortController()]
  expect(joined(undefined, other.signal)).toBe(other.signal)
  const [byOne, byOther] = [
    joined(one.signal, new AbortController().signal),
    joined(new AbortController().signal, other.signal),
  ]
  expect([byOne.aborted, byOther.aborted]).toEqual([false, false])
  one.abort()
  other.abort()
  expect([byOne.aborted, byOther.aborted]).toEqual([true, true])
})

test('work that is given up goes on, nobody waits for it, and no listener is left', async () => {
  const controller = new AbortController()
  const given = untilAborted(controller.signal, () => new Promise<never>(() => {}))
  controller.abort(new Error('enough'))
  await expect(given).rejects.toThrow('enough')
  expect(getEventListeners(controller.signal, 'abort')).toEqual([])
})

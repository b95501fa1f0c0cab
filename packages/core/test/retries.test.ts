import { expect, test } from 'vitest'
import { withRetries } from '../src/port/index.ts'

const deadlock = Object.assign(new Error('deadlock detected'), { code: '40P01' })

test('a transaction that is refused in passing is run again, until the signal is aborted', async () => {
  const controller = new AbortController()
  let runs = 0
  const run = async () => {
    if (++runs === 3) controller.abort(new Error('too late'))
    throw deadlock
  }
  await expect(withRetries(run, undefined, controller.signal)).rejects.toThrow('too late')
  expect(runs).toBe(3)
})

test('an attempt that gets no answer ends with the signal', async () => {
  const controller = new AbortController()
  const silent = withRetries(() => new Promise<never>(() => {}), undefined, controller.signal)
  controller.abort(new Error('too late'))
  await expect(silent).rejects.toThrow('too late')
})

test('nothing begins once the signal is aborted', async () => {
  let runs = 0
  await expect(withRetries(async () => ++runs, undefined, AbortSignal.abort(new Error('too late')))).rejects.toThrow(
    'too late',
  )
  expect(runs).toBe(0)
})

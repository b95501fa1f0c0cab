// One after another, for drivers with one connection.
import { expect, test } from 'vitest'
import { createQueue } from '../src/port/index.ts'

test('work that throws at once is refused, and what comes after it runs', async () => {
  const queue = createQueue()
  const broken = queue((): Promise<never> => {
    throw new Error('at once')
  })
  await expect(broken).rejects.toThrow('at once')
  expect(await queue(async () => 'after')).toBe('after')
})

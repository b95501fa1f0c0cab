import { expect, test, vi } from 'vitest'

/** As in a process of its own: what one knows of its attempts, another does not. */
async function momentsOfAProcess(count: number): Promise<number[]> {
  vi.resetModules()
  const { withOwnMoment } = await import('../src/sql/once-in-transaction.ts')
  const attempts = Array.from({ length: count }, () => withOwnMoment(async (at) => at.getTime())())
  return Promise.all(attempts)
}

test('two processes that try a message in the same millisecond know their claims apart', async () => {
  const now = vi.spyOn(Date, 'now').mockReturnValue(1_760_000_000_000)
  const [one, other] = [await momentsOfAProcess(20), await momentsOfAProcess(20)]
  now.mockRestore()
  expect(one).not.toEqual(other)
  expect(new Set(one).size).toBe(20)
  for (const moment of [...one, ...other]) expect(Math.abs(1_760_000_000_000 - moment)).toBeLessThanOrEqual(1_000)
})

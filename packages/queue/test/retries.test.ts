import { expect, test } from 'vitest'
import { retriesTakeS, retryDelayS } from '../src/retries.ts'

const SQS_LONGEST_S = 12 * 3600

test('15 attempts take about 23 hours, and no wait is refused by SQS, whose 12 hours begin with the receipt', () => {
  expect(retriesTakeS(15) / 3600).toBeCloseTo(22.4, 1)
  expect(retriesTakeS(1)).toBe(0)
  expect([1, 2, 3].map(retryDelayS)).toEqual([5, 10, 20])
  for (const attempt of [14, 15, 50, 1000]) expect(retryDelayS(attempt)).toBeLessThanOrEqual(SQS_LONGEST_S - 3600)
})

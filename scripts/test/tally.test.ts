import { expect, test } from 'vitest'
import { tally } from '../tally.mjs'

const file = (name: string, statuses: string[], status = statuses.includes('failed') ? 'failed' : 'passed') => ({
  name: `/repo/${name}`,
  status,
  assertionResults: statuses.map((one) => ({ status: one })),
})
const count = (...testResults: ReturnType<typeof file>[]) => tally({ testResults }, '/repo', ['packages/core'])

test('passed and failed are counted', () => {
  const report = count(file('packages/core/test/a.test.ts', ['passed', 'failed', 'passed']))
  expect(report).toEqual({ passed: 2, failed: 1, skipped: 0, complaints: [] })
})

test.each(['pending', 'skipped', 'todo', 'disabled'])('%s counts as skipped', (status) => {
  expect(count(file('packages/core/test/a.test.ts', ['passed', status]))).toMatchObject({ passed: 1, skipped: 1 })
})

test('a file that cannot be loaded is a failure, although no test of it failed', () => {
  const { complaints } = count(file('packages/core/test/a.test.ts', [], 'failed'))
  expect(complaints).toHaveLength(1)
})

test('a folder that ran nothing is a failure', () => {
  expect(count(file('packages/core-too/test/a.test.ts', ['passed'])).complaints).toEqual(['packages/core ran no test.'])
})

import { ClerkSyncError } from '@clerk-sync/core'
import { checkOptions, prop } from '@clerk-sync/core/adapter'
import type { Harness, SuiteOptions } from './harness.ts'

const METHODS = [
  'adapter',
  'read',
  'insert',
  'effect',
  'failingStatement',
] as const satisfies readonly (keyof Harness)[]
const CAPABILITIES = ['transactions', 'parallel', 'datePrecisionMs', 'isolationLevels', 'tombstones']
const TRANSACTIONS: readonly unknown[] = ['interactive', 'synchronous', 'none']

/** What the compiler refuses, for those who have none: otherwise each test of the suite would fail by itself. */
export function checkHarness(harness: unknown): void {
  const need = (holds: boolean, message: string) => {
    if (!holds) throw new ClerkSyncError('config_invalid', `testAdapter: ${message}`)
  }
  need(typeof harness === 'object' && harness !== null, 'the harness comes first: testAdapter(harness, { schedules }).')
  need(typeof prop(harness, 'upsert') !== 'function', 'it takes a harness, and was given an adapter: see the README.')
  for (const method of METHODS) need(typeof prop(harness, method) === 'function', `the harness needs ${method}().`)
  need(typeof prop(harness, 'name') === 'string', 'the harness needs a name, for titles.')
  const runner = prop(harness, 'runner')
  need(
    typeof prop(runner, 'describe') === 'function' && typeof prop(runner, 'it') === 'function',
    "the harness needs its runner: { describe, it } of vitest, or another test runner's.",
  )
  const capabilities = prop(harness, 'capabilities')
  checkOptions("testAdapter: the harness's capabilities", capabilities, CAPABILITIES)
  need(
    TRANSACTIONS.includes(prop(capabilities, 'transactions')),
    "capabilities.transactions is 'interactive', 'synchronous' or 'none'.",
  )
  need(Array.isArray(prop(capabilities, 'isolationLevels')), 'capabilities.isolationLevels is a list, [] for none.')
  const sql = prop(harness, 'sql')
  need(sql === undefined || typeof prop(sql, 'send') === 'function', 'sql needs send(), to send a statement as a hook.')
  const triggers = prop(harness, 'triggers')
  need(
    triggers === 'none' || ['touch', 'drop', 'takeBack'].every((name) => typeof prop(triggers, name) === 'function'),
    "the harness needs triggers: { touch, drop, takeBack }, or 'none'.",
  )
}

export function checkSuiteOptions(options: SuiteOptions): void {
  checkOptions('testAdapter', options, ['schedules', 'orders', 'seed'], { count: 'schedules', runs: 'schedules' })
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || (Number.isSafeInteger(value) && value >= 0)) continue
    throw new ClerkSyncError('config_invalid', `testAdapter: ${name} must be a whole number.`)
  }
  if (options.orders === 0) {
    throw new ClerkSyncError('config_invalid', 'testAdapter: orders must be at least 1: no order would prove nothing.')
  }
}

import { testAdapter } from '@clerk-sync/adapter-testkit'
import { memoryAdapter } from '@clerk-sync/core/memory'
import { expect, it } from 'vitest'
import { memoryHarness } from './memory-harness.ts'

const runner = { describe: () => {}, it: () => {} }
const harness = { ...memoryHarness({ runner } as never), runner }

it.for<[string, unknown, unknown, RegExp]>([
  ['nothing', undefined, {}, /the harness comes first/],
  ['an adapter', memoryAdapter({}), {}, /takes a harness, and was given an adapter/],
  ['a harness without read', { ...harness, read: undefined }, {}, /the harness needs read\(\)/],
  ['a harness without a runner', { ...harness, runner: {} }, {}, /needs its runner: \{ describe, it \}/],
  [
    'a capability that is none',
    { ...harness, capabilities: { ...harness.capabilities, paralel: true } },
    {},
    /did you mean "parallel"/,
  ],
  [
    'other transactions',
    { ...harness, capabilities: { ...harness.capabilities, transactions: true } },
    {},
    /transactions is/,
  ],
  ['no triggers', { ...harness, triggers: undefined }, {}, /needs triggers: \{ touch, drop, takeBack \}, or 'none'/],
  ['count for schedules', harness, { count: 5 }, /no option "count": did you mean "schedules"/],
  ['orders: 0', harness, { orders: 0 }, /orders must be at least 1/],
  ['schedules: "many"', harness, { schedules: 'many' }, /schedules must be a whole number/],
])('testAdapter given %s says so at once', ([, given, options, message]) => {
  expect(() => Reflect.apply(testAdapter, undefined, [given, options])).toThrow(message)
})

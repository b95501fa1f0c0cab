// Which rows reconcile takes for lost, stale or revived, by the versions and values alone.
import { describe, expect, test } from 'vitest'
import { type DriftContext, findDrift } from '../../src/clerk-api/find-drift.ts'
import type { Snapshot } from '../../src/entities/define-entity.ts'
import { keptVersion } from '../../src/port/kept.ts'
import type { Scanned, Upsert } from '../../src/port/sync-adapter.ts'
import { DELETED, NO_VERSION } from '../../src/port/version.ts'

const NOW = 1_760_000_000_000
const HOUR = 3_600_000
/** When Clerk has changed it. */
const AT = NOW - HOUR
const GRACE = 300_000

const version = (updatedAt: number | string, occurredAt: number) => `${updatedAt}${occurredAt}1000000`
const READ = version(AT, NOW)
const DISCOVERED = `9${String(AT).padEnd(33, '9')}`

const context = (more: Partial<DriftContext> = {}): DriftContext => ({
  entity: 'user',
  now: NOW,
  graceMs: GRACE,
  isBeside: false,
  parts: new Map(),
  ...more,
})
const snapshot = (updated_at = AT): Snapshot => ({ id: 'user_1', updated_at })
const change = (more: Partial<Upsert> = {}): Upsert => ({
  kind: 'upsert',
  entity: 'user',
  key: 'user_1',
  version: READ,
  values: { name: 'Ada', plan: undefined },
  ...more,
})
const row = (of: string, more: Partial<Scanned> = {}): Scanned => ({
  key: 'user_1',
  version: of,
  deleted: false,
  synced: true,
  row: { name: 'Ada', plan: 'of the application' },
  ...more,
})
const other = { row: { name: 'Eve' } }

test('a row that is not there is missing, as old as what Clerk has of it', () => {
  const found = findDrift(context(), snapshot(), change(), undefined)
  expect(found).toEqual({ kind: 'missing', entity: 'user', id: 'user_1', ageMs: HOUR, pending: false })
})

test.each([
  [NOW - GRACE, GRACE, false],
  [NOW - GRACE + 1, GRACE - 1, true],
  [NOW + HOUR, 0, true],
])('what Clerk has changed at %i is %i ms old, pending %s', (updatedAt, ageMs, pending) => {
  expect(findDrift(context(), snapshot(updatedAt), change(), undefined)).toMatchObject({ ageMs, pending })
})

describe.each([
  ['in the row', false],
  ['beside the table', true],
])('a tombstone, with its version %s,', (_, isBeside) => {
  test.each<[what: string, version: string, revived: boolean]>([
    ['of an event', version(DELETED, AT), false],
    ['that a read made, in a row or of what was kept', DISCOVERED, true],
    ['that an event made of what was kept', keptVersion(version(AT, AT)), false],
    ['that a read made, or of what went with its owner', version(AT, AT), isBeside],
  ])('%s', (_, of, revived) => {
    const found = findDrift(context({ isBeside }), snapshot(), change(), row(of, { deleted: true }))
    expect(found?.kind).toBe(revived ? 'revived' : undefined)
  })
})

describe('a row', () => {
  test.each<[what: string, of: string, more: object, columns: readonly string[] | undefined]>([
    ['of the version that was read is not stale, whatever is in it', READ, other, undefined],
    ['of a newer version is not stale, whatever is in it', version(AT, NOW + 1), other, undefined],
    ['of an older change is stale, though nothing differs', version(AT - 1, NOW), {}, []],
    ['of an older change is stale, and says what differs', version(AT - 1, NOW), other, ['name']],
    ['of the same change is not stale where nothing differs', version(AT, AT), {}, undefined],
    ['of the same change is stale where something differs', version(AT, AT), other, ['name']],
    ['that no event has reached is stale, though nothing differs', NO_VERSION, {}, []],
    ['of which no values were read differs in what is mapped', version(AT, AT), { row: undefined }, ['name']],
  ])('%s', (_, of, more, columns) => {
    const found = findDrift(context(), snapshot(), change(), row(of, more))
    expect(found).toEqual(
      columns && { kind: 'stale', entity: 'user', id: 'user_1', ageMs: HOUR, pending: false, columns },
    )
  })
})

describe('of what Clerk gives no time', () => {
  const item = (more: object = {}): Snapshot => ({ id: 'subi_1', ...more })
  const items = context({ entity: 'subscriptionItem' })
  const of = version(AT - 2 * HOUR, AT - HOUR)

  test('a row is not stale for its version, which is always older', () => {
    expect(findDrift(items, item(), change(), row(of))).toBeUndefined()
    expect(findDrift(items, item(), change(), row(NO_VERSION))).toMatchObject({ kind: 'stale', columns: [] })
  })

  test('it is as old as the row, or as what it is of where that began later or there is none', () => {
    const ageOf = (began: number, found?: Scanned) =>
      findDrift(items, item({ period_start: began }), change(), found)?.ageMs
    expect(ageOf(AT - 9 * HOUR, row(of, other))).toBe(2 * HOUR)
    expect(ageOf(AT, row(of, other))).toBe(HOUR)
    expect(ageOf(AT)).toBe(HOUR)
    expect(findDrift(items, item(), change(), undefined)?.ageMs).toBe(NOW)
  })
})

describe('parts', () => {
  const email = (id: string, address: string) => ({ id, values: { address, label: undefined } })
  const mapped = { emailAddresses: [email('idn_1', 'a@x.org'), email('idn_2', 'b@x.org')] }
  const find = (stored: object | undefined, parts: object | undefined = mapped) =>
    findDrift(
      context({ parts: new Map(stored && [['user_1', stored as never]]) }),
      snapshot(),
      change(parts && { parts: parts as never }),
      row(version(AT, AT)),
    )?.columns

  test.each<[what: string, stored: object | undefined, differ: boolean]>([
    ['the same in another order', { emailAddress: [...mapped.emailAddresses].reverse() }, false],
    ['one less', { emailAddress: mapped.emailAddresses.slice(1) }, true],
    ['one more', { emailAddress: [...mapped.emailAddresses, email('idn_3', 'c@x.org')] }, true],
    ['another one', { emailAddress: [email('idn_3', 'a@x.org'), email('idn_2', 'b@x.org')] }, true],
    ['another value', { emailAddress: [email('idn_1', 'a@x.org'), email('idn_2', 'c@x.org')] }, true],
    ['none', {}, true],
    ['nothing read of them', undefined, true],
  ])('%s', (_, stored, differ) => {
    expect(find(stored, { emailAddress: mapped.emailAddresses })).toEqual(differ ? ['emailAddresses'] : undefined)
  })

  test('that are not mapped are not compared', () => {
    expect(find({ emailAddress: mapped.emailAddresses }, undefined)).toBeUndefined()
    expect(find({ emailAddress: mapped.emailAddresses }, { phoneNumber: [] })).toBeUndefined()
  })
})

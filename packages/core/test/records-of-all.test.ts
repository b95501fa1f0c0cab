// Of each entity and of each part: what Clerk sends is in the record, and what it leaves out is null there, or false.
import { describe, expect, test } from 'vitest'
import { entities } from '../src/entities/all-entities.ts'
import type { EntityDefinition, Snapshot } from '../src/entities/define-entity.ts'
import { partDefinitionOf, partsIn } from '../src/entities/parts/all-parts.ts'
import { PART_NAMES } from '../src/entities/parts/part-names.ts'
import { valueAt } from '../src/entities/value-at.ts'

type Json = Snapshot & Readonly<Record<string, unknown>>
interface Recorded {
  readonly name: string
  readonly full: Json
  /** The paths to what Clerk sends always. */
  readonly always: readonly (readonly string[])[]
  record(json: object): object
}

const OF_ENTITIES = (Object.values(entities) as readonly EntityDefinition[]).map(
  ({ name, samples, requires, toRecord }): Recorded => ({
    name,
    full: samples.full,
    always: [['id'], ...requires],
    record: (json) => toRecord(json as never),
  }),
)
const OF_PARTS = PART_NAMES.map((part): Recorded => {
  const { name, samples, toRecord } = partDefinitionOf(part)
  const always = [['id'], ['user_id']]
  return { name, full: samples.full, always, record: (json) => toRecord(json as never) }
})

const FLAGS = new Set([
  ...['banned', 'locked', 'emailVerified', 'verified', 'isPrimary', 'reservedForSecondFactor', 'defaultSecondFactor'],
  ...['isCreatorEligible', 'isLocked', 'isFreeTrial'],
])
const RAISED = {
  ...{ banned: true, locked: true, is_locked: true, is_primary: true, is_creator_eligible: true, is_free_trial: true },
  ...{ reserved_for_second_factor: true, default_second_factor: true },
}

/** With another value at a path, and all that is left as it is. */
function withValue(json: object, [first = '', ...rest]: readonly string[], value: unknown): object {
  const inner: unknown = Reflect.get(json, first)
  return { ...json, [first]: rest.length > 0 ? withValue(Object(inner), rest, value) : value }
}

describe.each([...OF_ENTITIES, ...OF_PARTS])('$name', ({ full, always, record }) => {
  test('has all that Clerk sends', () => {
    const { organizationId = 'org_1', ...fields } = record({ ...full, ...RAISED }) as { organizationId?: string | null }
    // Whoever pays is a user or an organization.
    expect(organizationId === null ? fields : organizationId).toSatisfy(
      (value) => typeof value === 'string' || 'payerId' in (value as object),
    )
    for (const [field, value] of Object.entries(fields)) {
      if (FLAGS.has(field)) expect(value, field).toBe(true)
      else expect(['string', 'number', 'object'], field).toContain(value === null ? 'null' : typeof value)
    }
  })

  test.each([undefined, null, ''])('has nothing where Clerk sends %j', (nothing) => {
    // What is no text is never empty.
    const left = (value: unknown) => (nothing === '' && typeof value !== 'string' ? null : nothing)
    let json: object = Object.fromEntries(Object.entries(full).map(([field, value]) => [field, left(value)]))
    for (const path of always) json = withValue(json, path, valueAt(full, path))
    const sent = new Set(always.map((path) => valueAt(full, path)))
    for (const [field, value] of Object.entries(record(json))) {
      if (!sent.has(value)) expect(value, field).toBe(FLAGS.has(field) ? false : null)
    }
  })
})

const FROM_API = Object.entries<EntityDefinition>(entities as never).flatMap(([name, { fromApi, samples }]) =>
  fromApi ? [{ name, fromApi, full: samples.full }] : [],
)

test.each(FROM_API)('$name is read from the Backend API also where that leaves out what is not there', (given) => {
  const { fromApi, full } = given
  for (const nothing of [undefined, null]) {
    const json = Object.fromEntries(Object.keys(full).map((field) => [field, nothing]))
    const more = { next_payment: nothing, lifetime_paid: nothing, plan: { fee: nothing }, totals: nothing }
    expect(fromApi({ ...json, ...more, id: 'of_1' }, {})).toMatchObject({ id: 'of_1' })
  }
})

test('of the parts of a user, the primary one is the last, and each says whether it is', () => {
  const owner = { id: 'user_1', primary_email_address_id: 'idn_1' }
  const email_addresses = ['idn_1', 'idn_2', 'idn_3'].map((id) => ({ id }))
  expect(partsIn('emailAddress', { ...owner, email_addresses } as never)).toEqual([
    { id: 'idn_2', user_id: 'user_1', is_primary: false },
    { id: 'idn_3', user_id: 'user_1', is_primary: false },
    { id: 'idn_1', user_id: 'user_1', is_primary: true },
  ])
  expect(partsIn('externalAccount', { ...owner, external_accounts: [{ id: 'eac_1' }] } as never)).toEqual([
    { id: 'eac_1', user_id: 'user_1', is_primary: null },
  ])
})

test.each(PART_NAMES)('a %s that Clerk has not verified is not', (part) => {
  const { samples, toRecord } = partDefinitionOf(part)
  const unverified = { ...samples.full, verification: { status: 'unverified', strategy: 'admin' } }
  expect(toRecord(unverified as never)).toMatchObject({ verified: false })
})

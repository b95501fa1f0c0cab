// Which row of the application is a user's, by our own comparison alone: the wrong one is an account taken over.
import { describe, expect, test } from 'vitest'
import { isNone, keepingValues } from '../src/linking/kept-values.ts'
import type { LinkRules } from '../src/linking/link-options.ts'
import { comparedAddress, comparedValue, explainClash, matchOf, type Wanted, wantedOf } from '../src/linking/match.ts'
import type { LinkCandidate } from '../src/port/linking.ts'
import { isComparable } from '../src/port/linking.ts'

const rules = (more: Partial<LinkRules> = {}): LinkRules => ({
  by: 'email',
  column: 'email',
  proven: (row) => Reflect.get(row, 'proven') === true,
  adminVerified: false,
  overwrite: false,
  ...more,
})
const address = (email_address: unknown, status?: string, strategy = 'email_code') => ({
  email_address,
  verification: status === undefined ? null : { status, strategy },
})

describe('what a user is looked for by', () => {
  test.each<[what: string, addresses: unknown, more: Partial<LinkRules>, values: string[], unverified: string[]]>([
    ['verified addresses, in lower case', [address('Ada@X.org', 'verified')], {}, ['ada@x.org'], []],
    ['not those that are unverified', [address('ada@x.org', 'unverified')], {}, [], ['ada@x.org']],
    ['not those without a verification', [address('ada@x.org')], {}, [], ['ada@x.org']],
    ['not those of an administrator', [address('ada@x.org', 'verified', 'admin')], {}, [], ['ada@x.org']],
    ['those too, if asked', [address('a@x.org', 'verified', 'admin')], { adminVerified: true }, ['a@x.org'], []],
    ['not unverified ones of them', [address('a@x.org', 'failed', 'admin')], { adminVerified: true }, [], ['a@x.org']],
    ['each once', [address('a@x.org', 'verified'), address('A@x.org', 'verified')], {}, ['a@x.org'], []],
    ['not what is no address', [address('', 'verified'), address(5, 'verified'), address(null)], {}, [], []],
    ['not letters that become ASCII', [address('\u212Aay@x.org', 'verified'), address('\u212Aay@x.org')], {}, [], []],
    ['nothing where there are none', undefined, {}, [], []],
  ])('%s', (_, email_addresses, more, values, unverified) => {
    expect(wantedOf({ id: 'user_1', email_addresses }, rules(more))).toEqual({ id: 'user_1', values, unverified })
  })

  test.each<[external_id: unknown, values: readonly string[]]>([
    ['l_1', ['l_1']],
    [7, ['7']],
    [0, ['0']],
    ['', []],
    [null, []],
    [undefined, []],
  ])('an external id of %o', (external_id, values) => {
    const wanted = wantedOf({ id: 'user_1', external_id }, rules({ by: 'external_id' }))
    expect(wanted).toEqual({ id: 'user_1', values, unverified: [] })
  })

  test('a function of what Clerk has, without what the user wrote, and of the record', () => {
    const user = { id: 'user_1', email_addresses: [], unsafe_metadata: { id: 'l_9' }, public_metadata: { id: 'l_1' } }
    const seen: unknown[] = []
    const by = (...given: unknown[]) => {
      seen.push(...given)
      return 7
    }
    expect(wantedOf(user, rules({ by: by as never }))).toEqual({ id: 'user_1', values: ['7'], unverified: [] })
    expect(seen).toEqual([
      { id: 'user_1', email_addresses: [], public_metadata: { id: 'l_1' } },
      expect.objectContaining({ id: 'user_1', email: null }),
    ])
  })

  test.each<[given: unknown, compared: string | undefined]>([
    ['Ada@X.org', 'ada@x.org'],
    ['JOSÉ@x.org', 'josé@x.org'],
    ['\u212Aay@x.org', undefined],
    ['a\x7f@x.org', 'a\x7f@x.org'],
    ['', undefined],
    [5, undefined],
  ])('%o is compared as %o', (given, compared) => {
    expect(comparedAddress(given)).toBe(compared)
  })

  test('any other value is compared as it is', () => {
    expect([comparedValue('L_1', { by: 'external_id' }), comparedValue('A@x.org', { by: 'email' })]).toEqual([
      'L_1',
      'a@x.org',
    ])
  })
})

describe('which row is the user’s', () => {
  const row = (value: string, proven = true, key: string | null = null): LinkCandidate => ({
    value,
    key,
    row: { proven, at: `${value} ${key}` },
  })
  const ada: Wanted = { id: 'user_1', values: ['ada@x.org', 'ada@y.org'], unverified: ['ada@z.org'] }
  type Found = readonly LinkCandidate[]
  const [own, old, other] = [row('Ada@x.org'), row('ada@x.org', false), row('ada@z.org')]

  test.each<[what: string, found: Found, match: object, waiting: Found]>([
    ['the one that has a verified address', [own], { is: 'match', row: own }, [own]],
    ['none where there is none', [], { is: 'none' }, []],
    ['none of what only a database takes for the same', [row('ada@x.örg'), row('adá@x.org')], { is: 'none' }, []],
    ['none of two', [own, row('ada@y.org')], { is: 'clash', why: 'several_rows' }, [own, row('ada@y.org')]],
    ['the proven one of two', [old, own], { is: 'match', row: own }, [old, own]],
    ['none that is not proven', [old], { is: 'clash', why: 'row_unproven' }, [old]],
    ['none of an unverified address', [other], { is: 'clash', why: 'address_unverified' }, [other]],
    ['the verified one beside it', [other, own], { is: 'match', row: own }, [own, other]],
    [
      'none of two unproven',
      [old, row('ada@y.org', false)],
      { is: 'clash', why: 'row_unproven' },
      [old, row('ada@y.org', false)],
    ],
    ['none that another user has', [row('ada@x.org', true, 'user_2')], { is: 'clash', why: 'row_taken' }, []],
    ['the own one is no clash', [row('ada@x.org', true, 'user_1')], { is: 'none' }, []],
    [
      'the one that waits, beside one that is taken',
      [row('ada@y.org', true, 'user_2'), own],
      { is: 'match', row: own },
      [own],
    ],
    ['none by an unverified address that another has', [row('ada@z.org', true, 'user_2')], { is: 'none' }, []],
  ])('%s', (_, found, match, waiting) => {
    expect(matchOf(ada, found, rules())).toEqual({ ...match, waiting })
  })

  test.each(['yes', 1, {}, undefined])('none that is proven by %o, which is no true', (proven) => {
    const match = matchOf(ada, [own], rules({ proven: (() => proven) as never }))
    expect(match).toMatchObject({ is: 'clash', why: 'row_unproven' })
  })

  test('none without a value, which rows without one have as well', () => {
    expect(matchOf({ id: 'user_1', values: [], unverified: [] }, [row('')], rules())).toMatchObject({ is: 'none' })
  })
})

test.each([
  ['several_rows', /^several rows .* match by legacyId: leave one/],
  ['several_users', /^several users match one row by legacyId: let the function tell them apart/],
  ['address_unverified', /^a row .* that the user has not verified in Clerk/],
  ['row_unproven', /has the user's legacyId, and link\.proven says/],
  ['row_taken', /user's legacyId has another user's Clerk id/],
  ['user_has_row', /has a row already, and the one that matches by legacyId is left over/],
  ['row_changed', /matches by legacyId was changed meanwhile: run it again/],
] as const)('why a user was not linked is said: %s', (why, said) => {
  expect(explainClash(why, rules({ column: 'legacyId' }))).toMatch(said)
})

describe('a row that was linked', () => {
  test('keeps what Clerk does not have, and takes the rest', () => {
    const values = { a: 'Clerk', b: null, c: '', d: null, e: null, f: 0, g: '' }
    const stored = { a: 'own', b: 'own', c: 'own', d: '', f: 5, g: null, h: 'own' }
    const change = { kind: 'upsert', key: 'user_1', values } as never
    expect(keepingValues(change, stored)).toEqual({
      kind: 'upsert',
      key: 'user_1',
      values: { a: 'Clerk', b: 'own', c: 'own', d: null, e: null, f: 0, g: '' },
    })
    expect([null, '', 0, false, undefined].map(isNone)).toEqual([true, true, false, false, false])
  })

  test.each<[value: unknown, compared: boolean]>([
    [true, true],
    [false, true],
    [5, true],
    [0, true],
    [1.5, false],
    [2 ** 53, false],
    [Number.NaN, false],
    ['5', false],
    [5n, false],
    [null, false],
    [new Date(0), false],
    [{}, false],
  ])('was seen with %o, which is compared when it gets its id: %s', (value, compared) => {
    expect(isComparable(value)).toBe(compared)
  })
})

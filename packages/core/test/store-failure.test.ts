// What the operator reads when the database refuses a write.
import { describe, expect, test } from 'vitest'
import { explainTrouble, storeFailure } from '../src/delivery/store-failure.ts'
import { ClerkSyncError } from '../src/index.ts'
import type { Change, Fault, Refusal, TroubleKind } from '../src/port/index.ts'
import { deleted, envelope, membership, user } from './fixtures/payloads.ts'
import { signed } from './fixtures/signing.ts'
import { syncOf } from './fixtures/sync.ts'

const USER = envelope('user.created', user())
const DELETE = envelope('user.deleted', deleted('user_1'))
const MEMBERSHIP = envelope('organizationMembership.created', membership())

const refused = (code: string, fields: object = {}) => Object.assign(new Error('refused'), { code, ...fields })
const unique = refused('23505', { constraint: 'users_email_key' })
const rejoined = /no member who left can come back/

async function errorOf(body: string, error: unknown): Promise<ClerkSyncError> {
  const result = await syncOf({}, { call: () => Promise.reject(error) }).receive({ headers: signed(body), body })
  if (result.ok) throw new Error('It was acknowledged.')
  return result.error
}

test.for<[string, string, Error, string, RegExp, boolean]>([
  ['a value that is taken names the index', USER, unique, 'unique_conflict', /The index is users_email_key\./, false],
  ['for a membership, it says who may have left', MEMBERSHIP, unique, 'unique_conflict', /The index is/, true],
  ['a reference that is missing', MEMBERSHIP, refused('23503'), 'reference_missing', /./, false],
  [
    'a column that takes no NULL, on a delete',
    DELETE,
    refused('23502', { column: 'email' }),
    'value_refused',
    /email is NOT NULL\. Nothing was written\. A delete empties.*map\.deletedUser/,
    false,
  ],
  [
    'a column that takes no NULL, on an upsert',
    USER,
    refused('23502', { column: 'email' }),
    'value_refused',
    /email is NOT NULL\. Nothing was written\. Return what the table takes from map\.user/,
    false,
  ],
  [
    'a constraint',
    USER,
    refused('23514', { constraint: 'reachable' }),
    'value_refused',
    /the constraint reachable forbids it/,
    false,
  ],
  [
    'a reference that is missing names the foreign key',
    USER,
    refused('23503', { constraint: 'users_org_fkey' }),
    'reference_missing',
    /The foreign key is users_org_fkey\./,
    false,
  ],
  [
    "a foreign key of MySQL's",
    USER,
    Object.assign(
      new Error(
        'Cannot add or update a child row: a foreign key constraint fails (`db`.`users`, CONSTRAINT `users_org` FOREIGN KEY (`org_id`) REFERENCES `orgs` (`id`))',
      ),
      { errno: 1452 },
    ),
    'reference_missing',
    /The foreign key is users_org\./,
    false,
  ],
  [
    "a trigger of SQLite's",
    USER,
    Object.assign(new Error('ada@example.com is not allowed'), { code: 'SQLITE_CONSTRAINT_TRIGGER' }),
    'value_refused',
    /stored: a trigger raised an error(?!.*ada@)/,
    false,
  ],
  [
    'a database that does not exist is a matter of the URL',
    USER,
    Object.assign(new Error('database "prod" does not exist'), { code: '3D000' }),
    'store_failed',
    /refused the login: database "prod" does not exist\. Check the user, the password and the database in the/,
    false,
  ],
  [
    'a database that takes no writes',
    USER,
    Object.assign(new Error('attempt to write a readonly database'), { code: 'SQLITE_READONLY' }),
    'store_failed',
    /takes no writes: attempt to write a readonly database\. Connect to the primary(?!.*row-level)/,
    false,
  ],
  [
    'a unique index that is missing',
    USER,
    refused('42P10'),
    'store_failed',
    /lacks what the statement names: refused\. Run your migrations; clerkSync\.check\(\)/,
    false,
  ],
  [
    "a column that SQLite misses, without the statement's own alias",
    USER,
    new Error('table t has no column named email'),
    'store_failed',
    /the statement names: table has no column named email\./,
    false,
  ],
  ['a network', MEMBERSHIP, refused('ECONNREFUSED'), 'store_failed', /./, false],
])('%s', async ([, body, cause, code, message, isAboutRejoining]) => {
  const error = await errorOf(body, cause)
  expect(error).toMatchObject({ code, cause, message: expect.stringMatching(message) })
  expect(rejoined.test(error.message)).toBe(isAboutRejoining)
})

test("an adapter's own error stays as it is, and for a membership that clashes it is explained, with its cause", async () => {
  const cause = new Error('below')
  const own = new ClerkSyncError('unique_conflict', 'of the adapter.', { cause })
  expect(await errorOf(USER, own)).toBe(own)
  const lost = new ClerkSyncError('store_failed', 'of the adapter.', { cause })
  expect(await errorOf(MEMBERSHIP, lost)).toBe(lost)
  const explained = await errorOf(MEMBERSHIP, own)
  expect(explained).toMatchObject({ code: 'unique_conflict', cause })
  expect(explained.message).toMatch(rejoined)
})

const upsert = { kind: 'upsert', entity: 'user', key: 'user_1', version: '1', values: {} } as const satisfies Change
const remove = (mode: 'erase' | 'keep' | 'remove'): Change =>
  ({ kind: 'delete', mode, entity: 'user', key: 'user_1', version: '1', deletedAt: new Date(0), values: {} }) as const

describe('why nothing can be stored, and what to do', () => {
  test.each<[kind: TroubleKind, message: string]>([
    [
      'away',
      'the database cannot be reached, or ended the connection: in its words. See that it is there, and that the connection URL is right.',
    ],
    [
      'login',
      'the database refused the login: in its words. Check the user, the password and the database in the connection URL.',
    ],
    [
      'missing',
      'the database lacks what the statement names: in its words. Run your migrations; clerkSync.check() lists what is missing.',
    ],
    [
      'forbidden',
      'the database does not allow it: in its words. Grant select, insert and update on the table to the role that the application connects with.',
    ],
    [
      'read_only',
      'the database takes no writes: in its words. Connect to the primary: a replica, and a file without the right to write, take none.',
    ],
    [
      'generated',
      'the database fills a column itself, and refuses a value for it: in its words. Take the column out of what the adapter lists and the map returns; clerkSync.check() names it.',
    ],
    ['full', 'the database has no room left: in its words.'],
  ])('%s', (kind, message) => {
    for (const sentence of ['in its words', 'in its words.']) {
      expect(explainTrouble({ kind, sentence })).toBe(message)
    }
  })

  const forbidden = (sentence: string, change?: Change) => explainTrouble({ kind: 'forbidden', sentence }, change)

  test('the privileges are those that the change needs', () => {
    expect(forbidden('denied', remove('remove'))).toMatch(/Grant select, insert, update and delete on the table/)
    for (const change of [undefined, upsert, remove('erase'), remove('keep')]) {
      expect(forbidden('denied', change)).toMatch(/Grant select, insert and update on the table/)
    }
  })

  test('a policy is one for what was written', () => {
    const policy = 'new row violates row-level security policy for table "users"'
    expect(forbidden(policy, remove('erase'))).toMatch(/policy that lets this role write a deleted row/)
    for (const change of [undefined, upsert]) {
      expect(forbidden(policy, change)).toMatch(/policy that lets this role write: add a policy for select, insert/)
    }
    expect(forbidden(policy.toUpperCase())).toMatch(/add a policy/)
  })

  test('a rule is dropped', () => {
    expect(forbidden('table that has INSERT or UPDATE rules')).toMatch(/Drop the rule: a trigger can do/)
    expect(forbidden('rules of the table')).not.toMatch(/Drop the rule/)
  })
})

describe('what the adapter knows of an error', () => {
  const thrown = new Error('ada@example.com')
  const failure = (
    known: { fault?: Fault | undefined; refusal?: Refusal | undefined },
    change?: Change,
    error: unknown = thrown,
  ) =>
    storeFailure(
      { faultOf: () => known.fault, refusalOf: () => known.refusal, troubleOf: () => undefined },
      error,
      'It was not stored',
      'What is next.',
      change,
    )

  test.each<[Fault | undefined, code: string]>([
    ['unique_conflict', 'unique_conflict'],
    ['reference_missing', 'reference_missing'],
    ['value_refused', 'value_refused'],
    ['out_of_range', 'value_refused'],
    ['transient', 'store_failed'],
    ['aborted', 'store_failed'],
    [undefined, 'store_failed'],
  ])('%s is %s, with its cause and what is next', (fault, code) => {
    expect(failure({ fault }, upsert)).toMatchObject({
      code,
      cause: thrown,
      message: expect.stringMatching(/^It was not stored: .+\. What is next\.$/),
    })
  })

  test('is the database’s where it knows nothing, and comes before that otherwise', () => {
    const coded = Object.assign(new Error('refused'), { code: '23505', constraint: 'of_database' })
    expect(failure({}, upsert, coded)).toMatchObject({
      code: 'unique_conflict',
      message: expect.stringContaining('The index is of_database.'),
    })
    const own = { fault: 'reference_missing', refusal: { rule: 'reference', name: 'of_adapter' } } as const
    expect(failure(own, upsert, coded)).toMatchObject({
      code: 'reference_missing',
      message: expect.stringContaining('The foreign key is of_adapter.'),
    })
    expect(storeFailure({}, coded, 'It was not stored', '')).toMatchObject({ code: 'unique_conflict' })
    const troubleOf = () => ({ kind: 'full', sentence: 'of the adapter' }) as const
    expect(storeFailure({ troubleOf }, thrown, 'It was not stored', '').message).toMatch(
      /^It was not stored: the database has no room left: of the adapter\.$/,
    )
  })

  test('names what was refused only where it is of that kind', () => {
    const other = { rule: 'check', name: 'reachable' } as const
    expect(failure({ fault: 'reference_missing', refusal: other }, upsert).message).not.toMatch(/reachable/)
    expect(failure({ fault: 'transient', refusal: other }, upsert).message).not.toMatch(/reachable/)
    expect(failure({ fault: 'value_refused', refusal: other }, upsert).message).toMatch(
      /^It was not stored: the constraint reachable forbids it\. Nothing was written\. Return what the table takes from map\.user, or change the table\. clerkSync\.check\(\)/,
    )
    for (const [refusal, change] of [
      [other, undefined],
      [undefined, upsert],
    ] as const) {
      expect(failure({ fault: 'value_refused', refusal }, change).message).toMatch(
        /: the table refuses it: a value does/,
      )
    }
    for (const [fault, words] of [
      ['unique_conflict', /^It was not stored: another row has one of its unique values(?!.*The index)/],
      [
        'reference_missing',
        /^It was not stored: a foreign key refers to a row that is not there(?!.*The foreign key is)/,
      ],
    ] as const) {
      expect(failure({ fault }, upsert).message).toMatch(words)
    }
  })

  const RESTRICTED = new Error('FOREIGN KEY constraint failed')
  const column: Refusal = { rule: 'not_null', name: 'memberships.user_id' }
  test.each<[what: string, Fault | undefined, Refusal | undefined, Change | undefined, error: unknown, held: boolean]>([
    ['a removal that a reference forbids', 'reference_missing', undefined, remove('remove'), thrown, true],
    ['one that would set a column to NULL', 'value_refused', column, remove('remove'), thrown, true],
    ['one that SQLite’s restrict forbids', 'value_refused', undefined, remove('remove'), RESTRICTED, true],
    ['the same, wrapped', 'value_refused', undefined, remove('remove'), new Error('x', { cause: RESTRICTED }), true],
    ['one that a trigger forbids', 'value_refused', { rule: 'raised', name: '' }, remove('remove'), thrown, false],
    ['one that another value is in the way of', 'unique_conflict', undefined, remove('remove'), RESTRICTED, false],
    ['one of a database that is away', undefined, undefined, remove('remove'), RESTRICTED, false],
    ['a delete that erases', 'reference_missing', undefined, remove('erase'), thrown, false],
    ['a delete that keeps', 'value_refused', column, remove('keep'), thrown, false],
    ['a write', 'reference_missing', undefined, upsert, thrown, false],
    ['what is no change', 'reference_missing', undefined, undefined, thrown, false],
  ])('is held by a reference or not: %s', (_, fault, refusal, change, error, held) => {
    const { code, message } = failure({ fault, refusal }, change, error)
    expect(code === 'reference_held').toBe(held)
    expect(/forbids its removal.*Nothing was removed/.test(message)).toBe(held)
  })

  test('names the foreign key that holds a row', () => {
    const refusal = { rule: 'reference', name: 'memberships_user' } as const
    expect(failure({ fault: 'reference_missing', refusal }, remove('remove')).message).toMatch(
      /The foreign key is memberships_user\. What is next\.$/,
    )
  })
})

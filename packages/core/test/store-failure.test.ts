// What the operator reads when the database refuses a write.
import { expect, test } from 'vitest'
import { ClerkSyncError } from '../src/index.ts'
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

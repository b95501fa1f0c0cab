// Which rule of a table refused a write: drivers' own words, as they were seen. A value of the row is never given.
import { expect, test } from 'vitest'
import { describeRefusal, type Refusal, refusalOf } from '../src/port/refusal.ts'

const QUERY = 'Failed query: insert into users values ($1) params: violates check constraint "ada@example.com"'

test.each<[string, unknown, unknown]>([
  [
    'PostgreSQL, in any language',
    Object.assign(new Error('NULL-Wert in Spalte'), { code: '23502', column: 'email' }),
    { rule: 'not_null', name: 'email' },
  ],
  [
    'postgres.js',
    Object.assign(new Error('refused'), { code: '23514', constraint_name: 'reachable' }),
    { rule: 'check', name: 'reachable' },
  ],
  [
    "behind an ORM, whose message has the row's values",
    new Error(QUERY, { cause: new Error('new row for relation "users" violates check constraint "reachable"') }),
    { rule: 'check', name: 'reachable' },
  ],
  [
    'MySQL, whose duplicate is quoted as it is',
    new Error("Duplicate entry 'a' for key 'b' for key 'users.email_unique'"),
    { rule: 'unique', name: 'users.email_unique' },
  ],
  [
    'MariaDB, with the statement and its values after it',
    new Error("(conn:7, no: 1048, SQLState: 23000) Column 'email' cannot be null\nsql: insert … - parameters:['ada']"),
    { rule: 'not_null', name: 'email' },
  ],
  [
    'libsql',
    new Error('SQLITE_CONSTRAINT: SQLite error: NOT NULL constraint failed: users.email'),
    { rule: 'not_null', name: 'users.email' },
  ],
  [
    'D1',
    new Error('D1_ERROR: UNIQUE constraint failed: users.email: SQLITE_CONSTRAINT'),
    { rule: 'unique', name: 'users.email' },
  ],
  [
    'PostgreSQL, which names the type',
    Object.assign(new Error('value too long for type character varying(5)'), { code: '22001' }),
    { rule: 'too_long', name: 'character varying(5)' },
  ],
  [
    'PostgreSQL, whose enum is named before the value',
    new Error('invalid input value for enum mood: "ada@example.com"'),
    { rule: 'type', name: 'mood' },
  ],
  [
    'PostgreSQL, whose number is out of range',
    new Error('value "99999" is out of range for type smallint'),
    { rule: 'out_of_range', name: 'smallint' },
  ],
  [
    'PostgreSQL, where a trigger raised an error with words of its own',
    Object.assign(new Error('no ada@example.com here'), {
      code: 'P0001',
      where: 'PL/pgSQL function check_email() line 2 at RAISE',
    }),
    { rule: 'raised', name: 'check_email' },
  ],
  [
    'PostgreSQL, within a function that raised nothing itself',
    Object.assign(new Error('value too long for type character varying(5)'), {
      code: '22001',
      where: 'PL/pgSQL function check_email() line 2 at assignment',
    }),
    { rule: 'too_long', name: 'character varying(5)' },
  ],
  [
    'PostgreSQL, whose error does not say where it was raised',
    Object.assign(new Error('no ada@example.com here'), { code: 'P0001' }),
    undefined,
  ],
  [
    'PostgreSQL, without the name of the constraint',
    Object.assign(new Error('refused'), { code: '23514', constraint: 7 }),
    undefined,
  ],
  [
    'MySQL, which names the column after the value',
    new Error("Incorrect integer value: 'ada' for column 'age' at row 1"),
    { rule: 'type', name: 'age' },
  ],
  [
    'MariaDB, which names the column with its table',
    new Error(
      "(conn:7, no: 1366, SQLState: 22007) Incorrect integer value: 'ada' for column `test`.`users`.`age` at row 1",
    ),
    { rule: 'type', name: 'test`.`users`.`age' },
  ],
  [
    'PlanetScale',
    new Error(
      "target: app.-.primary: vttablet: rpc error: code = InvalidArgument desc = Data too long for column 'email' at row 1 (errno 1406) (sqlstate 22001)",
    ),
    { rule: 'too_long', name: 'email' },
  ],
  [
    'a STRICT table of SQLite',
    new Error('cannot store TEXT value in INTEGER column users.age'),
    { rule: 'type', name: 'users.age' },
  ],
  ["an ORM's message alone", new Error(QUERY), undefined],
  ['something else', new Error('the connection was closed'), undefined],
  ['nothing', undefined, undefined],
])('%s', (_, error, expected) => {
  expect(refusalOf(error)).toEqual(expected)
})

test.each<[Refusal['rule'], words: string]>([
  ['not_null', 'email is NOT NULL'],
  ['check', 'the constraint email forbids it'],
  ['unique', 'another row has the values of email'],
  ['too_long', 'a value is too long for email'],
  ['out_of_range', 'a value is out of the range of email'],
  ['type', 'a value is not what email takes'],
  ['reference', 'the foreign key email refers to a row that is not there'],
  ['raised', 'email, which a trigger calls, raised an error, whose words are in the cause'],
])('%s, in words', (rule, words) => {
  expect(describeRefusal({ rule, name: 'email' })).toBe(words)
})

test('a trigger that has no name is one', () => {
  expect(describeRefusal({ rule: 'raised', name: '' })).toBe('a trigger raised an error, whose words are in the cause')
})

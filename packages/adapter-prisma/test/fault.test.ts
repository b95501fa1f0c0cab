import { expect, test } from 'vitest'
import { prismaFault, prismaRefusal, prismaTrouble } from '../src/fault.ts'

const withCode = (code: unknown) => Object.assign(new Error('refused'), { code })
/** As Prisma gives on what a driver adapter threw. */
const ofDriver = (cause: unknown) => ({
  meta: { driverAdapterError: Object.assign(new Error('refused'), { name: 'DriverAdapterError', cause }) },
})
const wrap = (cause: unknown) => new Error('Failed query: insert into users', { cause })

test.each([
  ['P2002', undefined, 'unique_conflict'],
  ['P2003', undefined, 'reference_missing'],
  ['P2034', undefined, 'transient'],
  ['P2010', { originalCode: '23505', kind: 'UniqueConstraintViolation' }, 'unique_conflict'],
  ['P2010', { originalCode: '787', kind: 'ForeignKeyConstraintViolation' }, 'reference_missing'],
  ['P2010', { originalCode: '1213', kind: 'TransactionWriteConflict' }, 'transient'],
  ['P2010', { originalCode: '1205', kind: 'mysql', code: 1205 }, 'transient'],
  ['P2010', { originalCode: '1690', kind: 'mysql', code: 1690 }, 'out_of_range'],
  ['P2010', { originalCode: '22001', kind: 'LengthMismatch' }, 'value_refused'],
  ['P2010', { originalCode: 'P0001', kind: 'postgres', code: 'P0001' }, 'value_refused'],
  ['P2010', { originalCode: '1406', kind: 'LengthMismatch' }, 'value_refused'],
  ['P2010', { originalCode: 'SQLITE_CONSTRAINT_TRIGGER', kind: 'ForeignKeyConstraintViolation' }, 'value_refused'],
  ['P1008', { originalCode: 'SQLITE_BUSY', kind: 'SocketTimeout' }, 'transient'],
  ['P2010', { originalCode: '42P01', kind: 'TableDoesNotExist' }, undefined],
  ['P2028', undefined, undefined],
])('%s of Prisma, with %o from its driver adapter, is %s', (code, cause, fault) => {
  const { meta } = ofDriver(cause)
  expect(prismaFault(Object.assign(withCode(code), { meta }))).toBe(fault)
  expect(prismaFault(wrap(Object.assign(withCode(code), { meta })))).toBe(fault)
})

test('the outermost that says something', () => {
  expect(prismaFault(Object.assign(wrap(withCode('P2002')), { code: 'P2034' }))).toBe('transient')
  expect(prismaFault(Object.assign(wrap(withCode('P2002')), { code: 'P2010' }))).toBe('unique_conflict')
})

test.each([undefined, null, 'text', 5, {}, [], new Error('none')])('of %o is nothing', (error) => {
  expect(prismaFault(error)).toBeUndefined()
})

test.each([
  ['P1000', 'login'],
  ['P1001', 'away'],
  ['P1002', 'away'],
  ['P1003', 'login'],
  ['P1008', 'away'],
  ['P1010', 'forbidden'],
  ['P1011', 'away'],
  ['P1017', 'away'],
  ['P2021', 'missing'],
  ['P2022', 'missing'],
  ['P2037', 'full'],
])('%s of Prisma is a database that is %s, in the last line of what it says', (code, kind) => {
  const message = '\nInvalid `prisma.user.create()` invocation in\n/app/users.ts:5\n\nNot today.\n'
  const trouble = { kind, sentence: 'Not today.' }
  expect(prismaTrouble(Object.assign(new Error(message), { code }))).toEqual(trouble)
  // One that comes up while the client starts has it in another field.
  expect(prismaTrouble(wrap(Object.assign(new Error(message), { errorCode: code })))).toEqual(trouble)
})

test.each([
  ['DatabaseNotReachable', 'away'],
  ['ConnectionClosed', 'away'],
  ['SocketTimeout', 'away'],
  ['TlsConnectionError', 'away'],
  ['AuthenticationFailed', 'login'],
  ['DatabaseAccessDenied', 'login'],
  ['DatabaseDoesNotExist', 'login'],
  ['TableDoesNotExist', 'missing'],
  ['ColumnNotFound', 'missing'],
  ['TooManyConnections', 'full'],
])('%s of a driver adapter is a database that is %s, in its own words or with its address', (name, kind) => {
  const troubleOf = (more: object) => prismaTrouble(ofDriver({ kind: name, ...more }))
  expect(troubleOf({ originalMessage: 'Not today.', host: 'db' })).toEqual({ kind, sentence: 'Not today.' })
  expect(troubleOf({})).toEqual({ kind, sentence: name })
  expect(troubleOf({ host: 'db' })).toEqual({ kind, sentence: `${name}: db` })
  expect(troubleOf({ host: 'db', port: 5432 })).toEqual({ kind, sentence: `${name}: db:5432` })
})

test.each<[string, unknown, { readonly kind: string; readonly sentence: string } | undefined]>([
  [
    'a code of PostgreSQL',
    { originalCode: '42P01', originalMessage: 'no users', kind: 'postgres' },
    { kind: 'missing', sentence: 'no users' },
  ],
  [
    "MySQL's number, as text",
    { originalCode: '1146', originalMessage: 'no users', kind: 'mysql' },
    { kind: 'missing', sentence: 'no users' },
  ],
  [
    'a code of Node beside',
    { code: 'ECONNREFUSED', message: 'connect ECONNREFUSED', kind: 'other' },
    { kind: 'away', sentence: 'connect ECONNREFUSED' },
  ],
  [
    'a number in the words of the pool for MariaDB',
    "pool timeout (conn:-1, no: 1045, SQLState: 28000) Access denied for user 'app'\n    at Pool",
    { kind: 'login', sentence: "Access denied for user 'app'" },
  ],
  [
    'a connection in the words of that pool',
    'pool timeout: connect ECONNREFUSED 127.0.0.1:3306 and more\n    at Pool',
    { kind: 'away', sentence: 'connect ECONNREFUSED 127.0.0.1:3306 and more' },
  ],
  ['words of that pool that say neither', 'pool timeout\n connect ECONNREFUSED', undefined],
  ['a kind that is none of these', { kind: 'UniqueConstraintViolation' }, undefined],
])('what keeps a database from its work: %s', (_, cause, trouble) => {
  expect(prismaTrouble(wrap(ofDriver(cause)))).toEqual(trouble)
})

test.each([undefined, null, 'text', 5, {}, [], new Error('none'), withCode('P2002')])('no trouble: %o', (error) => {
  expect(prismaTrouble(error)).toBeUndefined()
})

test('what the database behind Prisma named is found, wherever it is', () => {
  const cause = {
    originalCode: '23505',
    originalMessage: 'duplicate key value violates unique constraint "users_email_key"',
  }
  const named = { rule: 'unique', name: 'users_email_key' }
  expect(prismaRefusal(ofDriver(cause))).toEqual(named)
  expect(prismaRefusal(wrap(ofDriver(cause)))).toEqual(named)
  expect(prismaRefusal(wrap(ofDriver({ originalCode: '23505', originalMessage: 'refused' })))).toBeUndefined()
  expect(prismaRefusal(new Error('none'))).toBeUndefined()
})

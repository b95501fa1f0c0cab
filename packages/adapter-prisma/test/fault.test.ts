import { expect, test } from 'vitest'
import { prismaFault } from '../src/fault.ts'

const withCode = (code: unknown) => Object.assign(new Error('refused'), { code })
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
  const meta = { driverAdapterError: Object.assign(new Error('refused'), { name: 'DriverAdapterError', cause }) }
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

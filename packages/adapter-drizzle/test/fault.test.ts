import { expect, test } from 'vitest'
import { d1Fault, planetscaleFault } from '../src/fault.ts'

const wrap = (cause: unknown) => new Error('Failed query: insert into users', { cause })

test.each([
  ['UNIQUE constraint failed: users.email: SQLITE_CONSTRAINT', 'unique_conflict'],
  ['UNIQUE constraint failed: users.id: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_PRIMARYKEY)', 'unique_conflict'],
  ['FOREIGN KEY constraint failed: SQLITE_CONSTRAINT', 'reference_missing'],
  ['NOT NULL constraint failed: users.email: SQLITE_CONSTRAINT', 'value_refused'],
  ['CHECK constraint failed: own_domain: SQLITE_CONSTRAINT', 'value_refused'],
  ['no such address: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_TRIGGER)', 'value_refused'],
  ['no such table: users: SQLITE_ERROR', undefined],
])('"%s" of D1, which has no codes, is %s', (text, fault) => {
  expect(d1Fault(new Error(`D1_ERROR: ${text}`))).toBe(fault)
  expect(d1Fault(wrap(new Error(`D1_ERROR: ${text}`)))).toBe(fault)
  expect(d1Fault(new Error(`the hook quotes: D1_ERROR: ${text}`))).toBeUndefined()
})

test.each([
  ['AlreadyExists', "Duplicate entry 'a@b.c' for key 'users.email'", 1062, '23000', 'unique_conflict'],
  ['FailedPrecondition', 'Cannot add or update a child row', 1452, '23000', 'reference_missing'],
  ['Aborted', 'Deadlock found when trying to get lock', 1213, '40001', 'transient'],
  ['DeadlineExceeded', 'Lock wait timeout exceeded', 1205, 'HY000', 'transient'],
  ['InvalidArgument', "Data too long for column 'email'", 1406, '22001', 'value_refused'],
  ['Unknown', 'no', 30001, '45000', 'value_refused'],
  ['InvalidArgument', "Unknown column 'x' in 'field list'", 1054, '42S22', undefined],
])('%s of PlanetScale is named by the number in its text: %s', (code, text, errno, state, fault) => {
  const message =
    `target: app.-.primary: vttablet: rpc error: code = ${code} desc = ${text} (errno ${errno}) (sqlstate ${state}) ` +
    '(CallerID: x): Sql: "insert into users", BindVars: {v1: "type:VARCHAR"}'
  const error = Object.assign(new Error(message), { name: 'DatabaseError', status: 400, body: { message, code } })
  expect(planetscaleFault(error)).toBe(fault)
  expect(planetscaleFault(wrap(error))).toBe(fault)
  expect(planetscaleFault(new Error(message))).toBeUndefined()
})

test.each([undefined, null, 'text', 5, {}, [], new Error('none')])('of %o is nothing', (error) => {
  expect(d1Fault(error)).toBeUndefined()
  expect(planetscaleFault(error)).toBeUndefined()
})

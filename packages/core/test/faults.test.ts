import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { faultOf, withRetries } from '../src/port/index.ts'

const withCode = (code: unknown, field = 'code') => Object.assign(new Error('refused'), { [field]: code })
const wrap = (cause: unknown) => new Error('Failed query: insert into users', { cause })

describe('faultOf', () => {
  test.each([
    ['PostgreSQL', '23505', 'unique_conflict'],
    ['PostgreSQL', '23503', 'reference_missing'],
    ['PostgreSQL', '40001', 'transient'],
    ['PostgreSQL', '40P01', 'transient'],
    ['PostgreSQL', '55P03', 'transient'],
    ['MySQL', 'ER_DUP_ENTRY', 'unique_conflict'],
    ['MySQL', 'ER_NO_REFERENCED_ROW_2', 'reference_missing'],
    ['MySQL', 'ER_LOCK_DEADLOCK', 'transient'],
    ['MySQL', 'ER_LOCK_WAIT_TIMEOUT', 'transient'],
    ['SQLite', 'SQLITE_CONSTRAINT_UNIQUE', 'unique_conflict'],
    ['SQLite', 'SQLITE_CONSTRAINT_PRIMARYKEY', 'unique_conflict'],
    ['SQLite', 'SQLITE_CONSTRAINT_FOREIGNKEY', 'reference_missing'],
    ['SQLite', 'SQLITE_BUSY', 'transient'],
    ['a network', 'ECONNREFUSED', undefined],
    ['another refusal', '22001', undefined],
    ['a syntax error', '42601', undefined],
    ['an object’s own property', 'constructor', undefined],
  ])('%s %s is %s, also where ORMs wrapped it three times', (_, code, fault) => {
    expect(faultOf(withCode(code))).toBe(fault)
    expect(faultOf(wrap(wrap(wrap(withCode(code)))))).toBe(fault)
    expect(faultOf({ cause: { code } })).toBe(fault)
  })

  test.each([
    [2067, 'unique_conflict'],
    [1555, 'unique_conflict'],
    [787, 'reference_missing'],
    [5, 'transient'],
    [517, 'transient'],
    [1, undefined],
  ])('errcode %d of node:sqlite is %s', (errcode, fault) => {
    const error = Object.assign(withCode(errcode, 'errcode'), { code: 'ERR_SQLITE_ERROR' })
    expect(faultOf(error)).toBe(fault)
    expect(faultOf(wrap(error))).toBe(fault)
  })

  test.each([
    [1062, 'unique_conflict'],
    [1452, 'reference_missing'],
    [1213, 'transient'],
    [1205, 'transient'],
    [1020, 'transient'],
    [2002, undefined],
  ])('error number %d of MySQL is %s', (errno, fault) => {
    expect(faultOf(withCode(errno, 'errno'))).toBe(fault)
    expect(faultOf(wrap(withCode(errno, 'errno')))).toBe(fault)
  })

  test('the code of libsql that says more', () => {
    const error = Object.assign(withCode('SQLITE_CONSTRAINT'), { extendedCode: 'SQLITE_CONSTRAINT_UNIQUE' })
    expect(faultOf(error)).toBe('unique_conflict')
  })

  test.each([
    ['P2002', undefined, 'unique_conflict'],
    ['P2003', undefined, 'reference_missing'],
    ['P2034', undefined, 'transient'],
    ['P2010', { originalCode: '23505', kind: 'UniqueConstraintViolation' }, 'unique_conflict'],
    ['P2010', { originalCode: '787', kind: 'ForeignKeyConstraintViolation' }, 'reference_missing'],
    ['P2010', { originalCode: '1213', kind: 'TransactionWriteConflict' }, 'transient'],
    ['P2010', { originalCode: '1205', kind: 'mysql', code: 1205 }, 'transient'],
    ['P1008', { originalCode: 'SQLITE_BUSY', kind: 'SocketTimeout' }, 'transient'],
    ['P2010', { originalCode: '42P01', kind: 'TableDoesNotExist' }, undefined],
    ['P2028', undefined, undefined],
  ])('%s of Prisma, with %o from its driver adapter, is %s', (code, cause, fault) => {
    const meta = { driverAdapterError: Object.assign(new Error('refused'), { name: 'DriverAdapterError', cause }) }
    expect(faultOf(Object.assign(withCode(code), { meta }))).toBe(fault)
    expect(faultOf(wrap(Object.assign(withCode(code), { meta })))).toBe(fault)
  })

  test.each([
    ['UNIQUE constraint failed: users.email: SQLITE_CONSTRAINT', 'unique_conflict'],
    [
      'UNIQUE constraint failed: users.id: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_PRIMARYKEY)',
      'unique_conflict',
    ],
    ['FOREIGN KEY constraint failed: SQLITE_CONSTRAINT', 'reference_missing'],
    ['NOT NULL constraint failed: users.email: SQLITE_CONSTRAINT', undefined],
    ['no such table: users: SQLITE_ERROR', undefined],
  ])('"%s" of D1, which has no codes, is %s', (text, fault) => {
    expect(faultOf(new Error(`D1_ERROR: ${text}`))).toBe(fault)
    expect(faultOf(wrap(new Error(`D1_ERROR: ${text}`)))).toBe(fault)
    expect(faultOf(new Error(`the hook quotes: D1_ERROR: ${text}`))).toBeUndefined()
  })

  test.each([
    ['AlreadyExists', "Duplicate entry 'a@b.c' for key 'users.email'", 1062, '23000', 'unique_conflict'],
    ['FailedPrecondition', 'Cannot add or update a child row', 1452, '23000', 'reference_missing'],
    ['Aborted', 'Deadlock found when trying to get lock', 1213, '40001', 'transient'],
    ['DeadlineExceeded', 'Lock wait timeout exceeded', 1205, 'HY000', 'transient'],
    ['InvalidArgument', "Unknown column 'x' in 'field list'", 1054, '42S22', undefined],
  ])('%s of PlanetScale is named by the number in its text: %s', (code, text, errno, state, fault) => {
    const message =
      `target: app.-.primary: vttablet: rpc error: code = ${code} desc = ${text} (errno ${errno}) (sqlstate ${state}) ` +
      '(CallerID: x): Sql: "insert into users", BindVars: {v1: "type:VARCHAR"}'
    const error = Object.assign(new Error(message), { name: 'DatabaseError', status: 400, body: { message, code } })
    expect(faultOf(error)).toBe(fault)
    expect(faultOf(wrap(error))).toBe(fault)
    expect(faultOf(new Error(message))).toBeUndefined()
  })

  test('the outermost that says something', () => {
    expect(faultOf(Object.assign(wrap(withCode('23505')), { code: '40001' }))).toBe('transient')
    expect(faultOf(Object.assign(wrap(withCode('23505')), { code: 'P2010' }))).toBe('unique_conflict')
  })

  test.each([undefined, null, 'text', 5, {}, [], new Error('none')])('of %o is nothing', (error) => {
    expect(faultOf(error)).toBeUndefined()
  })

  test('a cause that is its own cause ends', () => {
    const error = new Error('round')
    error.cause = wrap(error)
    expect(faultOf(error)).toBeUndefined()
  })
})

describe('withRetries', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test('runs again while the reason is a passing one', async () => {
    const errors = [withCode('40P01'), wrap(withCode(1213, 'errno')), withCode('SQLITE_BUSY')]
    const run = vi.fn(async () => {
      const error = errors.shift()
      if (error) throw error
      return 'done'
    })
    const result = withRetries(run)
    await vi.runAllTimersAsync()
    expect(await result).toBe('done')
    expect(run).toHaveBeenCalledTimes(4)
  })

  test.each([withCode('23505'), withCode('ECONNREFUSED'), new Error('other'), 'text', undefined])(
    'passes on %o at once',
    async (error) => {
      const run = vi.fn(() => Promise.reject(error))
      const outcome = withRetries(run).catch((thrown: unknown) => ({ thrown }))
      // No timer has to pass.
      expect(await outcome).toEqual({ thrown: error })
      expect(run).toHaveBeenCalledTimes(1)
      expect(vi.getTimerCount()).toBe(0)
    },
  )

  test('gives up within 10 s, with the last error, after waits that grow to half a second at most', async () => {
    const started = Date.now()
    const times: number[] = []
    let last: unknown
    const failed = withRetries(() => {
      times.push(Date.now() - started)
      last = withCode('40001')
      return Promise.reject(last)
    }).catch((thrown: unknown) => ({ thrown }))
    await vi.runAllTimersAsync()
    expect(await failed).toEqual({ thrown: last })
    expect(Date.now() - started).toBeLessThanOrEqual(10_000)
    expect(times.at(-1)).toBeGreaterThan(9_000)
    const waits = times.slice(1).map((time, n) => time - (times[n] ?? 0))
    expect(Math.max(...waits)).toBeLessThanOrEqual(500)
    // Jitter: no two processes that clashed come back at the same moment again and again.
    expect(new Set(waits.slice(10)).size).toBeGreaterThan(5)
  })

  test('does not begin again when a slow attempt has used the time up', async () => {
    const run = vi.fn(async () => {
      await new Promise((resolve) => setTimeout(resolve, 10_001))
      throw withCode('40001')
    })
    const failed = withRetries(run).catch(() => 'failed')
    await vi.runAllTimersAsync()
    expect(await failed).toBe('failed')
    expect(run).toHaveBeenCalledTimes(1)
  })
})

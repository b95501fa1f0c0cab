import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { databaseFault, withRetries } from '../src/port/index.ts'

const withCode = (code: unknown, field = 'code') => Object.assign(new Error('refused'), { [field]: code })
const wrap = (cause: unknown) => new Error('Failed query: insert into users', { cause })

describe('databaseFault', () => {
  test.each([
    ['PostgreSQL', '23505', 'unique_conflict'],
    ['PostgreSQL', '23503', 'reference_missing'],
    ['PostgreSQL', '40001', 'transient'],
    ['PostgreSQL', '40P01', 'transient'],
    ['PostgreSQL', '55P03', 'transient'],
    ['PostgreSQL', '25P02', 'aborted'],
    ['MySQL', 'ER_DUP_ENTRY', 'unique_conflict'],
    ['MySQL', 'ER_NO_REFERENCED_ROW', 'reference_missing'],
    ['MySQL', 'ER_NO_REFERENCED_ROW_2', 'reference_missing'],
    ['MariaDB', 'ER_CHECKREAD', 'transient'],
    ['MySQL', 'ER_LOCK_DEADLOCK', 'transient'],
    ['MySQL', 'ER_LOCK_WAIT_TIMEOUT', 'transient'],
    ['MySQL', 'ER_DATA_OUT_OF_RANGE', 'out_of_range'],
    ['SQLite', 'SQLITE_CONSTRAINT_UNIQUE', 'unique_conflict'],
    ['SQLite', 'SQLITE_CONSTRAINT_PRIMARYKEY', 'unique_conflict'],
    ['SQLite', 'SQLITE_CONSTRAINT_FOREIGNKEY', 'reference_missing'],
    ['SQLite', 'SQLITE_BUSY', 'transient'],
    ['SQLite', 'SQLITE_BUSY_SNAPSHOT', 'transient'],
    ['SQLite', 'SQLITE_BUSY_RECOVERY', 'transient'],
    ['SQLite', 'SQLITE_LOCKED', 'transient'],
    ['SQLite', 'SQLITE_LOCKED_SHAREDCACHE', 'transient'],
    ['libsql', 'TRANSACTION_BUSY', 'transient'],
    ['libsql', 'TRANSACTION_TIMEOUT', 'transient'],
    ['libsql', 'STREAM_EXPIRED', 'transient'],
    ['SQLite without more', 'SQLITE_CONSTRAINT', undefined],
    ['a network', 'ECONNREFUSED', undefined],
    ['PostgreSQL', '22001', 'value_refused'],
    ['PostgreSQL', '22P02', 'value_refused'],
    ['PostgreSQL', '23502', 'value_refused'],
    ['PostgreSQL', '23514', 'value_refused'],
    ['PostgreSQL', 'P0001', 'value_refused'],
    ['PostgreSQL', '23P01', 'unique_conflict'],
    ['MySQL', 'ER_DATA_TOO_LONG', 'value_refused'],
    ['MySQL', 'ER_SIGNAL_EXCEPTION', 'value_refused'],
    ['SQLite', 'SQLITE_CONSTRAINT_CHECK', 'value_refused'],
    ['SQLite', 'SQLITE_CONSTRAINT_TRIGGER', 'value_refused'],
    ['PostgreSQL, refusing permission,', '42501', undefined],
    ['PostgreSQL, with no such table,', '42P01', undefined],
    ['a syntax error', '42601', undefined],
    ['an object’s own property', 'constructor', undefined],
  ])('%s %s is %s, also where ORMs wrapped it three times', (_, code, fault) => {
    expect(databaseFault(withCode(code))).toBe(fault)
    expect(databaseFault(wrap(wrap(wrap(withCode(code)))))).toBe(fault)
    expect(databaseFault({ cause: { code } })).toBe(fault)
  })

  test.each([
    [2067, 'unique_conflict'],
    [1555, 'unique_conflict'],
    [787, 'reference_missing'],
    [5, 'transient'],
    [261, 'transient'],
    [517, 'transient'],
    [6, 'transient'],
    [262, 'transient'],
    [275, 'value_refused'],
    [1811, 'value_refused'],
    [1, undefined],
  ])('errcode %d of node:sqlite is %s', (errcode, fault) => {
    const error = Object.assign(withCode(errcode, 'errcode'), { code: 'ERR_SQLITE_ERROR' })
    expect(databaseFault(error)).toBe(fault)
    expect(databaseFault(wrap(error))).toBe(fault)
  })

  test.each([
    [1062, 'unique_conflict'],
    [1216, 'reference_missing'],
    [1452, 'reference_missing'],
    [1213, 'transient'],
    [1205, 'transient'],
    [1020, 'transient'],
    [1690, 'out_of_range'],
    [1406, 'value_refused'],
    [3819, 'value_refused'],
    [4025, 'value_refused'],
    [1146, undefined],
    [2002, undefined],
  ])('error number %d of MySQL is %s', (errno, fault) => {
    expect(databaseFault(withCode(errno, 'errno'))).toBe(fault)
    expect(databaseFault(wrap(withCode(errno, 'errno')))).toBe(fault)
  })

  test("the state of MySQL's `signal`, whatever number is beside it", () => {
    expect(databaseFault(Object.assign(withCode(30001, 'errno'), { sqlState: '45000' }))).toBe('value_refused')
  })

  test('the code of libsql that says more', () => {
    const error = Object.assign(withCode('SQLITE_CONSTRAINT'), { extendedCode: 'SQLITE_CONSTRAINT_UNIQUE' })
    expect(databaseFault(error)).toBe('unique_conflict')
  })

  test.each([
    ['UNIQUE constraint failed: users.email', 'unique_conflict'],
    ['FOREIGN KEY constraint failed', 'reference_missing'],
    ['CHECK constraint failed: UNIQUE constraint failed: x', undefined],
    ['NOT NULL constraint failed: users.email', undefined],
  ])('the primary code of libsql over HTTP, with the text %s', (text, fault) => {
    for (const before of ['', 'SQLite error: ', 'SQLITE_CONSTRAINT: ', 'SQLITE_CONSTRAINT: SQLite error: ']) {
      const error = Object.assign(new Error(before + text), { code: 'SQLITE_CONSTRAINT' })
      expect(databaseFault(wrap(error))).toBe(fault)
      expect(databaseFault(new Error(before + text))).toBeUndefined()
    }
  })

  test('the outermost that says something', () => {
    expect(databaseFault(Object.assign(wrap(withCode('23505')), { code: '40001' }))).toBe('transient')
    expect(databaseFault(Object.assign(wrap(withCode('23505')), { code: 'ERR_OTHER' }))).toBe('unique_conflict')
  })

  test.each([undefined, null, 'text', 5, {}, [], new Error('none')])('of %o is nothing', (error) => {
    expect(databaseFault(error)).toBeUndefined()
  })

  test('a cause that is its own cause ends', () => {
    const error = new Error('round')
    error.cause = wrap(error)
    expect(databaseFault(error)).toBeUndefined()
  })
})

describe('withRetries', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test('runs again what an adapter of its own says to pass', async () => {
    const faultOf = (error: unknown) => (error === 'busy' ? 'transient' : undefined)
    const errors = ['busy', 'busy', 'broken']
    const failed = withRetries(() => Promise.reject(errors.shift()), faultOf).catch((thrown: unknown) => ({ thrown }))
    await vi.runAllTimersAsync()
    expect(await failed).toEqual({ thrown: 'broken' })
  })

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

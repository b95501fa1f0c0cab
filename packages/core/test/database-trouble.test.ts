// What keeps a database from its work, told from what is the row's own fault: by its code, else by the driver's words.
import { describe, expect, test } from 'vitest'
import { databaseTrouble, type TroubleKind } from '../src/port/index.ts'

const refused = (fields: object, message = 'in its own words') => Object.assign(new Error(message), fields)

test.each<[kind: TroubleKind, codes: readonly (string | number)[]]>([
  ['login', ['3D000', '28P01', '28000', 1044, 1045, 1049, 1130, 1251, 1698]],
  ['missing', ['3F000', '42P01', '42703', '42883', '42P10', 1054, 1146]],
  ['forbidden', ['42501', 1142, 1143]],
  ['read_only', ['25006', 1290, 1836, 'SQLITE_READONLY', 'SQLITE_PERM']],
  ['generated', ['428C9', 1906, 3105]],
  ['full', ['53300', '53100', 1040, 'SQLITE_FULL']],
  [
    'away',
    ['57P01', '57P02', '57P03', '08006', '08P01', 1053, 1927, 'SQLITE_CANTOPEN', 'SQLITE_NOTADB', 'SQLITE_CORRUPT'],
  ],
  ['away', ['ECONNREFUSED', 'ETIMEDOUT', 'ENOTFOUND', 'CERT_HAS_EXPIRED', 'CONNECTION_ENDED', 'UND_ERR_SOCKET']],
])('%s, by its code: %o', (kind, codes) => {
  for (const code of codes) {
    const error = refused(typeof code === 'number' ? { errno: code } : { code })
    expect(databaseTrouble(error)).toEqual({ kind, sentence: 'in its own words' })
    expect(databaseTrouble(new Error('Failed query', { cause: error }))).toEqual({ kind, sentence: 'in its own words' })
  }
})

test.each(['23505', '22001', '40001', '08', '0800', '080011', 'X08001', '28P0é', 'constructor', 'ER_DUP_ENTRY', 1062])(
  '%s is none: the row may be at fault',
  (code) => {
    expect(databaseTrouble(refused({ code }))).toBeUndefined()
    expect(databaseTrouble(refused({ errno: code }))).toBeUndefined()
  },
)

test.each([undefined, null, 'ECONNREFUSED', 28000, {}, { code: 28000 }, { code: 8006 }, new Error('something else')])(
  '%o is none',
  (error) => {
    expect(databaseTrouble(error)).toBeUndefined()
  },
)

describe('the words', () => {
  test.each<[kind: TroubleKind, sentence: string, message?: string]>([
    ['away', 'timeout exceeded when trying to connect'],
    ['away', 'Connection terminated unexpectedly'],
    ['away', 'fetch failed'],
    ['away', 'TypeError: fetch failed'],
    ['missing', 'no such table: users', 'Failed query: SQLITE_ERROR: no such table: users, params: ada@example.com'],
    ['missing', 'no such column: main.users.email', 'in prepare, no such column: main.users.email'],
    ['missing', 'no such column: email', 'no such column: t.email'],
    ['missing', 'table users has no column named email'],
    ['missing', 'table has no column named email', 'table t has no column named email'],
    ['missing', 'ON CONFLICT clause does not match any PRIMARY KEY or UNIQUE constraint'],
    ['read_only', 'attempt to write a readonly database', 'SQLITE_READONLY: attempt to write a readonly database'],
    ['forbidden', 'INSERT with ON CONFLICT clause cannot be used with table that has INSERT or UPDATE rules'],
    [
      'generated',
      'cannot INSERT into generated column "full_name"',
      'x: cannot INSERT into generated column "full_name" y',
    ],
    ['generated', 'cannot UPDATE generated column "full_name"'],
  ])('%s: %s', (kind, sentence, message = sentence) => {
    expect(databaseTrouble(new Error(message))).toEqual({ kind, sentence })
    expect(databaseTrouble(new Error('wrapped', { cause: new Error(message) }))).toEqual({ kind, sentence })
  })

  test.each([
    'a value timeout exceeded when trying to connect',
    'timeout exceeded when trying to connect to Ada',
    'Connection terminated by ada@example.com',
    'said fetch failed',
  ])('of a connection are whole, or may be those of a row: %s', (message) => {
    expect(databaseTrouble(new Error(message))).toBeUndefined()
  })
})

describe('the sentence', () => {
  const of = (fields: object, message?: string) =>
    databaseTrouble(refused({ code: 'ECONNREFUSED', ...fields }, message))

  test('is the database’s, ahead of what a driver makes of it', () => {
    expect(of({ sqlMessage: 'Access denied' })).toEqual({ kind: 'away', sentence: 'Access denied' })
  })

  test('is that of the first address where Node tried several and says nothing itself', () => {
    const [first, second] = [new Error('connect ECONNREFUSED ::1'), new Error('connect ECONNREFUSED 127.0.0.1')]
    expect(of({ errors: [first, second] }, '')?.sentence).toBe('connect ECONNREFUSED ::1')
  })

  test.each([[{}], [{ errors: [] }], [{ errors: 'none' }], [{ errors: [{ message: 7 }] }], [{ sqlMessage: 7 }]])(
    'is the code where there is no other: %o',
    (fields) => {
      expect(of(fields, '')?.sentence).toBe('ECONNREFUSED')
    },
  )
})

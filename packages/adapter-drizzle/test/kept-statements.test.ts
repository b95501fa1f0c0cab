// What better-sqlite3 is asked to prepare: each statement once, and not without end.
import { DatabaseSync } from 'node:sqlite'
import type { Statement } from '@clerk-sync/core/sql'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { expect, it, onTestFinished, vi } from 'vitest'
import { keptStatements } from '../src/kept-statements.ts'

const read = (sql: string, ...params: unknown[]): Statement => ({ sql, params, returnsRows: true })

function open() {
  const connection = new Database(':memory:')
  onTestFinished(() => void connection.close())
  const logged: [string, unknown[]][] = []
  const send = keptStatements(drizzle(connection, { logger: { logQuery: (...query) => void logged.push(query) } }))
  if (!send) throw new Error('better-sqlite3 was not known.')
  return { connection, send, logged, prepared: vi.spyOn(connection, 'prepare') }
}

it('a statement is prepared once, and sent with other values', () => {
  const { send, prepared, logged } = open()
  for (const value of [1, 2, 3]) expect(send(read('select ? as value', value)).rows).toEqual([{ value }])
  expect(prepared).toHaveBeenCalledTimes(1)
  expect(logged).toEqual([1, 2, 3].map((value) => ['select ? as value', [value]]))
})

it('a write says how many rows it wrote', () => {
  const { connection, send } = open()
  connection.exec('create table notes (text text)')
  const insert = { sql: "insert into notes values ('a'), (?)", params: ['b'], returnsRows: false }
  expect(send(insert)).toEqual({ rows: [], affected: 2 })
})

it('of expressions that differ each time, 200 are kept, and the others sent all the same', () => {
  const { send, prepared } = open()
  const all = Array.from({ length: 205 }, (_, n) => read(`select ${n} as value`))
  for (const [value, statement] of all.entries()) expect(send(statement).rows).toEqual([{ value }])
  prepared.mockClear()
  for (const [value, statement] of all.entries()) expect(send(statement).rows).toEqual([{ value }])
  expect(prepared.mock.calls.map(([sql]) => sql)).toEqual([200, 201, 202, 203, 204].map((n) => `select ${n} as value`))
})

it.for<[string, () => object]>([
  ['another client', () => ({ session: { client: new DatabaseSync(':memory:'), transaction: () => {} } })],
  ['a client that prepares nothing', () => drizzle.mock()],
  ['no client', () => ({ session: { client: null, transaction: () => {} } })],
  ['no session', () => ({})],
])('%s is left to Drizzle', ([, database]) => {
  expect(keptStatements(database())).toBeUndefined()
})

import { expect, it } from 'vitest'
import { transactionCommandIn } from '../src/sql/ends-transaction.ts'

// The adapters' tests send some of these to each database; here are those that a text can hide.
it.for([
  ['postgres', 'COMMIT', 'COMMIT'],
  ['postgres', "select 'a\\'; commit", 'commit'],
  ['postgres', "select E'\\'; commit; '; rollback", 'rollback'],
  ['postgres', "select e'a\\'; commit'", undefined],
  ['postgres', 'do $body$ begin commit; end $body$', undefined],
  ['postgres', 'rollback to savepoint a; release savepoint a', undefined],
  ['postgres', 'lock table users in share mode', undefined],
  ['postgres', "prepare transaction 'a'", 'prepare transaction ?'],
  ['mysql', "select 'a\\'; commit'", undefined],
  ['mysql', '/*!40000 commit */', 'commit'],
  ['mysql', 'begin not atomic select 1; end', undefined],
  ['mysql', 'create procedure p() begin commit; end', undefined],
  ['mysql', "xa start 'a'", 'xa start ?'],
  ['sqlite', 'rollback transaction to a', undefined],
  ['sqlite', 'select [;commit]; end', 'end'],
  ['sqlite', 'create trigger t after update on users begin select 1; end', undefined],
] as const)('%s: %s', ([dialect, text, command]) => {
  expect(transactionCommandIn(text, dialect)).toBe(command)
})

it.for(['postgres', 'mysql', 'sqlite'] as const)('%s: a text of many megabytes, quoted or cut off', (dialect) => {
  const long = 'x'.repeat(20_000_000)
  expect(transactionCommandIn(`insert into notes values ('${long}'); commit`, dialect)).toBe('commit')
  expect(transactionCommandIn(`insert into notes values ('${long}`, dialect)).toBeUndefined()
})

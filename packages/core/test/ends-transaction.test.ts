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
  [
    'mysql',
    'drop trigger if exists t; create definer = `a`@`b` trigger t before insert on u for each row begin set @a = 1; end',
    undefined,
  ],
  ['mysql', 'create table s (a int); commit', 'commit'],
  ['mysql', 'select 1--1; commit', 'commit'],
  ['mysql', 'select 1 -- ; commit', undefined],
  ['postgres', 'create temp table s (a int); insert into s values (1); commit', 'commit'],
  ['postgres', 'create or replace function f() returns int begin atomic select 1; end', undefined],
  ['postgres', '/* a /* b */ c */ commit', 'commit'],
  ['postgres', 'select 1 /* a /* b */ ; commit; */', undefined],
  ['postgres', "select E'a''b\\'; commit; '", undefined],
  ['postgres', "select E'a\\\\'; commit", 'commit'],
  ['postgres', 'do $größe$ begin null; end $größe$', undefined],
  ['postgres', 'select a$b$; commit; select $b$', 'commit'],
  ['postgres', 'select $1; end', 'end'],
  ['postgres', 'select "commit"; select 1 as "; commit"', undefined],
  ['postgres', `start${' '.repeat(1_000)}transaction`, 'start transaction'],
  ['postgres', `${'/* a */ -- b\n'.repeat(1_000)}commit`, 'commit'],
  ['mysql', 'select "a\\"; commit"', undefined],
  ['mysql', 'select 1 # ; commit', undefined],
  ['mysql', '/*M!100100 rollback */', 'rollback'],
  ['mysql', "xa start 'a'", 'xa start ?'],
  ['sqlite', 'rollback transaction to a', undefined],
  ['sqlite', 'select [;commit]; end', 'end'],
  ['sqlite', 'create trigger t after update on users begin select 1; end', undefined],
] as const)('%s: %s', ([dialect, text, command]) => {
  expect(transactionCommandIn(text, dialect)).toBe(command)
})

// The text is read once: what takes more than its length would keep the process from all else.
it.for(['postgres', 'mysql', 'sqlite'] as const)('%s: a text of many megabytes, quoted or cut off', (dialect) => {
  const long = 'x'.repeat(20_000_000)
  expect(transactionCommandIn(`insert into notes values ('${long}'); commit`, dialect)).toBe('commit')
  expect(transactionCommandIn(`insert into notes values ('${long}`, dialect)).toBeUndefined()
  const escaped = String.raw`\n''`.repeat(5_000_000)
  expect(transactionCommandIn(`insert into notes values (E'${escaped}'); commit`, dialect)).toBe('commit')
  for (const part of ['[', '/*!', '$a', '/*', '*/', "'", '"', '\\', '--', '/*!1', ' ']) {
    expect(transactionCommandIn(`select ${part.repeat(300_000)}`, dialect)).toBeUndefined()
  }
  const tags = Array.from({ length: 100_000 }, (_, n) => `$a${n}$`).join(' ')
  expect(transactionCommandIn(`select ${tags}`, dialect)).toBeUndefined()
})

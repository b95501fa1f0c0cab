// What the columns of a schema object say of themselves, without a database.
import { getTableColumns, getTableName, sql, type Table } from 'drizzle-orm'
import * as my from 'drizzle-orm/mysql-core'
import * as p from 'drizzle-orm/pg-core'
import * as lite from 'drizzle-orm/sqlite-core'
import { describe, expect, it } from 'vitest'
import { infoOf } from '../src/column-info.ts'
import { uniqueIndexesOf } from '../src/unique-indexes.ts'

const plan = p.pgEnum('plan', ['free', 'pro'])
const citext = p.customType<{ data: string }>({ dataType: () => 'citext' })

/** What is said of the only column `name` of a table. */
function saidOf(table: Table, name = 'f') {
  const column = getTableColumns(table)[name]
  if (!column) throw new Error(`${getTableName(table)} has no ${name}.`)
  return infoOf(name, column, uniqueIndexesOf(table))
}

const NULLABLE = { nullable: true, required: false }
const FILLED = { nullable: false, required: false }

describe('A column', () => {
  it.for<[what: string, table: Table, expected: object]>([
    ['text', p.pgTable('t', { f: p.text() }), { ...NULLABLE, type: 'text', takes: 'text' }],
    [
      'text that is required',
      p.pgTable('t', { f: p.text().notNull() }),
      { nullable: false, required: true, type: 'text', takes: 'text' },
    ],
    ['an integer', p.pgTable('t', { f: p.integer() }), { ...NULLABLE, type: 'integer', takes: 'number' }],
    ['a flag', p.pgTable('t', { f: p.boolean() }), { ...NULLABLE, type: 'boolean', takes: 'boolean' }],
    ['JSON', p.pgTable('t', { f: p.jsonb() }), { ...NULLABLE, type: 'jsonb', takes: 'json' }],
    ['a list', p.pgTable('t', { f: p.text().array() }), { ...NULLABLE, type: 'text[]', takes: 'list' }],
    ['bytes', lite.sqliteTable('t', { f: lite.blob() }), { ...NULLABLE, type: 'blob', takes: 'bytes' }],
    ['a large integer', p.pgTable('t', { f: p.bigint({ mode: 'bigint' }) }), { ...NULLABLE, type: 'bigint' }],
    ['a Date', p.pgTable('t', { f: p.timestamp() }), { ...NULLABLE, type: 'timestamp', takes: 'date' }],
    ['a date as text', p.pgTable('t', { f: p.date() }), { ...NULLABLE, type: 'date' }],
    ['a time as text', p.pgTable('t', { f: p.time() }), { ...NULLABLE, type: 'time' }],
    [
      'a moment as text, on MySQL',
      my.mysqlTable('t', { f: my.datetime({ mode: 'string' }) }),
      { ...NULLABLE, type: 'datetime' },
    ],
    ['a type of the application’s own', p.pgTable('t', { f: citext() }), { ...NULLABLE, type: 'citext' }],
    ['an enum', p.pgTable('t', { f: plan() }), { ...NULLABLE, type: 'plan', takes: 'text', labels: ['free', 'pro'] }],
    [
      'with a default',
      p.pgTable('t', { f: p.text().notNull().default('a') }),
      { ...FILLED, type: 'text', takes: 'text', emptyValue: 'a' },
    ],
    [
      'with a default that is 0',
      p.pgTable('t', { f: p.integer().default(0) }),
      { ...NULLABLE, type: 'integer', takes: 'number', emptyValue: 0 },
    ],
    [
      'with a default that is an expression',
      p.pgTable('t', { f: p.text().notNull().default(sql`gen()`) }),
      { ...FILLED, type: 'text', takes: 'text' },
    ],
    [
      'with a default that Drizzle makes',
      p.pgTable('t', {
        f: p
          .text()
          .notNull()
          .$defaultFn(() => 'a'),
      }),
      { ...FILLED, type: 'text', takes: 'text' },
    ],
    [
      'that Drizzle fills at each update',
      p.pgTable('t', {
        f: p
          .text()
          .notNull()
          .$onUpdate(() => 'a'),
      }),
      { ...FILLED, type: 'text', takes: 'text' },
    ],
    [
      'that is generated',
      p.pgTable('t', { f: p.text().notNull().generatedAlwaysAs(sql`'a'`) }),
      { ...FILLED, type: 'text', takes: 'text', generated: true },
    ],
    [
      'that is always an identity',
      p.pgTable('t', { f: p.integer().notNull().generatedAlwaysAsIdentity() }),
      { ...FILLED, type: 'integer', takes: 'number', generated: true },
    ],
    [
      'that is an identity by default',
      p.pgTable('t', { f: p.integer().notNull().generatedByDefaultAsIdentity() }),
      { ...FILLED, type: 'integer', takes: 'number' },
    ],
    [
      'unique by itself, with a default',
      p.pgTable('t', { f: p.text().unique().default('a') }),
      { ...NULLABLE, type: 'text', takes: 'text' },
    ],
    [
      'that is the primary key, with a default',
      p.pgTable('t', { f: p.text().primaryKey().default('a') }),
      { ...FILLED, type: 'text', takes: 'text' },
    ],
    [
      'unique by an index, with a default',
      p.pgTable('t', { f: p.text().default('a') }, (t) => [p.uniqueIndex().on(t.f)]),
      { ...NULLABLE, type: 'text', takes: 'text' },
    ],
    [
      'unique together with another, with a default',
      p.pgTable('t', { f: p.text().default('a'), g: p.text() }, (t) => [p.unique().on(t.f, t.g)]),
      { ...NULLABLE, type: 'text', takes: 'text', emptyValue: 'a' },
    ],
  ])('%s', ([, table, expected]) => {
    expect(saidOf(table)).toEqual(expected)
  })

  it.for<[what: string, table: Table, unfit: RegExp | undefined]>([
    ['text', p.pgTable('t', { userId: p.text() }), undefined],
    ['a type of the application’s own', p.pgTable('t', { userId: citext() }), undefined],
    ['a short text', p.pgTable('t', { userId: p.varchar({ length: 20 }) }), /holds 20 characters/],
    ['an integer', p.pgTable('t', { userId: p.integer() }), /has the type integer/],
    ['an enum', p.pgTable('t', { userId: plan() }), /has the type plan/],
    ['a uuid', p.pgTable('t', { userId: p.uuid() }), /has the type uuid/],
    ['a text of fixed width', p.pgTable('t', { userId: p.char({ length: 64 }) }), /fills ids up with blanks/],
    ['a text of fixed width, on MySQL', my.mysqlTable('t', { userId: my.char({ length: 64 }) }), undefined],
  ])('that refers to a user, and is %s', ([, table, unfit]) => {
    const said = saidOf(table, 'userId').unfitForIds
    if (unfit) expect(said).toMatch(unfit)
    else expect(said).toBeUndefined()
  })
})

import { sql } from 'drizzle-orm'
import * as mysql from 'drizzle-orm/mysql-core'
import * as pg from 'drizzle-orm/pg-core'
import * as sqlite from 'drizzle-orm/sqlite-core'
import { describe, expect, it } from 'vitest'
import { uniqueIndexesOf } from '../src/unique-indexes.ts'

describe('Unique indexes are read as Drizzle reads them', () => {
  const shapes: readonly (readonly [string, (extras: readonly object[]) => unknown])[] = [
    ['a list', (extras) => extras],
    ['lists in a list', ([first, ...others]) => [first, others]],
    ['an object', (extras) => ({ ...extras })],
  ]
  const dialects = { pg: onPostgres, mysql: onMysql, sqlite: onSqlite }
  const tables = Object.entries(dialects).flatMap(([dialect, table]) =>
    shapes.map(([shape, extras]) => [`${dialect}, ${shape}`, ...table(extras)] as const),
  )
  it.each(tables)('%s', (_, table, expected) => {
    expect(uniqueIndexesOf(table).map(String).toSorted()).toEqual(expected.map(String).toSorted())
    expect(expected).toHaveLength(5)
  })
  it('and none where there are none', () => {
    expect(uniqueIndexesOf(pg.pgTable('users', { id: pg.text().primaryKey() }))).toEqual([])
  })
})

interface Config {
  readonly primaryKeys: readonly Columns[]
  readonly uniqueConstraints: readonly Columns[]
  readonly indexes: readonly { readonly config: Columns & { readonly unique?: boolean; readonly where?: unknown } }[]
}
interface Columns {
  readonly columns: readonly object[]
}

function uniqueNames({ primaryKeys, uniqueConstraints, indexes }: Config): unknown[][] {
  const whole = indexes.map(({ config }) => config).filter(({ unique, where }) => unique && where === undefined)
  const all = [...primaryKeys, ...uniqueConstraints, ...whole]
  return all.map(({ columns }) => columns.map((column) => Reflect.get(column, 'name')))
}

type Extras = (all: readonly object[]) => unknown

function onPostgres(extras: Extras) {
  const columns = { id: pg.text(), email: pg.text(), phone: pg.text('phone_number'), team: pg.text() }
  const table = pg.pgTable('users', columns, (t) => {
    const all = [
      pg.primaryKey({ columns: [t.id, t.team] }),
      pg.unique().on(t.email),
      pg.uniqueIndex('a').on(t.phone),
      pg.uniqueIndex('b').on(sql`lower(${t.email})`),
      pg.uniqueIndex('c').on(t.team, t.email.desc()),
      pg.uniqueIndex('d').on(t.email).where(sql`${t.team} is null`),
      pg.index('e').on(t.email),
      pg.check('f', sql`${t.email} <> ''`),
    ]
    return extras(all) as never
  })
  return [table, uniqueNames(pg.getTableConfig(table))] as const
}

function onMysql(extras: Extras) {
  const columns = { id: mysql.text(), email: mysql.text(), phone: mysql.text('phone_number'), team: mysql.text() }
  const table = mysql.mysqlTable('users', columns, (t) => {
    const all = [
      mysql.primaryKey({ columns: [t.id, t.team] }),
      mysql.unique().on(t.email),
      mysql.uniqueIndex('a').on(t.phone),
      mysql.uniqueIndex('b').on(sql`lower(${t.email})`),
      mysql.uniqueIndex('c').on(t.team, t.email),
      mysql.index('d').on(t.email),
      mysql.check('e', sql`${t.email} <> ''`),
    ]
    return extras(all) as never
  })
  return [table, uniqueNames(mysql.getTableConfig(table))] as const
}

function onSqlite(extras: Extras) {
  const columns = { id: sqlite.text(), email: sqlite.text(), phone: sqlite.text('phone_number'), team: sqlite.text() }
  const table = sqlite.sqliteTable('users', columns, (t) => {
    const all = [
      sqlite.primaryKey({ columns: [t.id, t.team] }),
      sqlite.unique().on(t.email),
      sqlite.uniqueIndex('a').on(t.phone),
      sqlite.uniqueIndex('b').on(sql`lower(${t.email})`),
      sqlite.uniqueIndex('c').on(t.team, t.email),
      sqlite.uniqueIndex('d').on(t.email).where(sql`${t.team} is null`),
      sqlite.index('e').on(t.email),
      sqlite.check('f', sql`${t.email} <> ''`),
    ]
    return extras(all) as never
  })
  return [table, uniqueNames(sqlite.getTableConfig(table))] as const
}

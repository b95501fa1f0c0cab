import { spawnSync } from 'node:child_process'
import { getTableColumns, sql, type Table } from 'drizzle-orm'
import * as mysql from 'drizzle-orm/mysql-core'
import * as pg from 'drizzle-orm/pg-core'
import * as sqlite from 'drizzle-orm/sqlite-core'
import { describe, expect, it } from 'vitest'
import { uniqueIndexesOf } from '../src/unique-indexes.ts'

describe('An application loads one dialect of Drizzle', () => {
  const own = { pg: 'drizzle-orm/node-postgres', mysql: 'drizzle-orm/mysql2', sqlite: 'drizzle-orm/better-sqlite3' }
  it.each(Object.entries(own))('%s, and the adapter nothing of another beside it', (dialect, driver) => {
    const script = `
      import { registerHooks } from 'node:module'
      const loaded = []
      registerHooks({
        load(url, context, next) {
          loaded.push(url)
          return next(url, context)
        },
      })
      await import('${driver}')
      loaded.length = 0
      await import('@clerk-sync/adapter-drizzle')
      await import('@clerk-sync/adapter-drizzle/${dialect}')
      console.log(JSON.stringify(loaded))`
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
      encoding: 'utf8',
      cwd: new URL('..', import.meta.url),
    })
    expect(stderr).toBe('')
    const loaded: readonly string[] = JSON.parse(stdout)
    expect(loaded.length).toBeGreaterThan(2)
    const ofOthers = loaded.filter((url) => /\/\w+-core\//.test(url) && !url.includes(`/${dialect}-core/`))
    expect(ofOthers).toEqual([])
  })
})

describe('Unique indexes are read as Drizzle reads them', () => {
  const tables: readonly (readonly [string, Table, (table: never) => Config])[] = [
    ['pg, a list', pgTable((t) => pgExtras(t)), pg.getTableConfig],
    ['pg, a list of lists', pgTable((t) => [pgExtras(t)] as never), pg.getTableConfig],
    ['pg, an object', pgTable((t) => ({ ...pgExtras(t) })), pg.getTableConfig],
    ['pg, none', pg.pgTable('users', { id: pg.text() }), pg.getTableConfig],
    ['mysql, a list', mysqlTable((t) => mysqlExtras(t)), mysql.getTableConfig],
    ['mysql, an object', mysqlTable((t) => ({ ...mysqlExtras(t) })), mysql.getTableConfig],
    ['sqlite, a list', sqliteTable((t) => sqliteExtras(t)), sqlite.getTableConfig],
    ['sqlite, an object', sqliteTable((t) => ({ ...sqliteExtras(t) })), sqlite.getTableConfig],
  ]
  it.each(tables)('%s', (_, table, getTableConfig) => {
    const { primaryKeys, uniqueConstraints, indexes } = getTableConfig(table as never)
    const whole = indexes.filter(({ config }) => config.unique && config.where === undefined)
    const expected = [...primaryKeys, ...uniqueConstraints, ...whole.map(({ config }) => config)]
    const names = expected.map(({ columns }) => columns.map((column) => Reflect.get(column as object, 'name') ?? ''))
    const byText = (all: readonly unknown[]) => all.map((one) => JSON.stringify(one)).sort()
    expect(byText(uniqueIndexesOf(table))).toEqual(byText(names))
    expect(names.length).toBe(Object.keys(getTableColumns(table)).length > 1 ? 5 : 0)
  })
})

interface Config {
  readonly primaryKeys: readonly { readonly columns: readonly unknown[] }[]
  readonly uniqueConstraints: readonly { readonly columns: readonly unknown[] }[]
  readonly indexes: readonly {
    readonly config: { readonly unique?: boolean; readonly where?: unknown; readonly columns: readonly unknown[] }
  }[]
}

const pgColumns = { id: pg.text(), email: pg.text(), phone: pg.text('phone_number'), team: pg.text() }
const pgTable = (extras: (t: ReturnType<typeof plainPg>) => never) => pg.pgTable('users', pgColumns, extras as never)
const plainPg = () => pg.pgTable('users', pgColumns)
const pgExtras = (t: ReturnType<typeof plainPg>) =>
  [
    pg.primaryKey({ columns: [t.id, t.team] }),
    pg.unique().on(t.email),
    pg.uniqueIndex('a').on(t.phone),
    pg.uniqueIndex('b').on(sql`lower(${t.email})`),
    pg.uniqueIndex('c').on(t.team, t.email.desc()),
    pg.uniqueIndex('d').on(t.email).where(sql`${t.team} is null`),
    pg.index('e').on(t.email),
    pg.check('f', sql`${t.email} <> ''`),
    pg.foreignKey({ columns: [t.team], foreignColumns: [t.id] }),
  ] as never

const mysqlColumns = { id: mysql.text(), email: mysql.text(), phone: mysql.text('phone_number'), team: mysql.text() }
const mysqlTable = (extras: (t: ReturnType<typeof plainMysql>) => never) =>
  mysql.mysqlTable('users', mysqlColumns, extras as never)
const plainMysql = () => mysql.mysqlTable('users', mysqlColumns)
const mysqlExtras = (t: ReturnType<typeof plainMysql>) =>
  [
    mysql.primaryKey({ columns: [t.id, t.team] }),
    mysql.unique().on(t.email),
    mysql.uniqueIndex('a').on(t.phone),
    mysql.uniqueIndex('b').on(sql`lower(${t.email})`),
    mysql.uniqueIndex('c').on(t.team, t.email),
    mysql.index('d').on(t.email),
    mysql.check('e', sql`${t.email} <> ''`),
    mysql.foreignKey({ columns: [t.team], foreignColumns: [t.id] }),
  ] as never

const sqliteColumns = {
  id: sqlite.text(),
  email: sqlite.text(),
  phone: sqlite.text('phone_number'),
  team: sqlite.text(),
}
const sqliteTable = (extras: (t: ReturnType<typeof plainSqlite>) => never) =>
  sqlite.sqliteTable('users', sqliteColumns, extras as never)
const plainSqlite = () => sqlite.sqliteTable('users', sqliteColumns)
const sqliteExtras = (t: ReturnType<typeof plainSqlite>) =>
  [
    sqlite.primaryKey({ columns: [t.id, t.team] }),
    sqlite.unique().on(t.email),
    sqlite.uniqueIndex('a').on(t.phone),
    sqlite.uniqueIndex('b').on(sql`lower(${t.email})`),
    sqlite.uniqueIndex('c').on(t.team, t.email),
    sqlite.uniqueIndex('d').on(t.email).where(sql`${t.team} is null`),
    sqlite.index('e').on(t.email),
    sqlite.check('f', sql`${t.email} <> ''`),
    sqlite.foreignKey({ columns: [t.team], foreignColumns: [t.id] }),
  ] as never

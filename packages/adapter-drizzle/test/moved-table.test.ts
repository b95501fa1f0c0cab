import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { createClerkSync, type DeleteMode } from '@clerk-sync/core'
import { mysqlTables, postgresTables, sqliteTables, type Versions } from '@clerk-sync/test-support/kit-tables'
import { type MovedStore, migratingSqlite, testMove } from '@clerk-sync/test-support/moved-table'
import Database from 'better-sqlite3'
import { drizzle as drizzleSqlite } from 'drizzle-orm/better-sqlite3'
import { drizzle as drizzleMysql } from 'drizzle-orm/mysql2'
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { onTestFinished } from 'vitest'
import * as mysqlSchema from './kit/schema-mysql.ts'
import * as pgSchema from './kit/schema-pg.ts'
import * as sqliteSchema from './kit/schema-sqlite.ts'

const casing = 'snake_case'
const optionsOf = (onDelete: DeleteMode | undefined) => (onDelete ? { onDelete } : {})

async function openPostgres(): Promise<MovedStore> {
  const { url, query } = await postgresTables('drizzle_moved', onTestFinished)
  const start = (versions: Versions, onDelete?: DeleteMode) => {
    const pool = new pg.Pool({ connectionString: url, max: 4 })
    onTestFinished(() => pool.end())
    const { plain } = versions === 'row' ? pgSchema.shapes : pgSchema.besideShapes
    return createClerkSync({
      adapter: drizzleAdapter(drizzlePg(pool, { casing }), plain),
      ...optionsOf(onDelete),
      on: {
        'user.created': ({ event, tx }) =>
          tx.insert(pgSchema.welcomes).values({ userId: event.data.id, eventId: event.id }),
      },
    })
  }
  return { dialect: 'postgres', query, start }
}

const openMysql = (server: 'mysql' | 'mariadb') => async (): Promise<MovedStore> => {
  const { url, query } = await mysqlTables(server, 'drizzle_moved', onTestFinished)
  const start = (versions: Versions, onDelete?: DeleteMode) => {
    const pool = mysql.createPool({ uri: url, connectionLimit: 4 })
    onTestFinished(() => pool.end())
    const { plain } = versions === 'row' ? mysqlSchema.shapes : mysqlSchema.besideShapes
    return createClerkSync({
      adapter: drizzleAdapter(drizzleMysql({ client: pool, casing }), plain),
      ...optionsOf(onDelete),
      on: {
        'user.created': ({ event, tx }) =>
          tx.insert(mysqlSchema.welcomes).values({ userId: event.data.id, eventId: event.id }),
      },
    })
  }
  return { dialect: 'mysql', query, start }
}

async function openSqlite(): Promise<MovedStore> {
  const { file } = await sqliteTables(onTestFinished)
  const start = (versions: Versions, onDelete?: DeleteMode) => {
    const database = new Database(file, { timeout: 0 })
    onTestFinished(() => void database.close())
    const { plain } = versions === 'row' ? sqliteSchema.shapes : sqliteSchema.besideShapes
    return createClerkSync({
      adapter: drizzleAdapter(drizzleSqlite(database, { casing }), plain),
      ...optionsOf(onDelete),
      on: {
        'user.created': ({ event, tx }) =>
          tx.insert(sqliteSchema.welcomes).values({ userId: event.data.id, eventId: event.id }).run(),
      },
    })
  }
  return { dialect: 'sqlite', query: migratingSqlite(file, onTestFinished), start }
}

testMove([
  ['PostgreSQL', openPostgres],
  ['MySQL', openMysql('mysql')],
  ['MariaDB', openMysql('mariadb')],
  ['SQLite', openSqlite],
])

import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { connectionLimits } from '@clerk-sync/adapter-drizzle/postgres-js'
import { createClerkSync } from '@clerk-sync/core'
import { type FaultedDriver, type FaultedOptions, testFaults } from '@clerk-sync/test-support/fault-run'
import { createdTables, sqliteTables } from '@clerk-sync/test-support/kit-tables'
import { rawMysql, rawPostgres } from '@clerk-sync/test-support/raw-connections'
import { createClient } from '@libsql/client'
import { neon, neonConfig } from '@neondatabase/serverless'
import { Client as PlanetscaleClient } from '@planetscale/database'
import Database from 'better-sqlite3'
import { drizzle as drizzleLibsql } from 'drizzle-orm/libsql'
import { drizzle as drizzleMysql, type MySql2Database } from 'drizzle-orm/mysql2'
import { drizzle as drizzleNeon } from 'drizzle-orm/neon-http'
import { drizzle as drizzleNodePostgres } from 'drizzle-orm/node-postgres'
import { drizzle as drizzlePlanetscale, type PlanetScaleDatabase } from 'drizzle-orm/planetscale-serverless'
import { drizzle as drizzlePostgresJs } from 'drizzle-orm/postgres-js'
import mysql from 'mysql2/promise'
import pg from 'pg'
import postgres from 'postgres'
import { onTestFinished } from 'vitest'
import { serveLibsql } from './kit/libsql-server.ts'
import { serveNeon } from './kit/neon-server.ts'
import { servePlanetscale } from './kit/planetscale-server.ts'
import * as mysqlSchema from './kit/schema-mysql.ts'
import * as pgSchema from './kit/schema-pg.ts'
import * as sqliteSchema from './kit/schema-sqlite.ts'

const onPostgres: Pick<FaultedDriver, 'server' | 'tables'> = {
  server: 'postgres',
  tables: (url) => createdTables('postgres', rawPostgres(url, onTestFinished)),
}

const nodePostgres: FaultedDriver = {
  ...onPostgres,
  name: 'Drizzle, node-postgres',
  open(connectionString, { sync }) {
    const pool = new pg.Pool({ connectionString, max: 2, connectionTimeoutMillis: 5_000 })
    onTestFinished(() => pool.end())
    return createClerkSync({
      adapter: drizzleAdapter(drizzleNodePostgres(pool, { casing: 'snake_case' }), pgSchema.shapes.plain),
      ...sync,
      on: {
        'user.created': ({ event, tx }) =>
          tx.insert(pgSchema.welcomes).values({ userId: event.data.id, eventId: event.id }),
      },
    })
  },
}

const postgresJs: FaultedDriver = {
  ...onPostgres,
  name: 'Drizzle, postgres.js',
  open(url, { sync, silenceMs }) {
    const client = postgres(url, { max: 2, onnotice: () => {}, ...connectionLimits({ silenceMs }) })
    onTestFinished(() => client.end({ timeout: 1 }))
    return createClerkSync({
      adapter: drizzleAdapter(drizzlePostgresJs(client, { casing: 'snake_case' }), pgSchema.shapes.plain),
      ...sync,
      on: {
        'user.created': ({ event, tx }) =>
          tx.insert(pgSchema.welcomes).values({ userId: event.data.id, eventId: event.id }),
      },
    })
  },
}

function syncOfMysql(db: MySql2Database | PlanetScaleDatabase, sync: FaultedOptions['sync']) {
  return createClerkSync({
    adapter: drizzleAdapter(db, mysqlSchema.shapes.plain),
    ...sync,
    on: {
      'user.created': ({ event, tx }) =>
        tx.insert(mysqlSchema.welcomes).values({ userId: event.data.id, eventId: event.id }),
    },
  })
}

const mysql2: FaultedDriver = {
  name: 'Drizzle, mysql2',
  server: 'mysql',
  tables: (url) => createdTables('mysql', rawMysql(url, onTestFinished)),
  open(uri, { sync }) {
    const client = mysql.createPool({ uri, connectionLimit: 2 })
    onTestFinished(() => client.end())
    return syncOfMysql(drizzleMysql({ client, casing: 'snake_case' }), sync)
  },
}

const planetscale: FaultedDriver = {
  name: 'Drizzle, PlanetScale',
  server: 'mysql',
  commit: /"query":"COMMIT"/,
  async tables(database) {
    const server = await servePlanetscale(database)
    onTestFinished(server.close)
    return { ...(await createdTables('mysql', rawMysql(database, onTestFinished))), url: server.url }
  },
  open(url, { sync }) {
    const db = drizzlePlanetscale({ client: new PlanetscaleClient({ url }), casing: 'snake_case' })
    return syncOfMysql(db, sync)
  },
}

const libsql: FaultedDriver = {
  name: 'Drizzle, libsql over HTTP',
  server: 'none',
  commit: /"sql":"COMMIT"/i,
  async tables() {
    const { file, query } = await sqliteTables(onTestFinished)
    const open = () => new Database(file, { timeout: 0 })
    const server = await serveLibsql(open(), open)
    onTestFinished(() => server.close())
    return { query, url: server.url }
  },
  open(url, { sync }) {
    const client = createClient({ url })
    onTestFinished(() => client.close())
    return createClerkSync({
      adapter: drizzleAdapter(drizzleLibsql(client, { casing: 'snake_case' }), sqliteSchema.shapes.plain),
      ...sync,
      on: {
        'user.created': ({ event, tx }) =>
          tx.insert(sqliteSchema.welcomes).values({ userId: event.data.id, eventId: event.id }),
      },
    })
  },
}

/** A hook has no transaction there, and may run twice: its row is its message's. */
const neonHttp: FaultedDriver = {
  name: 'Drizzle, neon-http',
  server: 'postgres',
  commit: /insert into \\"events\\"/,
  statements: 3,
  async tables(database) {
    const server = await serveNeon()
    onTestFinished(server.close)
    const { query } = await createdTables('postgres', rawPostgres(database, onTestFinished))
    await query('create unique index on welcomes (event_id)')
    return { query, url: server.endpoint }
  },
  open(url, { sync, database }) {
    neonConfig.fetchEndpoint = url
    const db = drizzleNeon(neon(database), { casing: 'snake_case' })
    return createClerkSync({
      adapter: drizzleAdapter(db, pgSchema.shapes.plain),
      ...sync,
      on: {
        'user.created': ({ event }) =>
          db.insert(pgSchema.welcomes).values({ userId: event.data.id, eventId: event.id }).onConflictDoNothing(),
      },
    })
  },
}

testFaults('drizzle_faults', [
  nodePostgres,
  { ...nodePostgres, name: 'Drizzle, node-postgres, PgBouncer', isPooled: true },
  postgresJs,
  { ...postgresJs, name: 'Drizzle, postgres.js, PgBouncer', isPooled: true },
  mysql2,
  { ...mysql2, name: 'Drizzle, mysql2, MariaDB', server: 'mariadb' },
  planetscale,
  libsql,
  neonHttp,
])

import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { connectionLimits } from '@clerk-sync/adapter-drizzle/postgres-js'
import { createClerkSync } from '@clerk-sync/core'
import { type FaultedDriver, testFaults } from '@clerk-sync/test-support/fault-run'
import { createdTables } from '@clerk-sync/test-support/kit-tables'
import { rawMysql, rawPostgres } from '@clerk-sync/test-support/raw-connections'
import { drizzle as drizzleMysql } from 'drizzle-orm/mysql2'
import { drizzle as drizzleNodePostgres } from 'drizzle-orm/node-postgres'
import { drizzle as drizzlePostgresJs } from 'drizzle-orm/postgres-js'
import mysql from 'mysql2/promise'
import pg from 'pg'
import postgres from 'postgres'
import { onTestFinished } from 'vitest'
import * as mysqlSchema from './kit/schema-mysql.ts'
import * as pgSchema from './kit/schema-pg.ts'

const onPostgres: Pick<FaultedDriver, 'protocol' | 'tables'> = {
  protocol: 'postgres',
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

testFaults('drizzle_faults', [
  nodePostgres,
  { ...nodePostgres, name: 'Drizzle, node-postgres, PgBouncer', isPooled: true },
  postgresJs,
  { ...postgresJs, name: 'Drizzle, postgres.js, PgBouncer', isPooled: true },
  {
    name: 'Drizzle, mysql2',
    protocol: 'mysql',
    tables: (url) => createdTables('mysql', rawMysql(url, onTestFinished)),
    open(uri, { sync }) {
      const client = mysql.createPool({ uri, connectionLimit: 2 })
      onTestFinished(() => client.end())
      return createClerkSync({
        adapter: drizzleAdapter(drizzleMysql({ client, casing: 'snake_case' }), mysqlSchema.shapes.plain),
        ...sync,
        on: {
          'user.created': ({ event, tx }) =>
            tx.insert(mysqlSchema.welcomes).values({ userId: event.data.id, eventId: event.id }),
        },
      })
    },
  },
])

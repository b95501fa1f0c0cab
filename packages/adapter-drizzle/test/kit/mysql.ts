import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { type DatabaseCalls, sqlTables, testAdapter } from '@clerk-sync/adapter-testkit'
import { type ServerVariable, serverUrl } from '@clerk-sync/bare-machine/server-url'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/mysql2'
import mysql, { type Pool, type PoolConnection, type QueryOptions, type RowDataPacket } from 'mysql2/promise'
import { afterAll, describe, it } from 'vitest'
import * as schema from './schema-mysql.ts'

/** Runs the whole suite on a server: MySQL and MariaDB differ in nothing that a harness could see. */
export async function testMysql(name: string, variable: ServerVariable, database: string): Promise<void> {
  const uri = await freshMysql(variable, database)
  const raw = mysql.createPool({ uri, connectionLimit: 4, timezone: 'Z' })
  const { create, read, insert } = sqlTables('mysql', async (text, values) => {
    const [rows] = await raw.query<RowDataPacket[]>(text, [...values])
    return rows
  })
  await create()
  const pools: Pool[] = [raw]
  afterAll(() => Promise.all(pools.map((pool) => pool.end())))

  testAdapter({
    name,
    runner: { describe, it },
    capabilities: {
      transactions: 'interactive',
      parallel: true,
      datePrecisionMs: 1,
      isolationLevels: ['read committed', 'serializable'],
    },
    adapter(shape, { calls, isolation }) {
      const pool = mysql.createPool({ uri, connectionLimit: 4 })
      pools.push(pool)
      if (isolation) {
        pool.on('connection', (connection) => {
          connection.query(`set session transaction isolation level ${isolation}`)
        })
      }
      const client = falliblePool(pool, calls)
      return drizzleAdapter(drizzle({ client, casing: 'snake_case' }), schema.shapes[shape])
    },
    read,
    insert,
    effect: (tx, welcome) => tx.insert(schema.welcomes).values(welcome),
    failingStatement: (tx) => tx.execute(sql`select * from no_such_table`),
  })
}

/** The URL of an empty database of a suite's own. */
export async function freshMysql(variable: ServerVariable, database: string): Promise<string> {
  const server = await serverUrl(variable)
  const connection = await mysql.createConnection(server)
  await connection.query(`drop database if exists ${database}`)
  await connection.query(`create database ${database}`)
  await connection.end()
  const url = new URL(server)
  url.pathname = `/${database}`
  return url.href
}

/** A pool whose every statement passes through the kit's hands. */
function falliblePool(pool: Pool, calls: DatabaseCalls): Pool {
  const getConnection = async (): Promise<PoolConnection> => {
    const connection = await pool.getConnection()
    let gone = false
    const destroy = () => {
      gone = true
      connection.destroy()
    }
    const query = (options: QueryOptions, values?: unknown[]) =>
      calls.run(() => connection.query(options, values), destroy)
    const release = () => {
      if (!gone) connection.release()
    }
    return Object.assign(Object.create(connection), { query, release, destroy })
  }
  const query = async (options: QueryOptions, values?: unknown[]) => {
    const connection = await getConnection()
    try {
      return await connection.query(options, values)
    } finally {
      connection.release()
    }
  }
  return Object.assign(Object.create(pool), { getConnection, query })
}

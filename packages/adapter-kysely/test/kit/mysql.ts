import { type DatabaseCalls, sqlTables, testAdapter } from '@clerk-sync/adapter-testkit'
import { type ServerVariable, serverUrl } from '@clerk-sync/bare-machine/server-url'
import { MysqlDialect, type MysqlPool, type MysqlPoolConnection } from 'kysely'
import { createPool, type Pool } from 'mysql2'
import mysql, { type RowDataPacket } from 'mysql2/promise'
import { afterAll, describe, it } from 'vitest'
import { adapterOf, hooks, open } from './adapter.ts'

/** Runs the whole suite on a server: MySQL and MariaDB differ in nothing that a harness could see. */
export async function testMysql(name: string, variable: ServerVariable, database: string): Promise<void> {
  const uri = await freshMysql(variable, database)
  const raw = mysql.createPool({ uri, connectionLimit: 4, timezone: 'Z' })
  const { create, read, insert } = sqlTables('mysql', async (text, values) => {
    const [rows] = await raw.query<RowDataPacket[]>(text, [...values])
    return rows
  })
  await create()
  const pools: Pool[] = []
  afterAll(() => Promise.all([raw.end(), ...pools.map((pool) => pool.promise().end())]))

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
      const pool = createPool({ uri, connectionLimit: 4, timezone: 'Z' })
      pools.push(pool)
      if (isolation) {
        pool.on('connection', (connection) => {
          connection.query(`set session transaction isolation level ${isolation}`)
        })
      }
      return adapterOf(open(new MysqlDialect({ pool: fallible(pool, calls) })), shape)
    },
    read,
    insert,
    ...hooks,
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
function fallible(pool: Pool, calls: DatabaseCalls): MysqlPool {
  const wrap = (connection: MysqlPoolConnection): MysqlPoolConnection => {
    let gone = false
    const destroy = () => {
      gone = true
      connection.destroy()
    }
    const send = (text: string, values: readonly unknown[]) =>
      new Promise((resolve, reject) => {
        connection.query(text, values, (error, result) => (error ? reject(error) : resolve(result)))
      })
    return Object.assign(Object.create(connection), {
      destroy,
      release: () => {
        if (!gone) connection.release()
      },
      query: (text: string, values: readonly unknown[], done: (error: unknown, result?: unknown) => void) =>
        void calls
          .run(() => send(text, values), destroy)
          .then(
            (result) => done(undefined, result),
            (error: unknown) => done(error),
          ),
    })
  }
  return {
    end: (done) => pool.end(done),
    getConnection: (done) =>
      pool.getConnection((error, connection) =>
        error ? done(error, undefined as never) : done(undefined, wrap(connection as unknown as MysqlPoolConnection)),
      ),
  }
}

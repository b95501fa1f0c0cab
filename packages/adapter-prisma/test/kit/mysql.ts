import { type DatabaseCalls, type SqlTables, sqlTables } from '@clerk-sync/adapter-testkit'
import { type ServerVariable, serverUrl } from '@clerk-sync/bare-machine/server-url'
import type { Pool, PoolConfig, PoolConnection } from 'mariadb'
import mysql, { type RowDataPacket } from 'mysql2/promise'
import { afterAll } from 'vitest'

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

/** What Prisma's driver takes in place of a URL. */
export function poolConfig(url: string): PoolConfig {
  const { hostname, port, username, password, pathname } = new URL(url)
  return {
    host: hostname,
    port: Number(port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: pathname.slice(1),
    connectionLimit: 4,
    // MySQL's own way to hand over a password without TLS.
    allowPublicKeyRetrieval: true,
    prepareCacheLength: 0,
  }
}

/**
 * The kit's tables, through a driver that Prisma does not use. `ids`: the collation of Clerk's ids, where it is not to be
 * the kit's; Prisma 6 cannot read a column that has a binary one.
 */
export function kitTables(
  uri: string,
  ids = 'ascii_bin',
): SqlTables & { query(text: string): Promise<readonly RowDataPacket[]> } {
  const raw = mysql.createPool({ uri, connectionLimit: 4, timezone: 'Z' })
  afterAll(() => raw.end())
  const query = async (text: string, values: readonly unknown[] = []) => {
    const spelled = text.replaceAll('ascii collate ascii_bin', `${ids.split('_')[0]} collate ${ids}`)
    const [rows] = await raw.query<RowDataPacket[]>(spelled, [...values])
    return rows
  }
  return { ...sqlTables('mysql', query), query }
}

/** What the driver adapter uses of a pool and of its connections, each call passing through the kit's hands. */
export function falliblePool(pool: Pool, calls: DatabaseCalls): Pool {
  const onConnection = async <T>(call: (connection: PoolConnection) => Promise<T>): Promise<T> => {
    const connection = fallible(await pool.getConnection(), calls)
    try {
      return await call(connection)
    } finally {
      await connection.release()
    }
  }
  const wrapped: Pick<Pool, 'query' | 'execute' | 'getConnection'> = {
    query: (options: string, values?: unknown) => onConnection((connection) => connection.query(options, values)),
    execute: (options: string, values?: unknown) => onConnection((connection) => connection.execute(options, values)),
    getConnection: async () => fallible(await pool.getConnection(), calls),
  }
  return wrapped as Pool
}

function fallible(connection: PoolConnection, calls: DatabaseCalls): PoolConnection {
  let gone = false
  const sever = () => {
    gone = true
    connection.destroy()
  }
  const wrapped = {
    query: (options: string, values?: unknown) => calls.run(() => connection.query(options, values), sever),
    execute: (options: string, values?: unknown) => calls.run(() => connection.execute(options, values), sever),
    on: (event: 'error', listener: () => void) => connection.on(event, listener),
    off: (event: 'error', listener: () => void) => connection.off(event, listener),
    release: async () => {
      if (!gone) await connection.release()
      gone = true
    },
  }
  return wrapped as unknown as PoolConnection
}

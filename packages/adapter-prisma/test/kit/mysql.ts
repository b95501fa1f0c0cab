import type { DatabaseCalls } from '@clerk-sync/adapter-testkit'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { createdTables, type KitTables, type Versions } from '@clerk-sync/test-support/kit-tables'
import { type Query, rawMysql, type WhenDone } from '@clerk-sync/test-support/raw-connections'
import type { Pool, PoolConfig, PoolConnection } from 'mariadb'

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
 * A database with the kit's tables, through a driver that Prisma does not use. `ids`: the collation of Clerk's ids, where
 * it is not to be the kit's; Prisma 6 cannot read a column that has a binary one.
 */
export async function prismaMysql(
  server: 'mysql' | 'mariadb',
  suite: string,
  whenDone: WhenDone,
  ids = 'ascii_bin',
  versions: Versions = 'row',
): Promise<KitTables & { readonly url: string }> {
  const url = await freshDatabase(server, versions === 'row' ? suite : `${suite}_beside`)
  const raw = rawMysql(url, whenDone)
  const query: Query = (text, values) =>
    raw(text.replaceAll('ascii collate ascii_bin', `${ids.split('_')[0]} collate ${ids}`), values)
  return { url, ...(await createdTables('mysql', query, versions)) }
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

import {
  type Connection,
  type DatabaseCalls,
  type PartShape,
  type Shape,
  testAdapter,
} from '@clerk-sync/adapter-testkit'
import { testAnotherDriver } from '@clerk-sync/test-support/another-driver'
import { mysqlTables } from '@clerk-sync/test-support/kit-tables'
import { isolateMysql, MYSQL_POOL } from '@clerk-sync/test-support/server-pools'
import { MysqlDialect, type MysqlPool, type MysqlPoolConnection } from 'kysely'
import { createPool, type Pool } from 'mysql2'
import { afterAll, describe, it } from 'vitest'
import { adapterOf, hooks, open } from './adapter.ts'

/** Runs the whole suite on a server: MySQL and MariaDB differ in nothing that a harness could see. */
export async function testMysql(name: string, server: 'mysql' | 'mariadb'): Promise<void> {
  const pools: Pool[] = []
  afterAll(() => Promise.all(pools.map((pool) => pool.promise().end())))

  for (const versions of ['row', 'beside'] as const) {
    const { url, ofParts, ...tables } = await mysqlTables(server, 'kysely_mysql2', afterAll, versions)
    const adapter = (shape: Shape | PartShape, { calls, isolation }: Connection) => {
      const pool = createPool({ uri: url, connectionLimit: 4, timezone: 'Z' })
      pools.push(pool)
      isolateMysql(pool, isolation)
      return adapterOf(open(new MysqlDialect({ pool: falliblePool(pool, calls) })), shape, { versions })
    }
    const certify = server === 'mysql' ? testAdapter : testAnotherDriver
    certify({
      name: versions === 'beside' ? `${name}, versions beside` : name,
      runner: { describe, it },
      capabilities: MYSQL_POOL,
      adapter,
      parts: { ...ofParts, adapter },
      ...tables,
      ...hooks,
      sql: {
        ...hooks.sql,
        withoutAutocommit({ calls }) {
          const pool = createPool({ uri: url, connectionLimit: 4, timezone: 'Z' })
          pools.push(pool)
          pool.on('connection', (connection) => connection.query('set autocommit = 0'))
          return adapterOf(open(new MysqlDialect({ pool: falliblePool(pool, calls) })), 'plain', { versions })
        },
      },
    })
  }
}

/** A pool whose every statement passes through the kit's hands. */
export function falliblePool(pool: Pool, calls: DatabaseCalls): MysqlPool {
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

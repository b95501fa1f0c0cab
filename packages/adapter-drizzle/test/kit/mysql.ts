import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { type Connection, type DatabaseCalls, testAdapter } from '@clerk-sync/adapter-testkit'
import { testAnotherDriver } from '@clerk-sync/test-support/another-driver'
import { mysqlTables, type Versions } from '@clerk-sync/test-support/kit-tables'
import { isolateMysql, MYSQL_POOL } from '@clerk-sync/test-support/server-pools'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/mysql2'
import mysql, { type ExecuteValues, type Pool, type PoolConnection, type QueryOptions } from 'mysql2/promise'
import { afterAll, describe, it } from 'vitest'
import { preparedRunner } from './prepared-runner.ts'
import * as schema from './schema-mysql.ts'

/** Runs the whole suite on a server: MySQL and MariaDB differ in nothing that a harness could see. */
export async function testMysql(name: string, server: 'mysql' | 'mariadb', prepare = false): Promise<void> {
  for (const versions of ['row', 'beside'] as const) await testVersions(name, server, prepare, versions)
}

async function testVersions(
  name: string,
  server: 'mysql' | 'mariadb',
  prepare: boolean,
  versions: Versions,
): Promise<void> {
  const suite = prepare ? 'drizzle_mysql2_prepared' : 'drizzle_mysql2'
  const { url, ofParts, ...tables } = await mysqlTables(server, suite, afterAll, versions)
  const shapes = versions === 'row' ? schema.shapes : schema.besideShapes
  const pools: Pool[] = []
  afterAll(() => Promise.all(pools.map((pool) => pool.end())))

  const open = ({ calls, isolation }: Connection) => {
    const pool = mysql.createPool({ uri: url, connectionLimit: 4 })
    pools.push(pool)
    isolateMysql(pool.pool, isolation)
    return drizzle({ client: falliblePool(pool, calls), casing: 'snake_case' })
  }

  const certify = prepare ? testAnotherDriver : testAdapter
  certify({
    name: versions === 'beside' ? `${name}, versions beside` : name,
    runner: prepare ? preparedRunner : { describe, it },
    capabilities: MYSQL_POOL,
    adapter: (shape, connection) => drizzleAdapter(open(connection), shapes[shape], { prepare }),
    parts: { ...ofParts, adapter: (shape, connection) => drizzleAdapter(open(connection), shapes[shape], { prepare }) },
    ...tables,
    effect: (tx, welcome) => tx.insert(schema.welcomes).values(welcome),
    failingStatement: (tx) => tx.execute(sql`select * from no_such_table`),
    sql: {
      send: (tx, text) => tx.execute(sql.raw(text)),
      withoutAutocommit({ calls }) {
        const pool = mysql.createPool({ uri: url, connectionLimit: 4 })
        pools.push(pool)
        pool.pool.on('connection', (connection) => connection.query('set autocommit = 0'))
        const client = falliblePool(pool, calls)
        return drizzleAdapter(drizzle({ client, casing: 'snake_case' }), shapes.plain, { prepare })
      },
    },
  })
}

/** A pool whose every statement passes through the kit's hands. */
export function falliblePool(pool: Pool, calls: DatabaseCalls): Pool {
  const getConnection = async (): Promise<PoolConnection> => {
    const connection = await pool.getConnection()
    let gone = false
    const destroy = () => {
      gone = true
      connection.destroy()
    }
    const query = (options: QueryOptions, values?: unknown[]) =>
      calls.run(() => connection.query(options, values), destroy)
    const execute = (text: string, values: ExecuteValues) => calls.run(() => connection.execute(text, values), destroy)
    const release = () => {
      if (!gone) connection.release()
    }
    return Object.assign(Object.create(connection), { query, execute, release, destroy })
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

import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { type DatabaseCalls, sqlTables, testAdapter } from '@clerk-sync/adapter-testkit'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import { afterAll, describe, it } from 'vitest'
import { freshDatabase, isolationOption } from './kit/postgres.ts'
import * as schema from './kit/schema-pg.ts'

const connectionString = await freshDatabase('drizzle_node_postgres')
const raw = new pg.Pool({ connectionString, max: 4 })
const pools = [raw]
const { create, read, insert, triggers } = sqlTables(
  'postgres',
  async (text, values) => (await raw.query(text, [...values])).rows,
)
await create()
afterAll(() => Promise.all(pools.map((pool) => pool.end())))

testAdapter({
  name: 'drizzle:postgres (node-postgres)',
  runner: { describe, it },
  capabilities: {
    transactions: 'interactive',
    parallel: true,
    datePrecisionMs: 1,
    isolationLevels: ['repeatable read', 'serializable'],
  },
  adapter(shape, { calls, isolation }) {
    const pool = new FalliblePool(calls, { connectionString, max: 4, options: isolationOption(isolation) })
    pools.push(pool)
    return drizzleAdapter(drizzle(pool, { casing: 'snake_case' }), schema.shapes[shape])
  },
  read,
  insert,
  triggers,
  effect: (tx, welcome) => tx.insert(schema.welcomes).values(welcome),
  failingStatement: (tx) => tx.execute(sql`select * from no_such_table`),
})

type Send = (query: pg.QueryConfig, values?: unknown[]) => Promise<pg.QueryResult>

/** A pool whose every statement passes through the kit's hands. */
class FalliblePool extends pg.Pool {
  constructor(calls: DatabaseCalls, options: pg.PoolConfig) {
    super(options)
    // A connection that the kit severs reports it to the pool as well.
    this.on('error', () => {})
    const connect = async () => fallible(await super.connect(), calls)
    const query: Send = async (statement, values) => {
      const client = await connect()
      try {
        return await client.query(statement, values)
      } finally {
        client.release()
      }
    }
    Object.assign(this, { connect, query })
  }
}

function fallible(client: pg.PoolClient, calls: DatabaseCalls): { query: Send; release: () => void } {
  const send: Send = client.query.bind(client)
  let released = false
  const release = (severed = false) => {
    if (!released) client.release(severed)
    released = true
  }
  const query: Send = (statement, values) =>
    calls.run(
      () => send(statement, values),
      () => release(true),
    )
  return Object.assign(Object.create(client), { query, release })
}

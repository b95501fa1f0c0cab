import { type DatabaseCalls, sqlTables, testAdapter } from '@clerk-sync/adapter-testkit'
import { PostgresDialect } from 'kysely'
import pg from 'pg'
import { afterAll, describe, it } from 'vitest'
import { adapterOf, hooks, open } from './kit/adapter.ts'
import { freshDatabase, isolationOption } from './kit/postgres.ts'

const connectionString = await freshDatabase('kysely_node_postgres')
const raw = new pg.Pool({ connectionString, max: 4 })
const pools = [raw]
const { create, read, insert, triggers } = sqlTables(
  'postgres',
  async (text, values) => (await raw.query(text, [...values])).rows,
)
await create()
afterAll(() => Promise.all(pools.map((pool) => pool.end())))

testAdapter({
  name: 'kysely:postgres (node-postgres)',
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
    return adapterOf(open(new PostgresDialect({ pool })), shape)
  },
  read,
  insert,
  triggers,
  ...hooks,
})

type Send = (text: string, values?: unknown[]) => Promise<pg.QueryResult>

/** A pool whose every statement passes through the kit's hands. */
class FalliblePool extends pg.Pool {
  constructor(calls: DatabaseCalls, options: pg.PoolConfig) {
    super(options)
    // A connection that the kit severs reports it to the pool as well.
    this.on('error', () => {})
    Object.assign(this, { connect: async () => fallible(await super.connect(), calls) })
  }
}

function fallible(client: pg.PoolClient, calls: DatabaseCalls): { query: Send; release: () => void } {
  const send: Send = client.query.bind(client)
  let released = false
  const release = (severed = false) => {
    if (!released) client.release(severed)
    released = true
  }
  const query: Send = (text, values) =>
    calls.run(
      () => send(text, values),
      () => release(true),
    )
  return Object.assign(Object.create(client), { query, release })
}

import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { type Connection, testAdapter } from '@clerk-sync/adapter-testkit'
import { testAnotherDriver } from '@clerk-sync/test-support/another-driver'
import { FalliblePool } from '@clerk-sync/test-support/fallible-pg-pool'
import { postgresTables } from '@clerk-sync/test-support/kit-tables'
import { isolationOption, POSTGRES_POOL } from '@clerk-sync/test-support/server-pools'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { afterAll, describe, it } from 'vitest'
import { preparedRunner } from './kit/prepared-runner.ts'
import * as schema from './kit/schema-pg.ts'

const pools: FalliblePool[] = []
afterAll(() => Promise.all(pools.map((pool) => pool.end())))

for (const versions of ['row', 'beside'] as const) {
  const { url, ofParts, ...tables } = await postgresTables('drizzle_node_postgres', afterAll, versions)
  const shapes = versions === 'row' ? schema.shapes : schema.besideShapes
  const open = ({ calls, isolation }: Connection) => {
    const pool = new FalliblePool(calls, { connectionString: url, max: 4, options: isolationOption(isolation) })
    pools.push(pool)
    return drizzle(pool, { casing: 'snake_case' })
  }
  for (const prepare of [undefined, true]) {
    const certify = prepare ? testAnotherDriver : testAdapter
    certify({
      name: `drizzle:postgres (node-postgres${prepare ? ', prepared' : ''})${versions === 'beside' ? ', versions beside' : ''}`,
      runner: prepare ? preparedRunner : { describe, it },
      capabilities: POSTGRES_POOL,
      adapter: (shape, connection) => drizzleAdapter(open(connection), shapes[shape], prepare ? { prepare } : {}),
      parts: {
        ...ofParts,
        adapter: (shape, connection) => drizzleAdapter(open(connection), shapes[shape], prepare ? { prepare } : {}),
      },
      ...tables,
      effect: (tx, welcome) => tx.insert(schema.welcomes).values(welcome),
      failingStatement: (tx) => tx.execute(sql`select * from no_such_table`),
      sql: { send: (tx, text) => tx.execute(sql.raw(text)) },
    })
  }
}

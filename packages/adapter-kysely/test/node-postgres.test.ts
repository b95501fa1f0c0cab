import { type Connection, type PartShape, type Shape, testAdapter } from '@clerk-sync/adapter-testkit'
import { FalliblePool } from '@clerk-sync/test-support/fallible-pg-pool'
import { postgresTables } from '@clerk-sync/test-support/kit-tables'
import { isolationOption, POSTGRES_POOL } from '@clerk-sync/test-support/server-pools'
import { PostgresDialect } from 'kysely'
import { afterAll, describe, it } from 'vitest'
import { adapterOf, hooks, open } from './kit/adapter.ts'

const pools: FalliblePool[] = []
afterAll(() => Promise.all(pools.map((pool) => pool.end())))

for (const versions of ['row', 'beside'] as const) {
  const { url, ofParts, ...tables } = await postgresTables('kysely_node_postgres', afterAll, versions)
  const adapter = (shape: Shape | PartShape, { calls, isolation }: Connection) => {
    const pool = new FalliblePool(calls, { connectionString: url, max: 4, options: isolationOption(isolation) })
    pools.push(pool)
    return adapterOf(open(new PostgresDialect({ pool })), shape, { versions })
  }
  testAdapter({
    name: `kysely:postgres (node-postgres)${versions === 'beside' ? ', versions beside' : ''}`,
    runner: { describe, it },
    capabilities: POSTGRES_POOL,
    adapter,
    parts: { ...ofParts, adapter },
    ...tables,
    ...hooks,
  })
}

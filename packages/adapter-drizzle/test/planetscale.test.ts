import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import type { Connection, DatabaseCalls } from '@clerk-sync/adapter-testkit'
import { testAnotherDriver } from '@clerk-sync/test-support/another-driver'
import { mysqlTables } from '@clerk-sync/test-support/kit-tables'
import { Client } from '@planetscale/database'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/planetscale-serverless'
import { afterAll, describe, it } from 'vitest'
import { refusal, servePlanetscale } from './kit/planetscale-server.ts'
import * as schema from './kit/schema-mysql.ts'

// PlanetScale's own client, over HTTP, in front of a real MySQL. What stands in between is a server of ours that speaks
// PlanetScale's protocol: this proves the client, the statements and the course of a delivery on MySQL. It does not prove
// that Vitess parses them, nor how it keeps a session's transaction.
for (const versions of ['row', 'beside'] as const) {
  const { url, ofParts, ...tables } = await mysqlTables('mysql', 'drizzle_planetscale', afterAll, versions)
  const shapes = versions === 'row' ? schema.shapes : schema.besideShapes
  const server = await servePlanetscale(url)
  afterAll(server.close)

  const open = ({ calls }: Connection) => drizzle({ client: clientOf(server.url, calls), casing: 'snake_case' })
  testAnotherDriver({
    name: `drizzle:mysql (planetscale-serverless)${versions === 'beside' ? ', versions beside' : ''}`,
    runner: { describe, it },
    capabilities: {
      transactions: 'interactive',
      parallel: true,
      datePrecisionMs: 1,
      isolationLevels: [],
      tombstones: true,
    },
    adapter: (shape, connection) => drizzleAdapter(open(connection), shapes[shape]),
    parts: { ...ofParts, adapter: (shape, connection) => drizzleAdapter(open(connection), shapes[shape]) },
    ...tables,
    effect: (tx, welcome) => tx.insert(schema.welcomes).values(welcome),
    failingStatement: (tx) => tx.execute(sql`select * from no_such_table`),
    sql: { send: (tx, text) => tx.execute(sql.raw(text)) },
  })
}

/** A client whose every request passes through the kit's hands. */
function clientOf(address: string, calls: DatabaseCalls): Client {
  return new Client({
    url: address,
    fetch: (url, init) => calls.run(() => fetch(url, init as RequestInit)).catch(asAnswer),
  })
}

/** A deadlock is something that the server answers; all other trouble is the network's. */
function asAnswer(error: Error & { code?: string }): Response {
  if (error.code !== '40001') throw error
  return Response.json({ error: refusal({ message: error.message, errno: 1213, sqlState: '40001' }) })
}

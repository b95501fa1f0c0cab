import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { type Connection, type DatabaseCalls, testAdapter } from '@clerk-sync/adapter-testkit'
import { postgresTables } from '@clerk-sync/test-support/kit-tables'
import { isolationOption, POSTGRES_LEVELS } from '@clerk-sync/test-support/server-pools'
import { neon, neonConfig } from '@neondatabase/serverless'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/neon-http'
import { afterAll, describe, it } from 'vitest'
import { serveNeon } from './kit/neon-server.ts'
import * as schema from './kit/schema-pg.ts'

// Neon's own client, over HTTP, in front of a real PostgreSQL. What stands in between is a server of ours that speaks
// Neon's protocol: this proves the client, the statements and the course of a delivery, and not Neon's proxy.
const server = await serveNeon()
afterAll(server.close)

/** The client has one way to the network for the whole process: whose request it is, its connection string tells. */
const callsOf = new Map<string, DatabaseCalls>()
neonConfig.fetchEndpoint = server.endpoint
neonConfig.fetchFunction = (url: string, init: RequestInit) => {
  const { searchParams } = new URL(new Headers(init.headers).get('neon-connection-string') ?? '')
  const calls = callsOf.get(searchParams.get('application_name') ?? '')
  return calls ? calls.run(() => fetch(url, init)).catch(asAnswer) : fetch(url, init)
}

/** A deadlock is something that the server answers; all other trouble is the network's. */
function asAnswer(error: Error & { code?: string }): Response {
  if (error.code !== '40001') throw error
  return Response.json({ message: error.message, code: error.code, severity: 'ERROR' }, { status: 400 })
}

function clientOf(url: string, name: string, isolation?: string) {
  const named = new URL(url)
  named.searchParams.set('application_name', name)
  if (isolation) named.searchParams.set('options', isolationOption(isolation))
  return neon(named.href)
}

for (const versions of ['row', 'beside'] as const) {
  const { url, ofParts, ...tables } = await postgresTables('drizzle_neon_http', afterAll, versions)
  const shapes = versions === 'row' ? schema.shapes : schema.besideShapes
  const open = ({ calls, isolation }: Connection) => {
    const name = `process ${callsOf.size}`
    callsOf.set(name, calls)
    return drizzle(clientOf(url, name, isolation), { casing: 'snake_case' })
  }
  // Hooks have no transaction, and write through the application's own database.
  const application = drizzle(clientOf(url, 'application'), { casing: 'snake_case' })

  testAdapter({
    name: `drizzle:postgres (neon-http)${versions === 'beside' ? ', versions beside' : ''}`,
    runner: { describe, it },
    capabilities: {
      transactions: 'none',
      parallel: true,
      datePrecisionMs: 1,
      isolationLevels: POSTGRES_LEVELS,
      tombstones: true,
    },
    adapter: (shape, connection) => drizzleAdapter(open(connection), shapes[shape]),
    parts: { ...ofParts, adapter: (shape, connection) => drizzleAdapter(open(connection), shapes[shape]) },
    ...tables,
    effect: (_tx, welcome) => application.insert(schema.welcomes).values(welcome),
    failingStatement: () => application.execute(sql`select * from no_such_table`),
  })
}

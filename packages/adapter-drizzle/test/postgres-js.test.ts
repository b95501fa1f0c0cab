import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { type DatabaseCalls, testAdapter } from '@clerk-sync/adapter-testkit'
import { postgresTables } from '@clerk-sync/test-support/kit-tables'
import { POSTGRES_POOL } from '@clerk-sync/test-support/server-pools'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres, { type ParameterOrJSON, type Sql } from 'postgres'
import { afterAll, describe, it } from 'vitest'
import * as schema from './kit/schema-pg.ts'

const { url, read, insert, triggers } = await postgresTables('drizzle_postgres_js', afterAll)
const clients: Sql[] = []
afterAll(() => Promise.all(clients.map((client) => client.end())))

testAdapter({
  name: 'drizzle:postgres (postgres.js)',
  runner: { describe, it },
  capabilities: POSTGRES_POOL,
  adapter(shape, { calls, isolation }) {
    const connection: Record<string, string> = isolation ? { default_transaction_isolation: isolation } : {}
    const client = postgres(url, { max: 4, connection, onnotice: () => {} })
    clients.push(client)
    return drizzleAdapter(drizzle(fallible(client, calls), { casing: 'snake_case' }), schema.shapes[shape])
  },
  read,
  insert,
  triggers,
  effect: (tx, welcome) => tx.insert(schema.welcomes).values(welcome),
  failingStatement: (tx) => tx.execute(sql`select * from no_such_table`),
})

/** As the adapter, past the types of the driver, which does not tell of these. */
interface Query extends Promise<unknown> {
  handler: (query: Query) => void
  executed: boolean
  resolve(value: unknown): void
  reject(error: unknown): void
}

/** A client whose every statement, `begin` among them, passes through the kit's hands. */
function fallible(client: Sql, calls: DatabaseCalls): Sql {
  const unsafe = (text: string, ...rest: [ParameterOrJSON<never>[], object]): Query => {
    const query = client.unsafe(text, ...rest) as unknown as Query
    const { resolve, reject } = query
    let send = query.handler
    let isSent = false
    const answered = () =>
      new Promise<unknown>((resolved, rejected) => {
        isSent = true
        Object.assign(query, { resolve: resolved, reject: rejected })
        send(query)
      })
    const handler = () => {
      const answer = calls.run(answered).catch(async (error: unknown) => {
        if (!isSent && /^(commit|rollback)$/.test(text)) await sever(client, send)
        throw error
      })
      answer.then(resolve, reject)
    }
    return Object.defineProperty(query, 'handler', {
      get: () => handler,
      set: (given: typeof send) => {
        send = given
      },
    })
  }
  return new Proxy(client, {
    get: (target, property) => (property === 'unsafe' ? unsafe : Reflect.get(target, property)),
  })
}

/**
 * PostgreSQL never refuses to end a transaction and leaves it open: where `commit` or `rollback` fails, it is ended, or
 * its connection is. So a refusal of those ends the connection.
 */
async function sever(client: Sql, send: Query['handler']): Promise<void> {
  const query = client.unsafe('select pg_terminate_backend(pg_backend_pid())') as unknown as Query
  query.executed = true
  send(query)
  await query.catch(() => {})
}

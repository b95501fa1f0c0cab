import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { type DatabaseCalls, testAdapter } from '@clerk-sync/adapter-testkit'
import { postgresTables } from '@clerk-sync/test-support/kit-tables'
import { POSTGRES_POOL } from '@clerk-sync/test-support/server-pools'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres, { type ParameterOrJSON, type Sql, type TransactionSql } from 'postgres'
import { afterAll, describe, it } from 'vitest'
import * as schema from './kit/schema-pg.ts'

const { url, read, insert } = await postgresTables('drizzle_postgres_js', afterAll)
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
  effect: (tx, welcome) => tx.insert(schema.welcomes).values(welcome),
  failingStatement: (tx) => tx.execute(sql`select * from no_such_table`),
})

/** A client whose every statement, and every transaction as a whole, passes through the kit's hands. */
function fallible(client: Sql, calls: DatabaseCalls): Sql {
  return new Proxy(client, {
    get(target, property) {
      if (property === 'begin') {
        return <T>(body: (tx: TransactionSql) => Promise<T>) =>
          calls.run(() => target.begin((tx) => body(through(tx, calls))))
      }
      return property === 'unsafe' ? unsafeOf(target, calls) : Reflect.get(target, property)
    },
  })
}

function through(tx: TransactionSql, calls: DatabaseCalls): TransactionSql {
  return new Proxy(tx, {
    get: (target, property) => (property === 'unsafe' ? unsafeOf(target, calls) : Reflect.get(target, property)),
  })
}

function unsafeOf(target: Pick<Sql, 'unsafe'>, calls: DatabaseCalls) {
  // A pending query is sent when it is awaited.
  return (text: string, values: ParameterOrJSON<never>[]) => {
    const query = target.unsafe(text, values)
    return {
      // biome-ignore lint/suspicious/noThenProperty: a pending query in place of a pending query
      then: (...callbacks: Parameters<Promise<unknown>['then']>) =>
        calls.run(async (): Promise<unknown> => await query).then(...callbacks),
      values: () => calls.run(async () => await query.values()),
    }
  }
}

import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { connectionLimits } from '@clerk-sync/adapter-drizzle/postgres-js'
import type { Connection, DatabaseCalls } from '@clerk-sync/adapter-testkit'
import { testAnotherDriver } from '@clerk-sync/test-support/another-driver'
import { postgresTables } from '@clerk-sync/test-support/kit-tables'
import type { Query } from '@clerk-sync/test-support/raw-connections'
import { POSTGRES_POOL } from '@clerk-sync/test-support/server-pools'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres, { type ParameterOrJSON, type Sql, type TransactionSql, type UnsafeQueryOptions } from 'postgres'
import { afterAll, describe, it } from 'vitest'
import { preparedRunner } from './kit/prepared-runner.ts'
import * as schema from './kit/schema-pg.ts'

const clients: Sql[] = []
afterAll(() => Promise.all(clients.map((client) => client.end())))

for (const versions of ['row', 'beside'] as const) {
  const { url, ofParts, ...tables } = await postgresTables('drizzle_postgres_js', afterAll, versions)
  const shapes = versions === 'row' ? schema.shapes : schema.besideShapes
  const open = ({ calls, isolation }: Connection) => {
    const connection: Record<string, string> = isolation ? { default_transaction_isolation: isolation } : {}
    const client = postgres(url, { max: 4, connection, onnotice: () => {}, ...connectionLimits() })
    clients.push(client)
    return drizzle(fallible(client, calls, tables.query), { casing: 'snake_case' })
  }
  for (const prepare of [false, true]) {
    testAnotherDriver({
      name: `drizzle:postgres (postgres.js${prepare ? ', prepared' : ''})${versions === 'beside' ? ', versions beside' : ''}`,
      runner: prepare ? preparedRunner : { describe, it },
      capabilities: POSTGRES_POOL,
      adapter: (shape, connection) => drizzleAdapter(open(connection), shapes[shape], { prepare }),
      parts: {
        ...ofParts,
        adapter: (shape, connection) => drizzleAdapter(open(connection), shapes[shape], { prepare }),
      },
      ...tables,
      effect: (tx, welcome) => tx.insert(schema.welcomes).values(welcome),
      failingStatement: (tx) => tx.execute(sql`select * from no_such_table`),
      sql: { send: (tx, text) => tx.execute(sql.raw(text)) },
    })
  }
}

/** A client whose every statement, `begin` among them, passes through the kit's hands. */
function fallible(client: Sql, calls: DatabaseCalls, query: Query): Sql {
  return new Proxy(client, {
    get(target, property) {
      if (property === 'begin') {
        return <T>(body: (tx: TransactionSql) => Promise<T>) =>
          target.begin(async (tx) => {
            await calls.run(async () => {})
            const [row] = await tx<[{ pid: number }]>`select pg_backend_pid() as pid`
            return body(through(tx, calls, () => query('select pg_terminate_backend($1)', [row.pid])))
          })
      }
      return property === 'unsafe' ? unsafeOf(target, calls, async () => {}) : Reflect.get(target, property)
    },
  })
}

function through(tx: TransactionSql, calls: DatabaseCalls, sever: () => Promise<unknown>): TransactionSql {
  return new Proxy(tx, {
    get: (target, property) => (property === 'unsafe' ? unsafeOf(target, calls, sever) : Reflect.get(target, property)),
  })
}

/**
 * PostgreSQL never refuses to end a transaction and leaves it open: where `commit` or `rollback` fails, it is ended, or
 * its connection is. So a refusal of those ends the connection.
 */
function unsafeOf(target: Pick<Sql, 'unsafe'>, calls: DatabaseCalls, sever: () => Promise<unknown>) {
  return (text: string, values: ParameterOrJSON<never>[], options?: UnsafeQueryOptions) => {
    const query = target.unsafe(text, values, options)
    let isSent = false
    const send = async (): Promise<unknown> => {
      isSent = true
      return await query
    }
    const answer = calls.run(send).catch(async (error: unknown) => {
      if (!isSent && /^(commit|rollback)$/.test(text)) await sever()
      throw error
    })
    // As the driver's own pending query, whose rows can still be asked for as arrays before the answer is there.
    return Object.assign(answer, {
      values: () => {
        query.values()
        return answer
      },
    })
  }
}

import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { type DatabaseCalls, sqlTables, testAdapter } from '@clerk-sync/adapter-testkit'
import { PGlite, type QueryOptions, type Transaction } from '@electric-sql/pglite'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/pglite'
import { afterAll, describe, it } from 'vitest'
import * as schema from './kit/schema-pg.ts'

const database = await PGlite.create()
afterAll(() => database.close())
const { create, read, insert, triggers } = sqlTables(
  'postgres',
  async (text, values) => (await database.query<Record<string, unknown>>(text, [...values])).rows,
)
await create()

testAdapter({
  name: 'drizzle:postgres (PGlite)',
  runner: { describe, it },
  // One connection in all: the raw one is the adapters' as well.
  capabilities: { transactions: 'interactive', parallel: false, datePrecisionMs: 1, isolationLevels: [] },
  adapter: (shape, { calls }) =>
    drizzleAdapter(drizzle(fallible(database, calls), { casing: 'snake_case' }), schema.shapes[shape]),
  read,
  insert,
  triggers,
  effect: (tx, welcome) => tx.insert(schema.welcomes).values(welcome),
  failingStatement: (tx) => tx.execute(sql`select * from no_such_table`),
  sql: { send: (tx, text) => tx.execute(sql.raw(text)) },
})

/** A database whose every statement, and every transaction as a whole, passes through the kit's hands. */
function fallible(client: PGlite, calls: DatabaseCalls): PGlite {
  const through = <T extends Pick<PGlite, 'query'>>(target: T): T =>
    Object.assign(Object.create(target), {
      query: (text: string, values?: unknown[], options?: QueryOptions) =>
        calls.run(() => target.query(text, values, options)),
    })
  return Object.assign(through(client), {
    transaction: <T>(body: (tx: Transaction) => Promise<T>) =>
      calls.run(() => client.transaction((tx) => body(through(tx)))),
  })
}

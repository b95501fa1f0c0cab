import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import type { Connection, DatabaseCalls } from '@clerk-sync/adapter-testkit'
import { testAnotherDriver } from '@clerk-sync/test-support/another-driver'
import { createdTables } from '@clerk-sync/test-support/kit-tables'
import { PGlite, type QueryOptions, type Transaction } from '@electric-sql/pglite'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/pglite'
import { afterAll, describe, it } from 'vitest'
import * as schema from './kit/schema-pg.ts'

for (const versions of ['row', 'beside'] as const) {
  const database = await PGlite.create()
  afterAll(() => database.close())
  const query = async (text: string, values: readonly unknown[] = []) =>
    (await database.query<Record<string, unknown>>(text, [...values])).rows
  const { ofParts, ...tables } = await createdTables('postgres', query, versions)
  const shapes = versions === 'row' ? schema.shapes : schema.besideShapes
  const open = ({ calls }: Connection) => drizzle(fallible(database, calls), { casing: 'snake_case' })
  testAnotherDriver({
    name: `drizzle:postgres (PGlite)${versions === 'beside' ? ', versions beside' : ''}`,
    runner: { describe, it },
    // One connection in all: the raw one is the adapters' as well.
    capabilities: {
      transactions: 'interactive',
      parallel: false,
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

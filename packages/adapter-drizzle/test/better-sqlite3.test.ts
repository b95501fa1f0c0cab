import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { type Connection, type DatabaseCalls, testAdapter } from '@clerk-sync/adapter-testkit'
import { sqliteTables } from '@clerk-sync/test-support/kit-tables'
import Database from 'better-sqlite3'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { afterAll, describe, it } from 'vitest'
import * as schema from './kit/schema-sqlite.ts'

const connections: Database.Database[] = []
afterAll(() => {
  for (const connection of connections) connection.close()
})

for (const versions of ['row', 'beside'] as const) {
  const { file, ofParts, ...tables } = await sqliteTables(afterAll, versions)
  const shapes = versions === 'row' ? schema.shapes : schema.besideShapes
  const open = ({ calls }: Connection) => {
    const connection = new Database(file)
    connections.push(connection)
    return drizzle(fallible(connection, calls), { casing: 'snake_case' })
  }
  testAdapter({
    name: `drizzle:sqlite (better-sqlite3)${versions === 'beside' ? ', versions beside' : ''}`,
    runner: { describe, it },
    capabilities: {
      transactions: 'synchronous',
      parallel: false,
      datePrecisionMs: 1,
      isolationLevels: [],
      tombstones: true,
    },
    adapter: (shape, connection) => drizzleAdapter(open(connection), shapes[shape]),
    parts: { ...ofParts, adapter: (shape, connection) => drizzleAdapter(open(connection), shapes[shape]) },
    ...tables,
    effect: (tx, welcome) => tx.insert(schema.welcomes).values(welcome).run(),
    failingStatement: (tx) => tx.all(sql`select * from no_such_table`),
    sql: { send: (tx, text) => tx.run(sql.raw(text)) },
  })
}

/** A connection whose every statement, and every transaction as a whole, passes through the kit's hands. */
function fallible(connection: Database.Database, calls: DatabaseCalls): Database.Database {
  const prepare = (source: string) => {
    const statement = connection.prepare(source)
    const all = statement.all.bind(statement)
    const run = statement.run.bind(statement)
    const passing = Object.assign(Object.create(statement), {
      raw: () => {
        statement.raw()
        return passing
      },
      all: (...values: unknown[]) => calls.runSync(() => all(...values)),
      run: (...values: unknown[]) => calls.runSync(() => run(...values)),
    })
    return passing
  }
  const transaction = <T>(body: (...values: unknown[]) => T) => {
    const { immediate } = connection.transaction(body)
    return { immediate: (...values: unknown[]) => calls.runSync(() => immediate(...values)) }
  }
  return Object.assign(Object.create(connection), { prepare, transaction })
}

import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import type { Connection, DatabaseCalls, PartShape, Shape } from '@clerk-sync/adapter-testkit'
import { testAnotherDriver } from '@clerk-sync/test-support/another-driver'
import { sqliteTables } from '@clerk-sync/test-support/kit-tables'
import { type SqliteDatabase, SqliteDialect } from 'kysely'
import { afterAll, describe, it } from 'vitest'
import { adapterOf, hooks, open } from './kit/adapter.ts'

const connections: DatabaseSync[] = []
afterAll(() => {
  for (const connection of connections) connection.close()
})

for (const versions of ['row', 'beside'] as const) {
  const { file, ofParts, ...tables } = await sqliteTables(afterAll, versions)
  const adapter = (shape: Shape | PartShape, { calls }: Connection) => {
    const connection = new DatabaseSync(file, { timeout: 0 })
    connections.push(connection)
    return adapterOf(open(new SqliteDialect({ database: fallible(connection, calls) })), shape, { versions })
  }
  testAnotherDriver({
    name: `kysely:sqlite (node:sqlite)${versions === 'beside' ? ', versions beside' : ''}`,
    runner: { describe, it },
    capabilities: {
      transactions: 'interactive',
      parallel: false,
      datePrecisionMs: 1,
      isolationLevels: [],
      tombstones: true,
    },
    adapter,
    parts: { ...ofParts, adapter },
    ...tables,
    ...hooks,
  })
}

/** As the README shows it, with every statement passing through the kit's hands. */
function fallible(connection: DatabaseSync, calls: DatabaseCalls): SqliteDatabase {
  return {
    close: () => connection.close(),
    prepare(text) {
      const statement = connection.prepare(text)
      const values = (given: readonly unknown[]) => given as SQLInputValue[]
      return {
        reader: statement.columns().length > 0,
        all: (given) => calls.runSync(() => statement.all(...values(given))),
        run: (given) => calls.runSync(() => statement.run(...values(given))),
        iterate: (given) => statement.iterate(...values(given)),
      }
    },
  }
}

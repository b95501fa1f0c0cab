import {
  type Connection,
  type DatabaseCalls,
  type PartShape,
  type Shape,
  testAdapter,
} from '@clerk-sync/adapter-testkit'
import { sqliteTables } from '@clerk-sync/test-support/kit-tables'
import Database from 'better-sqlite3'
import { type SqliteDatabase, SqliteDialect } from 'kysely'
import { afterAll, describe, it } from 'vitest'
import { adapterOf, hooks, open } from './kit/adapter.ts'

const connections: Database.Database[] = []
afterAll(() => {
  for (const connection of connections) connection.close()
})

for (const versions of ['row', 'beside'] as const) {
  const { file, ofParts, ...tables } = await sqliteTables(afterAll, versions)
  const adapter = (shape: Shape | PartShape, { calls }: Connection) => {
    const connection = new Database(file, { timeout: 0 })
    connections.push(connection)
    return adapterOf(open(new SqliteDialect({ database: fallible(connection, calls) })), shape, { versions })
  }
  testAdapter({
    name: `kysely:sqlite (better-sqlite3)${versions === 'beside' ? ', versions beside' : ''}`,
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

/** A connection whose every statement passes through the kit's hands. */
function fallible(connection: Database.Database, calls: DatabaseCalls): SqliteDatabase {
  return {
    close: () => connection.close(),
    prepare(text) {
      const statement = connection.prepare<unknown[]>(text)
      return {
        reader: statement.reader,
        all: (values) => calls.runSync(() => statement.all(...values)),
        run: (values) => calls.runSync(() => statement.run(...values)),
        iterate: (values) => statement.iterate(...values),
      }
    },
  }
}

import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { type Connection, type DatabaseCalls, testAdapter } from '@clerk-sync/adapter-testkit'
import { sqliteTables } from '@clerk-sync/test-support/kit-tables'
import { type Client, createClient, type InStatement, type Transaction, type TransactionMode } from '@libsql/client'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/libsql'
import { afterAll, describe, it } from 'vitest'
import * as schema from './kit/schema-sqlite.ts'

const clients: Client[] = []
afterAll(() => {
  for (const client of clients) client.close()
})

for (const versions of ['row', 'beside'] as const) {
  const { file, ofParts, ...tables } = await sqliteTables(afterAll, versions)
  const shapes = versions === 'row' ? schema.shapes : schema.besideShapes
  const open = ({ calls }: Connection) => {
    const client = createClient({ url: `file:${file}` })
    clients.push(client)
    return drizzle(fallible(client, calls), { casing: 'snake_case' })
  }
  testAdapter({
    name: `drizzle:sqlite (libsql)${versions === 'beside' ? ', versions beside' : ''}`,
    runner: { describe, it },
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
    failingStatement: (tx) => tx.all(sql`select * from no_such_table`),
    sql: { send: (tx, text) => tx.run(sql.raw(text)) },
  })
}

/** A client whose every call passes through the kit's hands. */
function fallible(client: Client, calls: DatabaseCalls): Client {
  const transaction: Client['transaction'] = async () => {
    let begun: Transaction | undefined
    const begin = async () => {
      begun = await client.transaction('write')
      return begun
    }
    const tx = await calls.run(begin, () => begun?.close())
    return Object.assign(Object.create(tx), {
      execute: (statement: InStatement) => calls.run(() => tx.execute(statement)),
      commit: () => calls.run(() => tx.commit()),
      // A rollback that is not carried out means that the connection is gone, and with it the transaction.
      rollback: () => calls.run(() => tx.rollback()).finally(() => tx.close()),
    })
  }
  return Object.assign(Object.create(client), {
    execute: (statement: InStatement) => calls.run(() => client.execute(statement)),
    batch: (statements: InStatement[], mode: TransactionMode) => calls.run(() => client.batch(statements, mode)),
    transaction,
    reconnect: () => client.reconnect(),
  })
}

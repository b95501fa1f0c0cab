// What a new user would write first, on Node's own SQLite: the tables, the route, and one delivery.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { kyselyAdapter, type SyncColumns } from '@clerk-sync/adapter-kysely'
import { createClerkSync } from '@clerk-sync/core'
import { toNodeHandler } from '@clerk-sync/core/node'
import { clerkEvent, signedRequest } from '@clerk-sync/testing'
import { Kysely, type SqliteDatabase, SqliteDialect } from 'kysely'

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const connection = new DatabaseSync(':memory:')
connection.exec(
  "create table users (id text primary key, email text, clerk_version text not null default '0', deleted_at integer)",
)
const db = new Kysely<{ users: SyncColumns<number> & { id: string; email: string | null } }>({
  dialect: new SqliteDialect({ database: nodeSqlite() }),
})
const clerkSync = createClerkSync({
  adapter: kyselyAdapter(db, { users: { table: 'users', columns: ['email'] } }),
  signingSecret: SECRET,
})

const server = createServer(toNodeHandler(clerkSync)).listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as AddressInfo
const event = clerkEvent('user.created', { id: 'user_1', email_addresses: [{ email_address: 'ada@example.com' }] })
const deliver = async () => {
  const response = await fetch(signedRequest(`http://127.0.0.1:${port}/`, event, { secret: SECRET }))
  return [response.status, await response.json()]
}
assert.deepEqual(await deliver(), [200, { outcome: 'created' }])
assert.deepEqual(await deliver(), [200, { outcome: 'unchanged' }])
const rows = connection.prepare('select id, email from users').all()
assert.deepEqual(
  rows.map((row) => ({ ...row })),
  [{ id: 'user_1', email: 'ada@example.com' }],
)
console.log('one delivery, one row')
server.close()
await db.destroy()

function nodeSqlite(): SqliteDatabase {
  const values = (given: readonly unknown[]) => given as SQLInputValue[]
  return {
    close: () => connection.close(),
    prepare(sql) {
      const statement = connection.prepare(sql)
      return {
        reader: statement.columns().length > 0,
        all: (given) => statement.all(...values(given)),
        run: (given) => statement.run(...values(given)),
        iterate: (given) => statement.iterate(...values(given)),
      }
    },
  }
}

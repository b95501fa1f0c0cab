import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, it } from 'vitest'
import { sqlTables, testAdapter } from '../src/index.ts'
import { thirdPartyAdapter } from './third-party-adapter.ts'
import { thirdPartyLinking } from './third-party-linking.ts'

const folder = mkdtempSync(join(tmpdir(), 'clerk-sync-testkit-'))
const connect = (): DatabaseSync => {
  const connection = new DatabaseSync(join(folder, 'test.db'), { timeout: 5_000 })
  connection.exec('pragma journal_mode = wal; pragma synchronous = off')
  connections.push(connection)
  return connection
}
const connections: DatabaseSync[] = []
afterAll(() => {
  for (const connection of connections) connection.close()
  rmSync(folder, { recursive: true })
})

const raw = connect()
const tables = sqlTables('sqlite', async (sql, values) => raw.prepare(sql).all(...(values as string[])))
await tables.create()

testAdapter({
  name: 'third-party:sqlite (node:sqlite)',
  runner: { describe, it },
  capabilities: { transactions: 'synchronous', parallel: false, datePrecisionMs: 1, isolationLevels: [] },
  adapter(shape, { calls }) {
    const connection = connect()
    return { ...thirdPartyAdapter(connection, shape, calls), linking: thirdPartyLinking(connection, calls) }
  },
  read: tables.read,
  insert: tables.insert,
  triggers: tables.triggers,
  linking: tables.linking,
  effect: (tx, { userId, eventId }) => tx.prepare('insert into welcomes values (?, ?)').run(userId, eventId),
  failingStatement: (tx) => tx.exec('select * from no_such_table'),
})

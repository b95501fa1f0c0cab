import type { Upsert } from '@clerk-sync/core/adapter'
import { sqliteTables } from '@clerk-sync/test-support/kit-tables'
import Database from 'better-sqlite3'
import { SqliteDialect } from 'kysely'
import { expect, it, onTestFinished } from 'vitest'
import { adapterOf, open } from './kit/adapter.ts'

async function opened() {
  const { file, query } = await sqliteTables(onTestFinished, 'beside')
  const statements: string[] = []
  const database = new Database(file, { verbose: (statement) => statements.push(String(statement)) })
  onTestFinished(() => {
    database.close()
  })
  return {
    query,
    statements,
    adapter: adapterOf(open(new SqliteDialect({ database })), 'plain', { versions: 'beside' }),
  }
}

const batchOf = (count: number, version = '1'.repeat(33)): Upsert[] =>
  Array.from({ length: count }, (_, n) => ({
    kind: 'upsert',
    entity: 'user',
    key: `user_${String(n).padStart(4, '0')}`,
    version,
    values: { email: `${n}@example.com` },
  }))

it('On SQLite, versions beside: 500 users are as many statements as 5', async () => {
  const counts: number[] = []
  for (const count of [5, 500]) {
    const { adapter, statements, query } = await opened()
    const written = await adapter.writeMany(batchOf(count))
    expect(written.filter(({ outcome }) => outcome !== 'created')).toEqual([])
    counts.push(statements.length)
    expect(await query('select id from users join versions using (id)')).toHaveLength(count)
  }
  expect(counts[1]).toBe(counts[0])
})

it.for(['before', 'after'])(
  'On SQLite, versions beside: the row that a trigger takes away is reported, and the others are written: %s',
  async (when) => {
    const { adapter, query } = await opened()
    const act = when === 'before' ? 'select raise(ignore)' : 'delete from users where id = new.id'
    await query(`create trigger t ${when} insert on users when new.id = 'user_0003' begin ${act}; end`)
    const written = await adapter.writeMany(batchOf(6))
    expect(written.map(({ outcome }) => outcome)).toEqual(batchOf(6).map((_, n) => (n === 3 ? undefined : 'created')))
    expect(written[3]?.error).toMatchObject({ code: 'store_failed' })
    for (const table of ['users', 'versions']) {
      const ids = (await query(`select id from ${table} order by id`)).map(({ id }) => id)
      expect(ids).toEqual(batchOf(6).flatMap(({ key }, n) => (n === 3 ? [] : [key])))
    }
  },
)

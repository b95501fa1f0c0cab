import { sqliteTables } from '@clerk-sync/test-support/kit-tables'
import Database from 'better-sqlite3'
import { SqliteDialect } from 'kysely'
import { expect, it, onTestFinished } from 'vitest'
import { adapterOf, open } from './kit/adapter.ts'

const START = 1_700_000_000_000

it('On SQLite, versions beside: a later delete of a kept row whose time a trigger drops is an error, and heals', async () => {
  const { file, query } = await sqliteTables(onTestFinished, 'beside')
  const database = new Database(file)
  onTestFinished(() => {
    database.close()
  })
  const adapter = adapterOf(open(new SqliteDialect({ database })), 'plain', { versions: 'beside' })
  const common = { entity: 'user', key: 'user_1' } as const
  await adapter.upsert({ kind: 'upsert', ...common, version: '1'.repeat(33), values: { email: 'ada@example.com' } })
  const deleted = (seconds: number) => {
    const time = START + seconds * 1_000
    const version = `9999999999999${time}1000001`
    return adapter.softDelete({
      kind: 'delete',
      mode: 'keep',
      ...common,
      version,
      deletedAt: new Date(time),
      values: {},
    })
  }
  expect(await deleted(5)).toBe('deleted')
  const tombstone = () => query("select version, deleted_at from versions where id = 'user_1'")
  const before = await tombstone()
  await query('create trigger t before update on versions begin select raise(ignore); end')
  await expect(deleted(9)).rejects.toMatchObject({ code: 'store_failed' })
  expect(await tombstone()).toEqual(before)
  await query('drop trigger t')
  expect(await deleted(9)).toBe('deleted')
  expect(await tombstone()).toEqual([{ version: before[0]?.version, deleted_at: START + 9_000 }])
})

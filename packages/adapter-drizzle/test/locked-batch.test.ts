import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import type { Upsert } from '@clerk-sync/core/adapter'
import { sqliteTables } from '@clerk-sync/test-support/kit-tables'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { expect, it, onTestFinished, vi } from 'vitest'
import * as schema from './kit/schema-sqlite.ts'

it('a batch whose database stays locked is given up after 10 s: its halves would wait as long again, each', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const { file, query } = await sqliteTables(onTestFinished)
  const [connection, other] = [new Database(file, { timeout: 0 }), new Database(file)]
  onTestFinished(() => {
    connection.close()
    other.close()
  })
  const adapter = drizzleAdapter(drizzle(connection, { casing: 'snake_case' }), { users: schema.shapes.plain.users })
  const batch = Array.from(
    { length: 16 },
    (_, n): Upsert => ({ kind: 'upsert', entity: 'user', key: `user_${n}`, version: '1'.repeat(33), values: {} }),
  )
  let lockedAt = 0
  const prepare = connection.prepare.bind(connection)
  Object.assign(connection, {
    prepare: (text: string) => {
      // Locked when the batch is under way: its first look needs the lock as well.
      if (text.startsWith('select')) {
        queueMicrotask(() => {
          if (other.inTransaction) return
          lockedAt = Date.now()
          other.exec('begin immediate')
        })
      }
      return prepare(text)
    },
  })
  let isOver = false
  const written = adapter.writeMany(batch).finally(() => {
    isOver = true
  })
  const refused = expect(written).rejects.toMatchObject({ code: 'SQLITE_BUSY' })
  // What a batch needs is loaded when it is first used, in a time that is not the test's.
  while (!isOver) await vi.advanceTimersByTimeAsync(100)
  await refused
  expect(Date.now() - lockedAt).toBeLessThan(11_000)
  other.exec('rollback')
  expect(await query('select 1 from users')).toEqual([])
})

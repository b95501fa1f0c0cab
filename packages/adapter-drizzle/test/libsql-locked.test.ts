import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { createClerkSync } from '@clerk-sync/core'
import { userEvent } from '@clerk-sync/test-support/events'
import { sqliteTables } from '@clerk-sync/test-support/kit-tables'
import { createClient } from '@libsql/client'
import { drizzle } from 'drizzle-orm/libsql'
import { expect, it, onTestFinished } from 'vitest'
import * as schema from './kit/schema-sqlite.ts'

it('libsql: a file that another process had locked is written again as soon as it is free', {
  timeout: 60_000,
}, async () => {
  const { file, read } = await sqliteTables(onTestFinished)
  const client = createClient({ url: `file:${file}` })
  onTestFinished(() => client.close())
  const { users, events } = schema.shapes.plain
  const db = drizzle(client, { casing: 'snake_case' })
  const clerkSync = createClerkSync({ adapter: drizzleAdapter(db, { users, events }) })
  expect(await clerkSync.apply(userEvent('user.created', 'user_before', 1))).toBe('created')

  const unlock = await lockedByAnother(file)
  const refused = clerkSync.apply(userEvent('user.created', 'user_locked', 1))
  await expect(refused).rejects.toMatchObject({ code: 'store_failed' })
  await unlock()

  expect(await clerkSync.apply(userEvent('user.created', 'user_locked', 1))).toBe('created')
  expect(await read('users', ['user_before', 'user_locked'])).toHaveLength(2)
})

/** Files are locked by process: a lock of this one would not be in the way. */
async function lockedByAnother(file: string): Promise<() => Promise<unknown>> {
  const script = `
    const db = new (require('better-sqlite3'))(${JSON.stringify(file)})
    db.exec('begin immediate')
    console.log('locked')
    process.stdin.resume().on('end', () => process.exit())`
  const other = spawn(process.execPath, ['-e', script], {
    cwd: import.meta.dirname,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  await once(other.stdout, 'data')
  return () => {
    other.stdin.end()
    return once(other, 'exit')
  }
}

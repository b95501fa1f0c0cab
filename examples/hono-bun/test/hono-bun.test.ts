import { readFileSync } from 'node:fs'
import { hostConformance } from '@clerk-sync/host-conformance'
import { postgresDatabase, SECRET, signatureOfNobody, startServer } from '@examples/testing'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { bun } from './bun.ts'

const cwd = new URL('..', import.meta.url).pathname
const database = await postgresDatabase('example_hono_bun')
await database.query(readFileSync(`${cwd}/schema.sql`, 'utf8'))
const env = { DATABASE_URL: database.url, CLERK_WEBHOOK_SIGNING_SECRET: SECRET }
const server = await startServer({ cwd, command: [bun, 'src/server.ts'], env })
afterAll(async () => {
  await server.stop()
  await database.close()
})

hostConformance({
  runner: { describe, it },
  url: `${server.url}/api/webhooks/clerk`,
  secret: SECRET,
  repeatedHeaders: true,
  capabilities: { get: 'host' },
  async read(id) {
    const [row] = await database.query('select email, deleted_at from users where id = ?', id)
    return row && { email: row.email as string | null, deleted: row.deleted_at !== null }
  },
  database,
})

it('lists the users, without those that are deleted', async () => {
  await database.query('insert into users (id, email) values (?, ?)', 'user_listed', 'ada@example.com')
  const users = await (await fetch(`${server.url}/users`)).json()
  expect(users).toMatchObject([{ id: 'user_listed', email: 'ada@example.com' }])
})

it('a middleware that reads the body first: 500 raw_body_unavailable, and the log names the fix', async () => {
  const other = await startServer({ cwd, command: [bun, 'test/reads-first.ts'], env })
  onTestFinished(other.stop)
  const answer = await fetch(`${other.url}/api/webhooks/clerk`, {
    method: 'POST',
    body: '{}',
    headers: signatureOfNobody(),
  })
  expect([answer.status, await answer.json()]).toEqual([500, { code: 'raw_body_unavailable' }])
  expect(other.output()).toContain('Pass the request on unread, or a request.clone() made before reading.')
})

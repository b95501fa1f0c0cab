import { readFileSync } from 'node:fs'
import { hostConformance } from '@clerk-sync/host-conformance'
import { build, SECRET, signatureOfNobody, sqliteDatabase, startServer, variantOf } from '@examples/testing'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'

const cwd = new URL('..', import.meta.url).pathname
const database = await sqliteDatabase()
await database.query(readFileSync(`${cwd}/prisma/schema.sql`, 'utf8'))

// As `prisma generate`, without a network.
await build(cwd, ['node', '../../scripts/bare-machine/prisma-clients.mjs', 'prisma/schema.prisma'])

async function serve(folder: string) {
  await build(folder, ['node_modules/.bin/react-router', 'build'])
  return startServer({
    cwd: folder,
    command: ['node_modules/.bin/react-router-serve', './build/server/index.js'],
    env: { DATABASE_URL: database.url, CLERK_WEBHOOK_SIGNING_SECRET: SECRET },
  })
}

const server = await serve(cwd)
afterAll(async () => {
  await server.stop()
  await database.close()
})

hostConformance({
  runner: { describe, it },
  url: `${server.url}/api/webhooks/clerk`,
  secret: SECRET,
  repeatedHeaders: true,
  async read(id) {
    const [row] = await database.query('select email, deletedAt from User where id = ?', id)
    return row && { email: row.email as string | null, deleted: row.deletedAt !== null }
  },
  database,
})

it('the page lists the users, without those that are deleted', async () => {
  await database.query("insert into User (id, email) values ('user_listed', 'ada@example.com')")
  const page = await (await fetch(server.url)).text()
  expect(page).toContain('<li>ada@example.com</li>')
  expect(page.match(/<li>/g)).toHaveLength(1)
})

it('an action that reads the body first: 500 raw_body_unavailable, and the log names the fix', async () => {
  const route = `
      import { clerkSync } from '../clerk-sync.server.ts'

      export async function action({ request }) {
        console.log(await request.json())
        return clerkSync.handler(request)
      }
    `
  const other = await serve(variantOf(cwd, { 'app/routes/clerk-webhook.ts': route }))
  onTestFinished(() => other.stop())
  const answer = await fetch(`${other.url}/api/webhooks/clerk`, {
    method: 'POST',
    body: '{}',
    headers: signatureOfNobody(),
  })
  expect([answer.status, await answer.json()]).toEqual([500, { code: 'raw_body_unavailable' }])
  expect(other.output()).toContain('Pass the request on unread, or a request.clone() made before reading.')
})

import { hostConformance } from '@clerk-sync/host-conformance'
import { build, postgresDatabase, SECRET, signatureOfNobody, startServer, variantOf } from '@examples/testing'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'

const cwd = new URL('..', import.meta.url).pathname
const database = await postgresDatabase('example_tanstack_start')
await build(cwd, ['node', 'src/db/migrate.ts'], { DATABASE_URL: database.url })

async function serve(folder: string) {
  await build(folder, ['node_modules/.bin/vite', 'build'])
  return startServer({
    cwd: folder,
    command: ['node', '.output/server/index.mjs'],
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
    const [row] = await database.query('select email, deleted_at from users where id = ?', id)
    return row && { email: row.email as string | null, deleted: row.deleted_at !== null }
  },
  database,
})

it('the page lists the users, without those that are deleted', async () => {
  await database.query("insert into users (id, email) values ('user_listed', 'ada@example.com')")
  const page = await (await fetch(server.url)).text()
  expect(page).toContain('<li>ada@example.com</li>')
  expect(page.match(/<li>/g)).toHaveLength(1)
})

it('a handler that reads the body first: 500 raw_body_unavailable, and the log names the fix', async () => {
  const route = `
      import { createFileRoute } from '@tanstack/react-router'
      import { clerkSync } from '../../../clerk-sync.ts'

      async function POST({ request }) {
        console.log(await request.json())
        return clerkSync.handler(request)
      }

      export const Route = createFileRoute('/api/webhooks/clerk')({ server: { handlers: { POST } } })
    `
  const other = await serve(variantOf(cwd, { 'src/routes/api/webhooks/clerk.ts': route }))
  onTestFinished(() => other.stop())
  const answer = await fetch(`${other.url}/api/webhooks/clerk`, {
    method: 'POST',
    body: '{}',
    headers: signatureOfNobody(),
  })
  expect([answer.status, await answer.json()]).toEqual([500, { code: 'raw_body_unavailable' }])
  expect(other.output()).toContain('Pass the request on unread, or a request.clone() made before reading.')
})

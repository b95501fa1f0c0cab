import { readFileSync } from 'node:fs'
import { checkHost, hostConformance } from '@clerk-sync/host-conformance'
import { build, postgresDatabase, SECRET, startServer, variantOf } from '@examples/testing'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'

const PUBLISHABLE_KEY = `pk_test_${Buffer.from('example.clerk.accounts.dev$').toString('base64')}`

const cwd = new URL('..', import.meta.url).pathname
const database = await postgresDatabase('example_nuxt')
await database.query(readFileSync(`${cwd}/server/db/schema.sql`, 'utf8'))

async function serve(folder: string) {
  await build(folder, ['node_modules/.bin/nuxt', 'build'])
  return startServer({
    cwd: folder,
    command: ['node', '.output/server/index.mjs'],
    env: {
      DATABASE_URL: database.url,
      CLERK_WEBHOOK_SIGNING_SECRET: SECRET,
      NUXT_CLERK_SECRET_KEY: 'sk_test_of_no_instance',
      NUXT_PUBLIC_CLERK_PUBLISHABLE_KEY: PUBLISHABLE_KEY,
      NUXT_PUBLIC_CLERK_TELEMETRY_DISABLED: 'true',
    },
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

it('a middleware may read the body with h3: the bytes are kept for the route', async () => {
  const middleware = `
      import { defineEventHandler, readBody } from 'h3'

      export default defineEventHandler(async (event) => {
        if (event.method === 'POST') console.log(await readBody(event))
      })
    `
  const other = await serve(variantOf(cwd, { 'server/middleware/log.ts': middleware }))
  onTestFinished(() => other.stop())
  const results = await checkHost({ url: `${other.url}/api/webhooks/clerk`, secret: SECRET })
  expect(results.filter(({ failure }) => failure !== undefined)).toEqual([])
})

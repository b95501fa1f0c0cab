import { readFileSync } from 'node:fs'
import { checkHost, hostConformance } from '@clerk-sync/host-conformance'
import { build, SECRET, signatureOfNobody, sqliteDatabase, startServer, variantOf } from '@examples/testing'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { keyServer, signedIn } from './signed-in.ts'

const INSTANCE = 'example.clerk.accounts.dev'

const cwd = new URL('..', import.meta.url).pathname
const database = await sqliteDatabase()
await database.query(readFileSync(`${cwd}/src/db/schema.sql`, 'utf8'))
const keys = await keyServer()
const env = {
  TURSO_DATABASE_URL: `file:${database.url}`,
  CLERK_WEBHOOK_SIGNING_SECRET: SECRET,
  CLERK_SECRET_KEY: 'sk_test_of_no_instance',
  CLERK_API_URL: keys.url,
  PUBLIC_CLERK_PUBLISHABLE_KEY: `pk_test_${Buffer.from(`${INSTANCE}$`).toString('base64')}`,
  PUBLIC_CLERK_TELEMETRY_DISABLED: 'true',
  ASTRO_TELEMETRY_DISABLED: '1',
}

async function serve(folder: string) {
  await build(folder, ['node_modules/.bin/astro', 'build'], env)
  return startServer({ cwd: folder, command: ['node', 'dist/server/entry.mjs'], env })
}

const server = await serve(cwd)
const url = `${server.url}/api/webhooks/clerk`
afterAll(async () => {
  await server.stop()
  await database.close()
  keys.close()
})

hostConformance({
  runner: { describe, it },
  url,
  secret: SECRET,
  capabilities: { get: 'host' },
  repeatedHeaders: true,
  async read(id) {
    const [row] = await database.query('select email, deleted_at from users where id = ?', id)
    return row && { email: row.email as string | null, deleted: row.deleted_at !== null }
  },
  database,
})

it('the page lists the users for who is signed in, without those that are deleted', async () => {
  await database.query("insert into users (id, email) values ('user_listed', 'ada@example.com')")
  const page = await (await fetch(server.url, { headers: signedIn(`https://${INSTANCE}`) })).text()
  expect(page).toContain('<li>ada@example.com</li>')
  expect(page.match(/<li>/g)).toHaveLength(1)
})

it('the page leads everybody else to the sign-in', async () => {
  const { headers } = await fetch(server.url, { redirect: 'manual' })
  expect(headers.get('location')).toMatch(/^https:\/\/example\.accounts\.dev\/sign-in/)
})

it('checkOrigin answers what has the content type of a form, which Clerk never sends', async () => {
  const answer = await fetch(url, { method: 'POST', body: '{}', headers: { 'content-type': 'text/plain' } })
  expect([answer.status, await answer.text()]).toEqual([403, 'Cross-site POST form submissions are forbidden'])
})

describe('what goes wrong', () => {
  async function serveWith(middleware: string) {
    const other = await serve(variantOf(cwd, { 'src/middleware.ts': middleware }))
    onTestFinished(() => other.stop())
    return other
  }

  it('a middleware that protects every route: a redirect, and the conformance check names the fix', async () => {
    const other = await serveWith(`
      import { clerkMiddleware } from '@clerk/astro/server'

      export const onRequest = clerkMiddleware((auth) => {
        const { isAuthenticated, redirectToSignIn } = auth()
        if (!isAuthenticated) return redirectToSignIn()
      })
    `)
    const [first] = await checkHost({ url: `${other.url}/api/webhooks/clerk`, secret: SECRET })
    expect(first?.failure).toContain('Make the route public in the auth middleware')
  })

  it('a middleware that reads the body: 500 raw_body_unavailable, and the log names the fix', async () => {
    const other = await serveWith(`
      import { defineMiddleware } from 'astro:middleware'

      export const onRequest = defineMiddleware(async ({ request }, next) => {
        console.log(await request.text())
        return next()
      })
    `)
    const answer = await fetch(`${other.url}/api/webhooks/clerk`, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json', ...signatureOfNobody() },
    })
    expect([answer.status, await answer.json()]).toEqual([500, { code: 'raw_body_unavailable' }])
    expect(other.output()).toContain('Pass the request on unread, or a request.clone() made before reading.')
  })
})

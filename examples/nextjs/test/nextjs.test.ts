import { readFileSync } from 'node:fs'
import { hostConformance } from '@clerk-sync/host-conformance'
import { startClerkApi } from '@clerk-sync/testing'
import { build, postgresDatabase, SECRET, startServer } from '@examples/testing'
import { afterAll, describe, expect, it } from 'vitest'

const cwd = new URL('..', import.meta.url).pathname
const database = await postgresDatabase('example_nextjs')
await database.query(readFileSync(`${cwd}/db/schema.sql`, 'utf8'))
const clerk = await startClerkApi()
const env = {
  NEXT_TELEMETRY_DISABLED: '1',
  NEXT_PUBLIC_CLERK_TELEMETRY_DISABLED: '1',
  NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: clerk.publishableKey,
  CLERK_SECRET_KEY: clerk.secretKey,
  CLERK_API_URL: clerk.url,
}
await build(cwd, ['node_modules/.bin/next', 'build'], env)
const server = await startServer({
  cwd,
  command: ['node_modules/.bin/next', 'start', '-p', '{port}'],
  env: { ...env, DATABASE_URL: database.url, CLERK_WEBHOOK_SIGNING_SECRET: SECRET },
})
afterAll(async () => {
  await server.stop()
  await clerk.close()
  await database.close()
})

describe.each([
  ['App Router', 'clerk', 'host'],
  ['Pages Router', 'clerk-pages', 'library'],
] as const)('%s', (_, route, get) => {
  hostConformance({
    runner: { describe, it },
    url: `${server.url}/api/webhooks/${route}`,
    secret: SECRET,
    repeatedHeaders: true,
    capabilities: { get },
    async read(id) {
      const [row] = await database.query('select email, deleted_at from users where id = ?', id)
      return row && { email: row.email as string | null, deleted: row.deleted_at !== null }
    },
    database,
  })
})

describe('a page for the signed-in user', () => {
  const visit = (cookie: string) => fetch(server.url, { headers: { cookie, accept: 'text/html' }, redirect: 'manual' })

  it('has their name at the first request after the sign-up, although no webhook came', async () => {
    const { id } = await clerk.users.create({ first_name: 'Ada' })
    const { cookie } = await clerk.signIn(id)
    expect(await (await visit(cookie)).text()).toContain('<h1>Hello, Ada</h1>')
    expect(await database.query('select first_name from users where id = ?', id)).toEqual([{ first_name: 'Ada' }])
    // From then on it is in the table.
    expect(await (await visit(cookie)).text()).toContain('<h1>Hello, Ada</h1>')
    expect(clerk.requests.filter(({ path }) => path === `/users/${id}`)).toHaveLength(1)
  })

  it('is not for others: they are led to the sign-in', async () => {
    const { status, headers } = await visit('')
    expect(status).toBe(307)
    expect(headers.get('location')).toContain('clerk.example.com')
  })
})

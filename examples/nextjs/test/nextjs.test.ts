import { readFileSync } from 'node:fs'
import { hostConformance } from '@clerk-sync/host-conformance'
import { build, postgresDatabase, SECRET, startServer } from '@examples/testing'
import { afterAll, describe, it } from 'vitest'

const cwd = new URL('..', import.meta.url).pathname
const database = await postgresDatabase('example_nextjs')
await database.query(readFileSync(`${cwd}/db/schema.sql`, 'utf8'))
const env = {
  NEXT_TELEMETRY_DISABLED: '1',
  NEXT_PUBLIC_CLERK_TELEMETRY_DISABLED: '1',
  NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: `pk_test_${btoa('clerk.example.com$')}`,
  CLERK_SECRET_KEY: 'sk_test_example',
}
build(cwd, ['node_modules/.bin/next', 'build'], env)
const server = await startServer({
  cwd,
  command: ['node_modules/.bin/next', 'start', '-p', '{port}'],
  env: { ...env, DATABASE_URL: database.url, CLERK_WEBHOOK_SIGNING_SECRET: SECRET },
})
afterAll(async () => {
  await server.stop()
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

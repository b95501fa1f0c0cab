import { readFileSync } from 'node:fs'
import { hostConformance } from '@clerk-sync/host-conformance'
import { postgresDatabase, SECRET, startServer } from '@examples/testing'
import { afterAll, describe, it } from 'vitest'

const cwd = new URL('..', import.meta.url).pathname
const database = await postgresDatabase('example_fastify')
await database.query(readFileSync(`${cwd}/schema.sql`, 'utf8'))
const server = await startServer({
  cwd,
  command: ['node', 'src/server.ts'],
  env: { DATABASE_URL: database.url, CLERK_WEBHOOK_SIGNING_SECRET: SECRET },
})
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

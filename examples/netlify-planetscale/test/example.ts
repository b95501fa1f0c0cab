import { readFileSync } from 'node:fs'
import { type ExampleDatabase, type ExampleServer, mysqlDatabase, SECRET, startServer } from '@examples/testing'
import { afterAll } from 'vitest'

/** The example on a database of its own, until the tests of the file are through. */
export async function startExample(name: string): Promise<{ server: ExampleServer; database: ExampleDatabase }> {
  const cwd = new URL('..', import.meta.url).pathname
  const database = await mysqlDatabase(name)
  await database.query(readFileSync(`${cwd}/db/schema.sql`, 'utf8'))
  const server = await startServer({
    cwd,
    command: ['node', 'test/netlify-host.ts'],
    env: { DATABASE_URL: database.url, CLERK_WEBHOOK_SIGNING_SECRET: SECRET },
  })
  afterAll(async () => {
    await server.stop()
    await database.close()
  })
  return { server, database }
}

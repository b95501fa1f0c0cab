import { globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hostConformance } from '@clerk-sync/host-conformance'
import { build, SECRET, sqliteDatabase, startServer } from '@examples/testing'
import { afterAll, describe, expect, it } from 'vitest'

const cwd = new URL('..', import.meta.url).pathname
const wrangler = 'node_modules/.bin/wrangler'
const state = mkdtempSync(join(tmpdir(), 'clerk-sync-workers-'))
// Wrangler asks nobody outside for anything.
const env = { CI: '1', WRANGLER_SEND_METRICS: 'false', CLOUDFLARE_CF_FETCH_ENABLED: 'false' }

await build(cwd, [wrangler, 'd1', 'migrations', 'apply', 'DB', '--local', '--persist-to', state], env)
const server = await startServer({
  cwd,
  command: [
    wrangler,
    ...['dev', '--ip', '127.0.0.1', '--port', '{port}', '--inspector-port', '0', '--persist-to', state],
    ...['--var', `CLERK_WEBHOOK_SIGNING_SECRET:${SECRET}`],
  ],
  env,
})
// The file behind D1; the other one in its folder is the runtime's own.
const [file = ''] = globSync(`${state}/v3/d1/*/*.sqlite`, { exclude: ['**/metadata.sqlite'] })
const database = await sqliteDatabase(file)
afterAll(async () => {
  await server.stop()
  await database.close()
  rmSync(state, { recursive: true })
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

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkHost, hostConformance } from '@clerk-sync/host-conformance'
import { EMPTY_PROJECT, KEYS, startPostgrest, tokenOf } from '@clerk-sync/supabase-fake'
import { postgresDatabase, SECRET, startServer } from '@examples/testing'
import { createClient } from '@supabase/supabase-js'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { startGateway } from './gateway.ts'

const project = new URL('../supabase', import.meta.url).pathname
const migrations = {
  functions: readFileSync(`${project}/migrations/20260101000000_clerk_sync_functions.sql`, 'utf8'),
  tables: readFileSync(`${project}/migrations/20260101000001_clerk_sync_tables.sql`, 'utf8'),
}
const database = await postgresDatabase('example_supabase')
for (const sql of [EMPTY_PROJECT, migrations.functions, migrations.tables]) await database.query(sql)
const postgrest = await startPostgrest(database.url)

// Deno may do here what a function may at Supabase:
// https://github.com/supabase/edge-runtime/blob/main/crates/base/src/runtime/permissions.rs
// It starts outside of the workspace: from inside it rewrites the workspace's package.json when an import is missing.
const cwd = mkdtempSync(join(tmpdir(), 'clerk-sync-deno-'))
const require = createRequire(import.meta.url)
const server = await startServer({
  cwd,
  command: [
    'env',
    ...['DENO_SERVE_ADDRESS=tcp:127.0.0.1:{port}', 'node'],
    join(require.resolve('deno/package.json'), '../bin.cjs'),
    ...['run', '--node-modules-dir=manual', '--no-remote', '--no-lock', '--no-prompt'],
    ...['--allow-env', '--allow-net', '--allow-read', '--allow-write', '--allow-import', '--allow-ffi'],
    ...['--allow-sys=hostname', `${project}/functions/clerk-webhook/index.ts`],
  ],
  env: {
    DENO_DIR: cwd,
    DENO_NO_UPDATE_CHECK: '1',
    SUPABASE_URL: postgrest.url,
    SUPABASE_SERVICE_ROLE_KEY: KEYS.service,
    CLERK_WEBHOOK_SIGNING_SECRET: SECRET,
  },
})
const gatewayWith = (config: string) => startGateway({ config, name: 'clerk-webhook', functionUrl: server.url })
const gateway = await gatewayWith(`${project}/config.toml`)
afterAll(async () => {
  await gateway.close()
  await server.stop()
  await postgrest.close()
  await database.close()
  rmSync(cwd, { recursive: true })
})

hostConformance({
  runner: { describe, it },
  url: gateway.url,
  secret: SECRET,
  repeatedHeaders: true,
  async read(id) {
    const [row] = await database.query('select email, deleted_at from users where id = ?', id)
    return row && { email: row.email as string | null, deleted: row.deleted_at !== null }
  },
  database,
})

describe('reading, with a token as Clerk makes them', () => {
  const clientFor = (userId: string) => {
    const now = Math.floor(Date.now() / 1000)
    const session = { iss: 'https://example.clerk.accounts.dev', sid: `sess_of_${userId}`, azp: 'https://example.com' }
    const token = tokenOf({ ...session, sub: userId, role: 'authenticated', iat: now, nbf: now, exp: now + 60, v: 2 })
    return createClient(postgrest.url, KEYS.anon, { accessToken: async () => token })
  }

  it('a user reads their own row and no other, and writes none', async () => {
    await database.query("insert into users (id, email) values ('user_ada', 'ada@example.com'), ('user_bob', null)")
    const ada = clientFor('user_ada')
    expect(await ada.from('users').select('id,email')).toMatchObject({
      status: 200,
      data: [{ id: 'user_ada', email: 'ada@example.com' }],
    })
    expect(await clientFor('user_bob').from('users').select('id')).toMatchObject({ data: [{ id: 'user_bob' }] })
    expect(await ada.from('users').update({ email: 'eve@example.com' }).eq('id', 'user_bob')).toMatchObject({
      status: 403,
      error: { code: '42501' },
    })
    expect(await createClient(postgrest.url, KEYS.anon).from('users').select()).toMatchObject({ status: 401 })
    expect(await database.query("select email from users where id = 'user_bob'")).toEqual([{ email: null }])
  })
})

it('without verify_jwt = false the sender is answered 401, and the report says what to do', async () => {
  const config = join(cwd, 'config.toml')
  writeFileSync(config, readFileSync(`${project}/config.toml`, 'utf8').replace(/^verify_jwt.*$/m, ''))
  const closed = await gatewayWith(config)
  onTestFinished(closed.close)
  const [first] = await checkHost({ url: closed.url, secret: SECRET })
  expect(first?.failure).toMatch(
    /401.*Missing authorization header.*An auth middleware runs before the route: make it public/,
  )
})

it('the migrations are what the package ships', () => {
  const shipped = (file: string) => readFileSync(require.resolve(`@clerk-sync/adapter-supabase/sql/${file}`), 'utf8')
  expect(migrations.functions).toBe(shipped('functions.sql'))
  expect(migrations.tables).toBe(shipped('tables.sql'))
})

import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { afterAll, expect, test, vi } from 'vitest'
import { emptyDatabase } from './support/databases.ts'
import { endAll, run, serve } from './support/process.ts'

vi.setConfig({ testTimeout: 60_000 })
const { url: DATABASE_URL, remove } = await emptyDatabase('SQLite')
afterAll(async () => {
  endAll()
  await remove()
})

test.each([
  ['a port that is none', { PORT: 'http' }, 'PORT is "http"'],
  ['a port that is too large', { PORT: '65536' }, 'from 0 (any free port) to 65535'],
  ['an adapter that is not there', { ADAPTER: 'typeorm' }, 'the choices are: drizzle'],
  ['a database of another kind', { DATABASE_URL: 'mongodb://user:hush@localhost/app' }, 'postgres://'],
  ['a database without a name', { DATABASE_URL: 'postgres://user:hush@localhost' }, 'must name a host and a database'],
  ['SQLite in memory', { DATABASE_URL: 'sqlite::memory:' }, 'sqlite:FILE'],
  ['SQLite in a directory that is not there', { DATABASE_URL: `sqlite:${tmpdir()}/not/there.db` }, 'not/there.db'],
  ['a database that does not answer', { DATABASE_URL: 'postgres://user:hush@127.0.0.1:1/app' }, 'ECONNREFUSED'],
  ['another that does not', { DATABASE_URL: 'mysql://user:hush@127.0.0.1:1/app' }, 'ECONNREFUSED'],
  ['a malformed secret', { CLERK_WEBHOOK_SIGNING_SECRET: 'whsec_"hush"' }, 'signing secret is malformed'],
])('%s is refused in one line', async (_, env, message) => {
  const { code, stdout, stderr } = await run(['--serve'], {
    PORT: '0',
    DATABASE_URL,
    ...env,
  })
  expect(stderr).toContain(message)
  expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  expect(stdout + stderr).not.toContain('hush')
  expect(stdout).not.toContain('ready')
  expect(code).toBe(1)
})

test('an argument that is not known is refused', async () => {
  const { code, stderr } = await run(['--sevre'])
  expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('--serve serves') })
})

test('a port that is taken is named', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => other.once('listening', resolve))
  const { port } = other.address() as AddressInfo
  const { code, stderr } = await run([], { PORT: String(port) })
  other.close()
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(`PORT ${port} is taken`) })
})

test.each(['SIGINT', 'SIGTERM'] as const)('%s ends it cleanly, also with a page that listens', async (signal) => {
  const server = await serve({ DATABASE_URL })
  const page = await fetch(`${server.url}/api/events`)
  expect(await server.end(signal)).toBe(0)
  await expect(page.text()).resolves.toContain(`data: ${server.pid}`)
  expect(server.output.stderr).toBe('')
})

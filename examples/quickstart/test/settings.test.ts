import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { serverUrl } from '@clerk-sync/bare-machine/server-url'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { adapters, emptyDatabase } from './support/databases.ts'
import { endAll, run, serve } from './support/process.ts'

vi.setConfig({ testTimeout: 60_000 })
const postgres = new URL(await serverUrl('CLERK_SYNC_POSTGRES_URL'))
const mysql = new URL(await serverUrl('CLERK_SYNC_MYSQL_URL'))
const { url: DATABASE_URL, remove } = await emptyDatabase('SQLite')
afterAll(async () => {
  endAll()
  await remove()
})

test.each([
  ['a mode that is none', { MODE: 'aside' }, 'MODE is "aside", and the choices are: row, beside.'],
  ['a port that is none', { PORT: 'http' }, 'PORT is "http"'],
  ['a port that is too large', { PORT: '65536' }, 'from 0 (any free port) to 65535'],
  ['an adapter that is not there', { ADAPTER: 'typeorm' }, 'the choices are: drizzle, kysely, prisma'],
  ['a database of another kind', { DATABASE_URL: 'mongodb://user:hush@localhost/app' }, 'postgres://'],
  ['a database without a name', { DATABASE_URL: 'postgres://user:hush@localhost' }, 'must name a host and a database'],
  ['SQLite in memory', { DATABASE_URL: 'sqlite::memory:' }, 'sqlite:FILE'],
  ['a malformed secret', { CLERK_WEBHOOK_SIGNING_SECRET: 'whsec_"hush"' }, 'signing secret is malformed'],
])('%s is refused in one line', (_, env, message) => refused({ DATABASE_URL, ...env }, message))

describe.each(adapters)('with %s', (ADAPTER) => {
  test.each([
    ['SQLite in a directory that is not there', `sqlite:${tmpdir()}/not/there.db`, 'SQLite, /', '/not/there.db): '],
    ['a host that is not there', 'postgres://user:hush@nowhere.invalid/app', 'PostgreSQL, nowhere.invalid/app): '],
    ['PostgreSQL that is not there', 'postgres://user:hush@127.0.0.1:1/app', '127.0.0.1:1/app): ', 'ECONNREFUSED'],
    ['MySQL that is not there', 'mysql://user:hush@127.0.0.1:1/app', '127.0.0.1:1/app): ', 'ECONNREFUSED'],
    ['a PostgreSQL database that is not there', at(postgres, { pathname: '/nowhere' }), `${postgres.host}/nowhere): `],
    ['a MySQL database that is not there', at(mysql, { pathname: '/nowhere' }), `${mysql.host}/nowhere): `],
    ['a user MySQL does not know', at(mysql, { username: 'ursula', password: 'hush' }), 'DATABASE_URL is refused'],
  ])('%s is refused in one line', async (_, url, ...messages) => {
    await refused({ ADAPTER, DATABASE_URL: url }, 'The database cannot be used (', ...messages)
  })
})

async function refused(env: Readonly<Record<string, string>>, ...messages: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await run(['--serve'], { PORT: '0', ...env })
  for (const message of messages) expect(stderr).toContain(message)
  expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  expect(stdout + stderr).not.toMatch(/hush|ursula/)
  expect(stdout).not.toContain('ready')
  expect(code).toBe(1)
}

/** The server's URL, but for these parts. */
function at(server: URL, parts: Readonly<Partial<Record<'pathname' | 'username' | 'password', string>>>): string {
  return Object.assign(new URL(server), parts).href
}

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

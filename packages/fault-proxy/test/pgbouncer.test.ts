import { serverUrl } from '@clerk-sync/bare-machine/server-url'
import { startPgBouncer } from '@clerk-sync/fault-proxy'
import pg from 'pg'
import { expect, it, onTestFinished } from 'vitest'

it('PgBouncer gives each transaction another connection to the server, which knows no names of the last', async () => {
  const bouncer = await startPgBouncer({ target: await serverUrl('CLERK_SYNC_POSTGRES_URL'), poolSize: 2 })
  const clients = [new pg.Client(bouncer.url), new pg.Client(bouncer.url)] as const
  onTestFinished(async () => {
    await Promise.all(clients.map((client) => client.end()))
    await bouncer.close()
  })
  await Promise.all(clients.map((client) => client.connect()))
  const backend = async (client: pg.Client) =>
    Number((await client.query<{ pid: number }>('select pg_backend_pid() pid')).rows[0]?.pid)
  const [one, other] = clients
  await one.query('begin')
  const held = await backend(one)
  expect(await backend(one)).toBe(held)
  expect(await backend(other)).not.toBe(held)
  await one.query('commit')

  const named = { name: 'answer', text: 'select 42 as answer' }
  await other.query('begin')
  const elsewhere = await backend(other)
  await one.query(named)
  await other.query('commit')
  // The one that the name is on is busy, so the next statement meets the other.
  await other.query('begin')
  expect(await backend(other)).toBe(held)
  expect(elsewhere).not.toBe(held)
  await expect(one.query(named)).rejects.toThrow('prepared statement "answer" does not exist')
})

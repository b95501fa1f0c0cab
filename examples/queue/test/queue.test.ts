import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { ClerkEvent } from '@clerk-sync/core'
import { clerkEvent, signedRequest } from '@clerk-sync/testing'
import { postgresDatabase, SECRET, signatureOfNobody, startServer } from '@examples/testing'
import { afterAll, expect, it, vi } from 'vitest'

const cwd = new URL('..', import.meta.url).pathname
const database = await postgresDatabase('example_queue')
const queue = await postgresDatabase('example_queue_boss')
await database.query(readFileSync(`${cwd}/schema.sql`, 'utf8'))
const env = { DATABASE_URL: database.url, QUEUE_DATABASE_URL: queue.url, CLERK_WEBHOOK_SIGNING_SECRET: SECRET }
const server = await startServer({ cwd, command: ['node', 'src/server.ts'], env })
const workers = new Set<ChildProcess>()

afterAll(async () => {
  for (const worker of workers) await end(worker, 'SIGKILL')
  await server.stop()
  await database.close()
  await queue.close()
})

it('deliveries wait until there is a worker, and one goes on where another was stopped', async () => {
  const ids = Array.from({ length: 40 }, (_, n) => `user_${n}`)
  const deliveries = ids.flatMap((id) => [created(id), updated(id)])
  // The newest first, and each twice.
  const answers = await Promise.all([...deliveries.toReversed(), ...deliveries].map(deliver))
  expect(new Set(answers)).toEqual(new Set(['200 {"outcome":"queued"}']))
  expect(await database.query('select id from users')).toEqual([])

  const first = startWorker()
  await vi.waitFor(async () => expect(await database.query('select 1 from workspaces')).not.toEqual([]), WAIT)
  expect(await end(first, 'SIGTERM')).toBe(0)
  await Promise.all(ids.map((id) => deliver(updated(id))))
  const second = startWorker()
  await vi.waitFor(async () => expect(await waiting()).toBe(0), WAIT)
  const users = await database.query('select id, email from users')
  expect(users.map(({ id, email }) => `${id} ${email}`).sort()).toEqual(
    ids.map((id) => `${id} new.${id}@example.com`).sort(),
  )
  const owners = await database.query('select owner_id from workspaces')
  expect(owners.map(({ owner_id }) => owner_id).sort()).toEqual([...ids].sort())
  expect(await end(second, 'SIGTERM')).toBe(0)
})

it('a forged delivery is not queued', async () => {
  const before = await waiting()
  const forged = await fetch(server.url, { method: 'POST', headers: signatureOfNobody(), body: '{}' })
  expect(forged.status).toBe(400)
  expect(await waiting()).toBe(before)
})

it('docs/queues.md shows this code', () => {
  const document = readFileSync(`${cwd}/../../docs/queues.md`, 'utf8')
  for (const file of ['src/schema.ts', 'src/clerk-sync.ts', 'src/boss.ts', 'src/server.ts', 'src/worker.ts']) {
    expect(document).toContain(`\`\`\`ts\n// ${file}\n${readFileSync(`${cwd}/${file}`, 'utf8')}\`\`\`\n`)
  }
})

const WAIT = { timeout: 30_000, interval: 100 }

const created = (id: string) => userEvent('user.created', id, `${id}@example.com`, 0)
const updated = (id: string) => userEvent('user.updated', id, `new.${id}@example.com`, 1000)

function userEvent(type: 'user.created' | 'user.updated', id: string, address: string, after: number): ClerkEvent {
  const timestamp = 1_760_000_000_000 + after
  const data = { id, updated_at: timestamp, email_addresses: [{ email_address: address }] }
  return clerkEvent(type, data, { timestamp, seed: `${type} ${id}` })
}

async function deliver(event: ClerkEvent): Promise<string> {
  const response = await fetch(signedRequest(server.url, event, { secret: SECRET }))
  return `${response.status} ${await response.text()}`
}

/** What pg-boss has left to do. */
async function waiting(): Promise<number> {
  const sql =
    "select count(*)::int as n from pgboss.job where name = 'clerk' and state in ('created', 'retry', 'active')"
  const [row] = await queue.query(sql)
  return Number(row?.n)
}

function startWorker(): ChildProcess {
  const worker = spawn('node', ['src/worker.ts'], { cwd, env: { ...process.env, ...env }, stdio: 'inherit' })
  workers.add(worker)
  return worker
}

async function end(worker: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  workers.delete(worker)
  if (worker.exitCode !== null || worker.signalCode !== null) return worker.exitCode
  const ended = once(worker, 'exit')
  worker.kill(signal)
  return (await ended)[0]
}

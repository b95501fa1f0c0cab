import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { ClerkEvent } from '@clerk-sync/core'
import { clerkEvent, signedRequest } from '@clerk-sync/testing'
import { postgresDatabase, SECRET, startServer } from '@examples/testing'
import { afterAll, afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type Request, startMailService } from './mail-service.ts'

const cwd = new URL('..', import.meta.url).pathname
const database = await postgresDatabase('example_outbox')
await database.query(readFileSync(`${cwd}/schema.sql`, 'utf8'))
const mail = await startMailService()
const env = { DATABASE_URL: database.url, CLERK_WEBHOOK_SIGNING_SECRET: SECRET, MAIL_URL: mail.url }
const server = await startServer({ cwd, command: ['node', 'src/server.ts'], env })
const workers = new Set<ChildProcess>()

beforeEach(() => {
  mail.answer = async () => 200
})
afterEach(async () => {
  for (const worker of workers) await kill(worker)
})
afterAll(async () => {
  await server.stop()
  mail.close()
  await database.close()
})

it('a welcome is queued once for each sign-up, whatever is sent twice', async () => {
  const id = newUserId()
  const message = created(id)
  expect(await Promise.all([deliver(message), deliver(message)])).toEqual([200, 200])
  expect(await deliver(message)).toBe(200)
  expect(await database.query('select template, attempts, sent_at from outbox where user_id = ?', id)).toEqual([
    { template: 'welcome', attempts: 0, sent_at: null },
  ])
  startWorker()
  await waitUntilSent(id)
  expect(mail.requestsFor(id)).toEqual([{ key: `welcome/${id}`, to: `${id}@example.com` }])
})

it('a worker that dies after sending and before marking: another sends it again, with the same key', async () => {
  const id = newUserId()
  await deliver(created(id))
  const first = startWorker()
  mail.answer = async () => {
    await kill(first)
    return 200
  }
  await vi.waitFor(() => expect(first.signalCode).toBe('SIGKILL'), WAIT)
  const [row] = await database.query('select sent_at from outbox where user_id = ?', id)
  expect(row).toEqual({ sent_at: null })

  mail.answer = async () => 200
  startWorker()
  await waitUntilSent(id)
  const request = { key: `welcome/${id}`, to: `${id}@example.com` }
  expect(mail.requestsFor(id)).toEqual([request, request])
})

it('two workers at once send different e-mails', async () => {
  const ids = Array.from({ length: 10 }, newUserId)
  for (const id of ids) await deliver(created(id))
  // Neither is answered before both have asked.
  const asked: Request[] = []
  mail.answer = async (request) => {
    asked.push(request)
    await vi.waitFor(() => expect(asked.length).toBeGreaterThan(1), WAIT)
    return 200
  }
  startWorker()
  startWorker()
  await waitUntilSent(...ids)
  expect(asked[0]?.key).not.toBe(asked[1]?.key)
  for (const id of ids) expect(mail.requestsFor(id)).toHaveLength(1)
})

it('an e-mail that the service refuses is tried again later and holds up no other', async () => {
  const [refused, other] = [newUserId(), newUserId()]
  mail.answer = async ({ to }) => (to.startsWith(refused) && mail.requestsFor(refused).length === 1 ? 500 : 200)
  await deliver(created(refused))
  await deliver(created(other))
  startWorker()
  await waitUntilSent(refused, other)
  expect(mail.requestsFor(refused)).toHaveLength(2)
  expect(mail.requestsFor(other)).toHaveLength(1)
  const [row] = await database.query('select attempts from outbox where user_id = ?', refused)
  expect(row).toEqual({ attempts: 1 })
})

it('a user whose delete arrives first is not welcomed, one without an address not yet; neither holds up others', async () => {
  const [gone, silent, other] = [newUserId(), newUserId(), newUserId()]
  await deliver(clerkEvent('user.deleted', { id: gone }))
  await deliver(created(gone))
  await deliver(created(silent, { email_addresses: [] }))
  await deliver(created(other))
  startWorker()
  // Due last: the others' would have been sent before.
  await waitUntilSent(other)
  expect([...mail.requestsFor(gone), ...mail.requestsFor(silent)]).toEqual([])
})

it('docs/hooks-and-side-effects.md shows this code', () => {
  const document = readFileSync(`${cwd}/../../docs/hooks-and-side-effects.md`, 'utf8')
  for (const file of ['src/schema.ts', 'src/database.ts', 'src/clerk-sync.ts', 'src/outbox.ts']) {
    expect(document).toContain(`\`\`\`ts\n// ${file}\n${readFileSync(`${cwd}/${file}`, 'utf8')}\`\`\`\n`)
  }
})

const WAIT = { timeout: 20_000 }

function newUserId(): string {
  return `user_${randomUUID().replaceAll('-', '')}`
}

function startWorker(): ChildProcess {
  const worker = spawn('node', ['src/worker.ts'], { cwd, env: { ...process.env, ...env }, stdio: 'inherit' })
  workers.add(worker)
  return worker
}

async function kill(worker: ChildProcess): Promise<void> {
  workers.delete(worker)
  if (worker.exitCode !== null || worker.signalCode !== null) return
  const ended = once(worker, 'exit')
  worker.kill('SIGKILL')
  await ended
}

async function waitUntilSent(...ids: readonly string[]): Promise<void> {
  await vi.waitFor(async () => {
    for (const id of ids) {
      const [row] = await database.query('select sent_at from outbox where user_id = ?', id)
      expect(row?.sent_at, id).toBeInstanceOf(Date)
    }
  }, WAIT)
}

function created(id: string, data: { email_addresses?: [] } = {}): ClerkEvent {
  return clerkEvent('user.created', { id, email_addresses: [{ email_address: `${id}@example.com` }], ...data })
}

async function deliver(event: ClerkEvent): Promise<number> {
  return (await fetch(signedRequest(server.url, event, { secret: SECRET }))).status
}

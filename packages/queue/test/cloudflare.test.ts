import { rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ClerkEvent } from '@clerk-sync/core'
import { clerkEvent, signedDelivery } from '@clerk-sync/testing'
import { Miniflare } from 'miniflare'
import { build } from 'tsup'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { SECRET } from './kit/application.ts'
import { historyOf } from './kit/history.ts'
import { poison, signUp } from './kit/messages.ts'

const CREATE = [
  "create table users (id text primary key, email text check (length(email) <= 32), clerk_version text not null default '0', deleted_at integer)",
  'create table clerk_events (id text primary key, type text not null, entity_id text, occurred_at integer not null, processed_at integer not null)',
  'create table clerk_dead_letters (id text primary key, type text not null, entity_id text, code text not null, payload text not null, parked_at integer not null)',
  'create table welcomes (user_id text primary key)',
]

const packageFolder = join(import.meta.dirname, '..')
const outDir = join(packageFolder, `node_modules/.clerk-sync-workers/cloudflare-${process.pid}`)
afterAll(() => rmSync(outDir, { recursive: true, force: true }))

/** The Worker as one file, with the packages' sources. */
async function bundled(): Promise<string> {
  await build({
    config: false,
    entry: [join(import.meta.dirname, 'kit/cloudflare-worker.ts')],
    outDir,
    format: 'esm',
    platform: 'browser',
    target: 'es2023',
    tsconfig: join(packageFolder, '../../tsconfig.json'),
    noExternal: [/.*/],
    splitting: false,
    silent: true,
    clean: false,
  })
  return readFile(join(outDir, 'cloudflare-worker.js'), 'utf8')
}

const script = bundled()

async function openWorker({ crashes = 0, maxRetries = 100 } = {}) {
  const miniflare = new Miniflare({
    workers: [
      {
        name: 'clerk',
        modules: true,
        script: await script,
        compatibilityDate: '2026-01-01',
        d1Databases: { DB: 'db' },
        queueProducers: { QUEUE: 'clerk' },
        queueConsumers: {
          clerk: { maxBatchSize: 20, maxBatchTimeout: 0.05, maxRetries, deadLetterQueue: 'clerk-dead' },
        },
        bindings: { SECRET, CRASHES: crashes, MAX_RETRIES: maxRetries },
      },
      {
        // What reads the dead letters.
        name: 'reader',
        modules: true,
        script: `export default {
          async queue(batch, env) {
            for (const { body } of batch.messages) {
              await env.DB.prepare('insert or ignore into dead (id) values (?)').bind(body.id).run()
            }
          }
        }`,
        compatibilityDate: '2026-01-01',
        d1Databases: { DB: 'db' },
        queueConsumers: { 'clerk-dead': { maxBatchTimeout: 0.05 } },
      },
    ],
  })
  onTestFinished(() => miniflare.dispose())
  const db = await miniflare.getD1Database('DB', 'clerk')
  for (const statement of [...CREATE, 'create table dead (id text primary key)']) await db.prepare(statement).run()
  const query = async (sql: string) => (await db.prepare(sql).all<Record<string, unknown>>()).results
  const deliver = async (event: ClerkEvent) => {
    const { headers, body } = signedDelivery(event, { secret: SECRET })
    const response = await miniflare.dispatchFetch('https://example.com/', { method: 'POST', headers, body })
    return response.text()
  }
  return { query, deliver }
}

const QUEUED = '{"outcome":"queued"}'

test('a flood of deliveries through Cloudflare Queues, whose consumers die: the history, every effect once', async () => {
  const { query, deliver } = await openWorker({ crashes: 4 })
  const { deliveries, users, signUps } = historyOf(60)
  expect(new Set(await Promise.all(deliveries.map(deliver)))).toEqual(new Set([QUEUED]))
  const rows = async () => new Map((await query('select id, email from users')).map(({ id, email }) => [id, email]))
  await expect.poll(rows, { timeout: 30_000, interval: 100 }).toEqual(users)
  const welcomed = async () => (await query('select user_id from welcomes')).map(({ user_id }) => user_id).sort()
  await expect.poll(welcomed, { timeout: 10_000 }).toEqual([...signUps].sort())
  const deleted = [...users].filter(([, email]) => email === null).map(([id]) => id)
  const tombstones = await query('select id from users where deleted_at is not null')
  expect(tombstones.map(({ id }) => id).sort()).toEqual(deleted.sort())
})

test('one message of a batch that cannot be stored goes to the dead-letter queue and to the dead letters, alone', async () => {
  const { query, deliver } = await openWorker({ maxRetries: 0 })
  const refused = poison('user_2')
  for (const event of [signUp('user_1'), refused, signUp('user_3')]) expect(await deliver(event)).toBe(QUEUED)
  await expect.poll(() => query('select id from dead'), { timeout: 10_000 }).toEqual([{ id: refused.id }])
  expect(await query('select id from users order by id')).toEqual([{ id: 'user_1' }, { id: 'user_3' }])
  expect(await query('select id from clerk_dead_letters')).toEqual([{ id: refused.id }])
})

test('a body that is too large for Cloudflare is stored by the route', async () => {
  const { query, deliver } = await openWorker()
  const large = clerkEvent('user.created', {
    id: 'user_1',
    email_addresses: [],
    public_metadata: { note: 'x'.repeat(130_000) },
  })
  expect(await deliver(large)).toBe('{"outcome":"created"}')
  const nearly = clerkEvent('user.created', {
    id: 'user_2',
    email_addresses: [],
    public_metadata: { note: 'x'.repeat(120_000) },
  })
  expect(await deliver(nearly)).toBe(QUEUED)
  await expect.poll(() => query('select id from users order by id'), { timeout: 10_000 }).toHaveLength(2)
})

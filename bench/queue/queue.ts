import { setTimeout as sleep } from 'node:timers/promises'
import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { type ClerkSync, createClerkSync } from '@clerk-sync/core'
import { type Consumer, consume, enqueue } from '@clerk-sync/queue'
import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import { type Delivery, makeDeliveries, raw, SECRET } from '../deliveries.ts'
import { createUsers, users } from '../users-table.ts'
import { openBullmq } from './bullmq.ts'
import type { Engine } from './engine.ts'
import { openGraphileWorker } from './graphile-worker.ts'
import { openPgBoss } from './pg-boss.ts'
import { openQueueDatabase } from './queue-database.ts'
import { startRedis } from './redis.ts'
import { type Pace, reportQueues } from './report-queue.ts'

const SCHEMA = 'bench_queue'
const DELIVERIES = Number(process.env.BENCH_DELIVERIES ?? 20_000)
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 7)
/** Deliveries that Clerk sends at once. */
const IN_FLIGHT = 64
/** Of a worker's, as where an engine gives them. */
const LIST = 500
const LOOK_MS = 5

/** How many deliveries a second go into each engine, and out of it into the table. */
export async function measureQueues(url: string): Promise<void> {
  const pool = new pg.Pool({ connectionString: url, max: 8, options: `-c search_path=${SCHEMA}` })
  const redis = await startRedis()
  const database = await openQueueDatabase(url)
  const engines: Engine[] = []
  try {
    for (const open of [openPgBoss, openGraphileWorker]) engines.push(await open(database))
    engines.push(await openBullmq(redis.url))
    await createUsers(pool, SCHEMA)
    const clerkSync = createClerkSync({
      adapter: drizzleAdapter(drizzle(pool, { casing: 'snake_case' }), { users }),
      signingSecret: SECRET,
      onResult: () => {},
    })
    reportQueues(await inTurn(engines, clerkSync, pool), {
      deliveries: DELIVERIES,
      rounds: ROUNDS,
      inFlight: IN_FLIGHT,
    })
  } finally {
    for (const engine of engines) await engine.close()
    await database.close()
    await redis.stop()
    await pool.end()
  }
}

type Way = readonly [name: string, run: (deliveries: readonly Delivery[]) => Promise<Pace>]

/** Round by round, the first of which is not counted. */
async function inTurn(
  engines: readonly Engine[],
  clerkSync: ClerkSync,
  pool: pg.Pool,
): Promise<ReadonlyMap<string, Pace[]>> {
  const ways: Way[] = [
    [`no engine: \`consume\` of ${LIST} in memory`, (deliveries) => fromMemory(clerkSync, deliveries)],
    ...engines.map((engine): Way => [engine.name, (deliveries) => throughEngine(engine, clerkSync, deliveries)]),
  ]
  const paces = new Map<string, Pace[]>(ways.map(([name]) => [name, []]))
  for (let round = 0; round <= ROUNDS; round++) {
    for (let turn = 0; turn < ways.length; turn++) {
      const [name, run] = ways[(round + turn) % ways.length] as Way
      await pool.query('truncate users')
      const pace = await run(makeDeliveries(round === 0 ? DELIVERIES / 10 : DELIVERIES))
      await expectUsers(name, pool, (round === 0 ? DELIVERIES / 10 : DELIVERIES) / 2)
      if (round > 0) paces.get(name)?.push(pace)
    }
    console.log(`${round} of ${ROUNDS} rounds`)
  }
  return paces
}

async function fromMemory(clerkSync: ClerkSync, deliveries: readonly Delivery[]): Promise<Pace> {
  const messages = deliveries.map(({ headers, body }) => ({
    message: {
      id: headers['svix-id'],
      timestamp: headers['svix-timestamp'],
      signature: headers['svix-signature'],
      body,
    },
    lastAttempt: false,
  }))
  const drained = await paceOf(deliveries.length, async () => {
    for (let first = 0; first < messages.length; first += LIST) {
      for (const { error } of await consume(clerkSync, messages.slice(first, first + LIST))) if (error) throw error
    }
  })
  return { enqueued: undefined, ...drained }
}

async function throughEngine(engine: Engine, clerkSync: ClerkSync, deliveries: readonly Delivery[]): Promise<Pace> {
  const { receive } = enqueue(clerkSync, engine.queue)
  const waiting = deliveries.values()
  const { drained: enqueued } = await paceOf(deliveries.length, () =>
    Promise.all(
      Array.from({ length: IN_FLIGHT }, async () => {
        for (const delivery of waiting) {
          const result = await receive(raw(delivery))
          if (!result.ok || result.outcome !== 'queued') throw new Error(`It was not queued: ${result.status}.`)
        }
      }),
    ),
  )
  const { promise: allStored, resolve, reject } = Promise.withResolvers<void>()
  let stored = 0
  const consumer: Consumer = {
    ...clerkSync,
    async applyMany(events, options) {
      const applied = await clerkSync.applyMany(events, options)
      const error = applied.find((one) => one.error)?.error
      if (error) reject(error)
      stored += events.length
      if (stored >= deliveries.length) resolve()
      return applied
    },
  }
  let stop: () => Promise<unknown> = async () => {}
  const drained = await paceOf(deliveries.length, async () => {
    stop = await engine.work(consumer)
    await allStored
    // What is stored and not acknowledged would come again.
    while ((await engine.left()) > 0) await sleep(LOOK_MS)
  })
  await stop()
  return { enqueued, ...drained }
}

async function paceOf(
  count: number,
  run: () => Promise<unknown>,
): Promise<{ drained: number; cpuMicroseconds: number }> {
  const cpu = process.cpuUsage()
  const began = performance.now()
  await run()
  const seconds = (performance.now() - began) / 1000
  const { user, system } = process.cpuUsage(cpu)
  return { drained: count / seconds, cpuMicroseconds: (user + system) / count }
}

/** What is lost must not look quick. */
async function expectUsers(name: string, pool: pg.Pool, expected: number): Promise<void> {
  const { rows } = await pool.query("select count(*)::int as n from users where first_name = 'Grace'")
  if (rows[0]?.n !== expected) throw new Error(`${name} ended with ${rows[0]?.n} users, and ${expected} were sent.`)
}

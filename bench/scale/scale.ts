import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { clerkEventsTable, clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/pg'
import { createClerkSync } from '@clerk-sync/core'
import { drizzle } from 'drizzle-orm/node-postgres'
import { pgTable, text } from 'drizzle-orm/pg-core'
import pg from 'pg'
import { type Delivery, makeDeliveries, raw, SECRET } from '../deliveries.ts'
import { ours } from '../ours.ts'
import { quantile } from '../report.ts'
import type { Cost, Latency } from './cost.ts'
import { reportScale } from './report-scale.ts'
import { serverCost } from './server-cost.ts'
import { storage } from './storage.ts'

/** Events a second; those that are beyond what a way can do here are left out. */
const RATES = [1, 10, 100, 1_000, 2_000, 5_000]
const SECONDS = Number(process.env.BENCH_SECONDS ?? 5)
const FEWEST = 40
const LONGEST_GAP_MS = 100
const SATURATING = Number(process.env.BENCH_DELIVERIES ?? 6_000)
const IN_FLIGHT = 64
/** Of a worker that takes events out of a queue. */
const LIST = 100

interface Way {
  readonly name: string
  store(deliveries: readonly Delivery[]): Promise<void>
  /** One delivery, where they come one by one. */
  readonly receive?: (delivery: Delivery) => Promise<void>
}

const users = pgTable('users', {
  id: clerkId().primaryKey(),
  email: text(),
  firstName: text(),
  lastName: text(),
  imageUrl: text(),
  ...syncColumns(),
})
const events = clerkEventsTable('events')
const welcomes = pgTable('welcomes', { userId: text().notNull(), eventId: text().notNull() })

/** What an event costs one process and PostgreSQL, what it weighs there, and how long one takes at each rate. */
export async function measureScale(url: string): Promise<void> {
  const pool = new pg.Pool({ connectionString: url, max: 8, options: '-c search_path=bench_scale' })
  try {
    await pool.query('drop schema if exists bench_scale cascade')
    await pool.query('create schema bench_scale')
    const columns = 'email text, first_name text, last_name text, image_url text'
    const sync = "clerk_version varchar(34) not null default '0', deleted_at timestamptz(3)"
    await pool.query(`create table users (id text primary key, ${columns}, ${sync})`)
    await pool.query('create table welcomes (user_id text not null, event_id text not null)')
    await pool.query(`create table events (id text primary key, type text not null, entity_id text,
      occurred_at timestamptz(3) not null, processed_at timestamptz(3) not null)`)
    const costs: Cost[] = []
    for (const way of waysOf(pool)) {
      // One that is not measured, for what is slow once.
      await way.store(makeDeliveries(1_000))
      costs.push({ ...(await saturated(way, pool)), latencies: await latenciesOf(way) })
      console.log(`${way.name}: done`)
    }
    reportScale(costs, await storage(pool))
  } finally {
    await pool.end()
  }
}

function waysOf(pool: pg.Pool): Way[] {
  const db = drizzle(pool, { casing: 'snake_case' })
  const adapter = drizzleAdapter(db, { users })
  const options = { signingSecret: SECRET, onResult: () => {} }
  const alone = ours(createClerkSync({ adapter, ...options, batch: false }))
  const together = ours(createClerkSync({ adapter, ...options }))
  const hooked = createClerkSync({
    adapter: drizzleAdapter(db, { users, events }),
    ...options,
    on: {
      'user.created': ({ event, tx }) => tx.insert(welcomes).values({ userId: event.data.id, eventId: event.id }),
      'user.updated': ({ event, tx }) => tx.insert(welcomes).values({ userId: event.data.id, eventId: event.id }),
    },
  })
  const worker = createClerkSync({ adapter, ...options })
  return [
    oneByOne('one by one (`batch: false`)', alone),
    oneByOne('as they come (default)', together),
    oneByOne('with a hook that writes a row', ours(hooked)),
    {
      name: `a worker, \`applyMany\` of ${LIST}`,
      async store(deliveries) {
        for (let first = 0; first < deliveries.length; first += LIST) {
          const list = deliveries.slice(first, first + LIST)
          const verified = await Promise.all(list.map((delivery) => worker.verify(raw(delivery))))
          for (const { error } of await worker.applyMany(verified)) if (error) throw error
        }
      },
    },
  ]
}

function oneByOne(name: string, receive: (delivery: Delivery) => Promise<void>): Way {
  return {
    name,
    receive,
    async store(deliveries) {
      const queue = deliveries.values()
      await Promise.all(
        Array.from({ length: IN_FLIGHT }, async () => {
          for (const delivery of queue) await receive(delivery)
        }),
      )
    },
  }
}

/** Creations first, and all of them, so that each delivery writes its row. */
async function saturated({ name, store }: Way, pool: pg.Pool): Promise<Omit<Cost, 'latencies'>> {
  const deliveries = makeDeliveries(SATURATING)
  const half = deliveries.length / 2
  const before = await serverCost(pool)
  const cpu = process.cpuUsage()
  const began = performance.now()
  await store(deliveries.slice(0, half))
  await store(deliveries.slice(half))
  const seconds = (performance.now() - began) / 1000
  const { user, system } = process.cpuUsage(cpu)
  const after = await serverCost(pool)
  const serverMs = after.cpuMs === undefined || before.cpuMs === undefined ? undefined : after.cpuMs - before.cpuMs
  return {
    name,
    perSecond: deliveries.length / seconds,
    clientMicroseconds: (user + system) / deliveries.length,
    serverMicroseconds: serverMs === undefined ? undefined : (serverMs * 1000) / deliveries.length,
    walBytes: (after.walBytes - before.walBytes) / deliveries.length,
  }
}

/** Deliveries that come by chance, as they do from many users; each waits for no other. */
async function latenciesOf({ receive }: Way): Promise<Latency[]> {
  const latencies: Latency[] = []
  for (const rate of receive ? RATES : []) {
    const count = Math.ceil(Math.max(rate * SECONDS, FEWEST))
    const deliveries = makeDeliveries(2 * count).slice(0, count)
    // A second between two of them would take minutes, and tell no more.
    const meanGapMs = Math.min(1000 / rate, LONGEST_GAP_MS)
    const took: number[] = []
    const began = performance.now()
    let next = began
    const all = deliveries.map(async (delivery) => {
      next += -Math.log(1 - Math.random()) * meanGapMs
      const due = next
      await until(due)
      await receive?.(delivery)
      // Since it was due, so that what keeps the process busy is counted.
      took.push(performance.now() - due)
    })
    await Promise.all(all)
    // It ends later than the last one came, where more came than went.
    if (performance.now() - next > (next - began) / 4) break
    latencies.push({ rate, p50: quantile(0.5, took), p99: quantile(0.99, took) })
  }
  return latencies
}

/** Timers have whole milliseconds. */
async function until(due: number): Promise<void> {
  const wait = due - performance.now()
  if (wait > 2) await sleep(wait - 1)
  while (performance.now() < due) await nextTurn()
}

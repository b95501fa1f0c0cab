import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { clerkEventsTable } from '@clerk-sync/adapter-drizzle/pg'
import { createClerkSync } from '@clerk-sync/core'
import { drizzle } from 'drizzle-orm/node-postgres'
import { pgTable, text } from 'drizzle-orm/pg-core'
import pg from 'pg'
import { type Delivery, makeDeliveries, raw, SECRET } from '../deliveries.ts'
import { ours } from '../ours.ts'
import { createUsers, users } from '../users-table.ts'
import type { Cost } from './cost.ts'
import { measureLatencies } from './latency.ts'
import { reportScale } from './report-scale.ts'
import { serverCost } from './server-cost.ts'
import { storage } from './storage.ts'
import type { Way } from './way.ts'

const SCHEMA = 'bench_scale'
const SATURATING = Number(process.env.BENCH_DELIVERIES ?? 6_000)
const IN_FLIGHT = 64
/** Of a worker that takes events out of a queue. */
const LIST = 100

const events = clerkEventsTable('events')
const welcomes = pgTable('welcomes', { userId: text().notNull(), eventId: text().notNull() })

/** What an event costs one process and PostgreSQL, what it weighs there, and how long one takes at each rate. */
export async function measureScale(url: string): Promise<void> {
  const pool = new pg.Pool({ connectionString: url, max: 8, options: `-c search_path=${SCHEMA}` })
  try {
    await createUsers(pool, SCHEMA)
    await pool.query('create table welcomes (user_id text not null, event_id text not null)')
    await pool.query(`create table events (id text primary key, type text not null, entity_id text,
      occurred_at timestamptz(3) not null, processed_at timestamptz(3) not null)`)
    const costs: Cost[] = []
    const ways = waysOf(pool)
    for (const way of ways) {
      // One that is not measured, for what is slow once.
      await way.store(makeDeliveries(1_000))
      costs.push(await saturated(way, pool))
      console.log(`${way.name}: done`)
    }
    reportScale(costs, await measureLatencies(ways), await storage(pool))
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
async function saturated({ name, store }: Way, pool: pg.Pool): Promise<Cost> {
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

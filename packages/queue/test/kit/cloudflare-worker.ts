// A Worker that is route and consumer, over D1. Its isolate cannot be killed from outside: it dies by `CRASHES`, before
// anything is stored, or once all is and nothing is acknowledged.
import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { clerkDeadLettersTable, clerkEventsTable, clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/sqlite'
import { createClerkSync } from '@clerk-sync/core'
import { enqueue } from '@clerk-sync/queue'
import { cloudflareQueue, consumeCloudflare } from '@clerk-sync/queue/cloudflare'
import type { D1Database, MessageBatch, Queue } from '@cloudflare/workers-types'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { sqliteTable, text } from 'drizzle-orm/sqlite-core'

interface Env {
  readonly DB: D1Database
  readonly QUEUE: Queue
  readonly SECRET: string
  /** How many of ten batches die. */
  readonly CRASHES: number
  readonly MAX_RETRIES: number
}

const users = sqliteTable('users', { id: clerkId().primaryKey(), email: text(), ...syncColumns() })

function syncFor(env: Env) {
  const db = drizzle(env.DB)
  return createClerkSync({
    adapter: drizzleAdapter(db, { users, events: clerkEventsTable(), deadLetters: clerkDeadLettersTable() }),
    signingSecret: env.SECRET,
    logger: false,
    on: {
      // D1 has no transactions: its hooks run at least once, and this statement may.
      'user.created': async ({ event }) => {
        await db.run(sql`insert or ignore into welcomes (user_id) values (${event.data.id})`)
      },
    },
  })
}

export default {
  fetch: (request: Request, env: Env) => enqueue(syncFor(env), cloudflareQueue(env.QUEUE)).handler(request),

  async queue(batch: MessageBatch, env: Env) {
    const clerkSync = syncFor(env)
    const options = { maxRetries: env.MAX_RETRIES, onFailure: () => {} }
    const dies = Math.random() * 10 < env.CRASHES
    if (!dies) return consumeCloudflare(clerkSync, batch, options)
    if (Math.random() < 0.5) {
      const unheard = { ack: () => {}, retry: () => {} }
      const messages = batch.messages.map(({ body, attempts }) => ({ body, attempts, ...unheard }))
      await consumeCloudflare(clerkSync, { messages }, options)
    }
    throw new Error('The isolate is gone.')
  },
}

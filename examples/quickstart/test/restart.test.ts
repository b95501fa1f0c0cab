// The database's server crashes and comes back while deliveries are under way: PostgreSQL, straight and behind PgBouncer in
// transaction mode, and MySQL. The process of the quickstart goes on; what was refused is sent again, as Svix does. In the
// end the tables must be what the set of events implies.
import { setTimeout as sleep } from 'node:timers/promises'
import { startOwnServer, startPgBouncer } from '@clerk-sync/fault-proxy'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import * as clerk from '../src/clerk.ts'
import { adapters } from './support/databases.ts'
import { randomFrom, randomHistory } from './support/history.ts'
import { endAll, SECRET, serve } from './support/process.ts'

const CRASHES = 3
const PEOPLE = 60
const SENDERS = 8
/** It takes ten seconds; a busy machine may take its time. */
const TIME_LIMIT_MS = 180_000
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)

afterAll(endAll)

const databases = ['PostgreSQL', 'PostgreSQL behind PgBouncer', 'MySQL'] as const
// Prisma needs sessions in UTC, and PgBouncer refuses what asks for that when a connection starts.
const adaptersOf = (database: string) =>
  adapters.filter((adapter) => adapter !== 'prisma' || database !== 'PostgreSQL behind PgBouncer')
const combinations = databases.flatMap((database) => adaptersOf(database).map((adapter) => ({ database, adapter })))

describe.each(combinations)('$adapter on $database', ({ database, adapter }) => {
  test(`${CRASHES} crashes of the server in the middle of deliveries`, { timeout: TIME_LIMIT_MS }, async () => {
    const { users, welcomes, messages } = randomHistory(randomFrom(seed), PEOPLE)
    const server = await startOwnServer(database === 'MySQL' ? 'mysql' : 'postgres')
    onTestFinished(() => server.close())
    let url = server.url
    if (database === 'PostgreSQL behind PgBouncer') {
      const pooler = await startPgBouncer({ target: server.url })
      onTestFinished(() => pooler.close())
      url = pooler.url
    }
    const application = await serve({ ADAPTER: adapter, DATABASE_URL: url })

    const waiting = [...messages]
    let acknowledged = 0
    let refused = 0
    const sender = async () => {
      for (let message = waiting.pop(); message; message = waiting.pop()) {
        const { status } = await clerk.deliver(message, `${application.url}/api/webhooks/clerk`, SECRET)
        if (status === 200) {
          acknowledged += 1
        } else {
          // 500 where a hook met the crash.
          expect(status).toBeOneOf([500, 503])
          refused += 1
          waiting.unshift(message)
          await sleep(100)
        }
      }
    }
    const senders = Promise.all(Array.from({ length: SENDERS }, sender))
    for (let crash = 1; crash <= CRASHES; crash++) {
      while (acknowledged < (crash * messages.length) / (CRASHES + 1)) await sleep(1)
      await server.restart()
    }
    await senders

    expect(refused).toBeGreaterThan(0)
    const get = async (path: string) =>
      (await fetch(application.url + path)).json() as Promise<Record<string, string>[]>
    const stored = await get('/api/users')
    expect(new Map(stored.map(({ id, fullName, deletedAt = null }) => [id, { fullName, deletedAt }]))).toEqual(users)
    const welcomed = await get('/api/welcomes')
    expect(welcomed).toHaveLength(welcomes.size)
    expect(new Map(welcomed.map(({ eventId, userId }) => [eventId, userId]))).toEqual(welcomes)
    expect(await application.end('SIGTERM'), application.output.stderr).toBe(0)
  })
})

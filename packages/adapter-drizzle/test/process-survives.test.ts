// What a broken connection does to the application's process, seen on a process of its own.
import { sqlTables } from '@clerk-sync/adapter-testkit'
import type { ClerkEvent } from '@clerk-sync/core'
import { startFaultProxy, startOwnServer } from '@clerk-sync/fault-proxy'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { userEvent } from '@clerk-sync/test-support/events'
import pg from 'pg'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Child, startChild } from './kit/child.ts'

const AT = 1_760_000_000_000

async function createTables(url: string): Promise<pg.Pool> {
  const raw = new pg.Pool({ connectionString: url, max: 1 })
  raw.on('error', () => {})
  onTestFinished(() => raw.end())
  await sqlTables('postgres', async (text) => (await raw.query(text)).rows).create()
  return raw
}

/** A status that is sent again; an outcome has none. */
const isFailure = (answer: string | undefined) => /^5\d\d /.test(answer ?? '')

async function untilAcknowledged(child: Child, event: ClerkEvent): Promise<string> {
  let answer = await child.deliver(event)
  while (isFailure(answer)) answer = await child.deliver(event)
  return answer
}

describe.for(['node-postgres', 'postgres.js'])('%s', (DRIVER) => {
  it('PostgreSQL restarts, and the process goes on', { timeout: 120_000 }, async () => {
    const server = await startOwnServer('postgres')
    onTestFinished(() => server.close())
    const raw = await createTables(server.url)
    const child = await startChild('application', { DRIVER, DATABASE_URL: server.url })
    const users = Array.from({ length: 8 }, (_, n) => userEvent('user.created', `user_${n}`, AT))
    const answers = await Promise.all(users.map((event) => child.deliver(event)))
    expect(answers).toEqual(users.map(() => 'created'))
    // Every connection is idle now.
    await server.restart()
    const late = userEvent('user.created', 'user_late', AT)
    expect(await untilAcknowledged(child, late)).toBe('created')
    expect(child.lastWords).toBeUndefined()
    expect((await raw.query('select 1 from welcomes')).rowCount).toBe(9)
  })

  it('connections are cut at every statement, and the process goes on', { timeout: 120_000 }, async () => {
    const target = await freshDatabase('postgres', `drizzle_cut_${DRIVER.replace(/\W/g, '_')}`)
    const raw = await createTables(target)
    const proxy = await startFaultProxy({ target, protocol: 'postgres' })
    onTestFinished(() => proxy.close())
    const child = await startChild('application', { DRIVER, DATABASE_URL: proxy.url() })
    let delivered = 0
    for (const fault of ['cut', 'reset'] as const) {
      for (const when of ['before', 'after'] as const) {
        for (let skip = 0; skip < 6; skip++) {
          const rule = proxy.rule({ at: /(?:)/, do: fault, when, skip })
          const events = Array.from({ length: 3 }, () => userEvent('user.created', `user_${delivered++}`, AT))
          const first = await Promise.all(events.map((event) => child.deliver(event)))
          rule.remove()
          for (const [n, event] of events.entries()) {
            if (isFailure(first[n])) expect(await untilAcknowledged(child, event)).toMatch(/^(created|duplicate)$/)
          }
        }
      }
    }
    expect(child.lastWords).toBeUndefined()
    expect((await raw.query('select 1 from users')).rowCount).toBe(delivered)
    expect((await raw.query('select 1 from welcomes')).rowCount).toBe(delivered)
  })
})

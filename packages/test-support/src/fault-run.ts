import type { ClerkSync } from '@clerk-sync/core'
import { faultsOfRun, runFaults, startFaultProxy, startOwnPostgres, startPgBouncer } from '@clerk-sync/fault-proxy'
import { expect, it, onTestFinished } from 'vitest'
import { answerOf } from './database-away.ts'
import { freshDatabase } from './databases.ts'
import { userEvent } from './events.ts'
import type { Query } from './raw-connections.ts'

/** In a long run, the defaults; the suites have less time. */
export interface TimeLimits {
  /** Of a delivery. */
  readonly timeoutMs: number
  /** Of a connection on which nothing passes, where the driver has to be given one. */
  readonly silenceMs: number
}

export interface FaultedDriver {
  readonly name: string
  readonly protocol: 'postgres' | 'mysql'
  /** Behind PgBouncer in transaction mode. */
  readonly isPooled?: boolean
  /** Makes the kit's tables, and gives a connection of its own to them. */
  tables(url: string): Promise<{ readonly query: Query }>
  /** A sync on a pool of a few connections, whose hook of `user.created` writes a row of `welcomes`. */
  open(url: string, limits: TimeLimits): Pick<ClerkSync, 'apply'>
}

const isLong = process.env.CLERK_SYNC_FAULTS !== undefined
const LIMITS: TimeLimits = isLong ? { timeoutMs: 13_000, silenceMs: 12_000 } : { timeoutMs: 1_500, silenceMs: 1_400 }
/** Svix gives an attempt up after 15 s. */
const ANSWERED_MS = 14_000
const RECOVERED_MS = 15_000

/** What must hold on every driver. CLERK_SYNC_FAULTS=1000 makes the run a long one, with restarts; see `npm run faults`. */
export function testFaults(suite: string, drivers: readonly FaultedDriver[]): void {
  it.for(drivers.map((driver): [string, FaultedDriver] => [driver.name, driver]))(
    '%s: whatever the network does to a statement, nothing acknowledged is lost and nothing happens twice',
    { timeout: 180_000 + 2_000 * faultsOfRun() },
    async ([name, { protocol, isPooled, tables, open }]) => {
      const own = isLong && protocol === 'postgres' ? await startOwnPostgres() : undefined
      if (own) onTestFinished(() => own.close())
      const database = own?.url ?? (await freshDatabase(protocol, suite))
      const { query } = await tables(database)
      const pooler = isPooled ? await startPgBouncer({ target: database }) : undefined
      if (pooler) onTestFinished(() => pooler.close())
      const proxy = await startFaultProxy({ target: pooler?.url ?? database, protocol })
      onTestFinished(() => proxy.close())
      const clerkSync = open(proxy.url(), LIMITS)
      const events = new Map<number, ReturnType<typeof userEvent>>()
      const figures = await runFaults({
        driver: name,
        proxy,
        count: async (table) => (await query(`select 1 from ${table}`)).length,
        deliver: async (number, hooked) => {
          const type = hooked ? 'user.created' : 'user.updated'
          const event = events.get(number) ?? userEvent(type, `user_${number}`, 1_760_000_000_000)
          events.set(number, event)
          return answerOf(clerkSync, event)
        },
        ...(own && { restart: () => own.restart() }),
      })
      expect(figures).toMatchObject({ lost: 0, doubled: 0 })
      expect(figures.refused).toBeGreaterThan(0)
      expect(figures.atCommit).toBeGreaterThan(0)
      expect(figures.answeredMs).toBeLessThan(ANSWERED_MS)
      expect(figures.recoveredMs).toBeLessThan(RECOVERED_MS)
    },
  )
}

import type { ClerkSync, DeliveryResult } from '@clerk-sync/core'
import {
  faultsOfRun,
  runFaults,
  type ServerKind,
  startFaultProxy,
  startOwnServer,
  startPgBouncer,
} from '@clerk-sync/fault-proxy'
import { expect, it, onTestFinished } from 'vitest'
import { freshDatabase } from './databases.ts'
import { userEvent } from './events.ts'
import type { Query } from './raw-connections.ts'
import { SIGNING_SECRET, signedDelivery } from './signed.ts'

/** What a run gives to each driver. In a long run, the time limits are the defaults; the suites have less time. */
export interface FaultedOptions {
  /** Options of `createClerkSync`. */
  readonly sync: {
    readonly timeoutMs: number
    readonly signingSecret: string
    readonly onResult: (result: DeliveryResult) => void
  }
  /** The limit of a connection on which nothing passes, where the driver has to be given one. */
  readonly silenceMs: number
  /** The database, past the proxy. */
  readonly database: string
}

export interface FaultedDriver {
  readonly name: string
  /** `none` for a driver that brings its own database. */
  readonly server: ServerKind | 'none'
  /** Behind PgBouncer in transaction mode. */
  readonly isPooled?: boolean
  /** The statement that commits; `commit` by default. */
  readonly commit?: RegExp
  /** How many statements a delivery with a hook has; 6 by default. */
  readonly statements?: number
  /**
   * Makes the kit's tables, and gives a connection of its own to them; and where the driver speaks HTTP, the URL of what
   * answers it, which the faults are put in front of.
   */
  tables(database: string): Promise<{ readonly query: Query; readonly url?: string }>
  /** A sync on a pool of a few connections, whose hook of `user.created` writes a row of `welcomes`. */
  open(url: string, options: FaultedOptions): Pick<ClerkSync, 'receive'> | Promise<Pick<ClerkSync, 'receive'>>
}

const isLong = process.env.CLERK_SYNC_FAULTS !== undefined
const LIMITS = isLong ? { timeoutMs: 13_000, silenceMs: 12_000 } : { timeoutMs: 1_500, silenceMs: 1_400 }
/** Svix gives an attempt up after 15 s. */
const ANSWERED_MS = 14_000
const RECOVERED_MS = 15_000

/** What must hold on every driver. CLERK_SYNC_FAULTS=1000 makes the run a long one, with restarts; see `npm run faults`. */
export function testFaults(suite: string, drivers: readonly FaultedDriver[]): void {
  it.for(drivers.map((driver): [string, FaultedDriver] => [driver.name, driver]))(
    '%s: whatever the network does to a statement, nothing acknowledged is lost and nothing happens twice',
    { timeout: 180_000 + 2_000 * faultsOfRun() },
    async ([name, { server, isPooled, commit, statements, tables, open }]) => {
      const own = isLong && server !== 'none' ? await startOwnServer(server) : undefined
      if (own) onTestFinished(() => own.close())
      const database = own?.url ?? (server === 'none' ? '' : await freshDatabase(server, suite))
      const { query, url } = await tables(database)
      const pooler = isPooled ? await startPgBouncer({ target: database }) : undefined
      if (pooler) onTestFinished(() => pooler.close())
      const protocol = url ? 'http' : server === 'postgres' ? 'postgres' : 'mysql'
      const proxy = await startFaultProxy({ target: url ?? pooler?.url ?? database, protocol })
      onTestFinished(() => proxy.close())
      const { timeoutMs, silenceMs } = LIMITS
      const reports = new Map<DeliveryResult, number>()
      const reportsOfAnswers: number[] = []
      const onResult = (result: DeliveryResult) => void reports.set(result, (reports.get(result) ?? 0) + 1)
      const sync = { timeoutMs, signingSecret: SIGNING_SECRET, onResult }
      const clerkSync = await open(proxy.url(), { sync, silenceMs, database })
      const events = new Map<number, ReturnType<typeof userEvent>>()
      const figures = await runFaults({
        driver: name,
        proxy,
        commit,
        statements,
        count: async (table) => (await query(`select 1 from ${table}`)).length,
        deliver: async (number, hooked) => {
          const type = hooked ? 'user.created' : 'user.updated'
          const event = events.get(number) ?? userEvent(type, `user_${number}`, 1_760_000_000_000)
          events.set(number, event)
          const result = await clerkSync.receive(signedDelivery(event))
          reportsOfAnswers.push(reports.get(result) ?? 0)
          return result.ok ? result.outcome : `${result.status} ${result.error.code}`
        },
        ...(own && { restart: () => own.restart() }),
      })
      expect(figures).toMatchObject({ lost: 0, doubled: 0 })
      // Every delivery is answered, and what it is answered with is reported once.
      expect([...new Set(reportsOfAnswers)]).toEqual([1])
      expect(reports.size).toBe(reportsOfAnswers.length)
      expect(figures.refused).toBeGreaterThan(0)
      expect(figures.atCommit).toBeGreaterThan(0)
      expect(figures.answeredMs).toBeLessThan(ANSWERED_MS)
      expect(figures.recoveredMs).toBeLessThan(RECOVERED_MS)
    },
  )
}

import { setTimeout as sleep } from 'node:timers/promises'
import { createClerkClient } from '@clerk/backend'
import { createClerkSync } from '@clerk-sync/core'
import { backfill } from '@clerk-sync/core/clerk-api'
import type { UserData } from '../deliveries.ts'
import type { ApiAddress } from './api.ts'
import { openStore } from './open-store.ts'
import type { Database, Mode, Orm, Store } from './store.ts'

// A process of its own, so that its memory is that of one contender: what to do comes as a message, and what came of it
// goes back as one.

export interface Task {
  readonly database: Database
  readonly url: string
  readonly orm: Orm
  /** `read`: the pages alone, and nothing is written. */
  readonly way: Mode | 'loop' | 'read'
  readonly users: number
  /** Whether garbage is collected each time before memory is looked at: then it is what is in use, and the pace says nothing. */
  readonly collects?: boolean
  readonly api: ApiAddress
}

export interface Measured {
  readonly rowsPerSecond: number
  /** How much its memory grew, at most. */
  readonly peakMiB: number
  readonly requests: number
}

/** What a contender has done, and what came of it. */
export type Ran = Omit<Task, 'url' | 'api'> & Measured

/** No limit that matters: it is the pace of the program that is measured. */
const REQUESTS_PER_10S = 1_000_000
const IDLE_MS = 300
const SAMPLE_MS = 5
const COLLECT_MS = 100

process.once('message', async (task: Task) => {
  const store = await openStore(task.database, task.url)
  try {
    process.send?.(await measured(task, await runOf(store, task)))
  } finally {
    await store.close()
    process.disconnect()
  }
})

function inUse(): number {
  if (!globalThis.gc) throw new Error('To be started with --expose-gc.')
  globalThis.gc()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** Resolves to the number of requests, when all users are written. */
type Run = () => Promise<number>

function runOf(store: Store, task: Task): Run | Promise<Run> {
  if (task.way === 'read') return byReading(task)
  return task.way === 'loop' ? byLoop(store, task) : byBackfill(store, task, task.way)
}

async function measured({ users, collects }: Task, run: Run): Promise<Measured> {
  await sleep(IDLE_MS)
  const taken = collects ? inUse : process.memoryUsage.rss
  const idle = taken()
  let peak = idle
  const look = () => {
    peak = Math.max(peak, taken())
  }
  const sampling = setInterval(look, collects ? COLLECT_MS : SAMPLE_MS)
  const began = performance.now()
  const requests = await run()
  const seconds = (performance.now() - began) / 1000
  clearInterval(sampling)
  look()
  return { rowsPerSecond: users / seconds, peakMiB: (peak - idle) / 2 ** 20, requests }
}

async function byBackfill(store: Store, { orm, users, api }: Task, mode: Mode): Promise<Run> {
  const adapter = await store.adapter(orm, mode)
  const clerkSync = createClerkSync({ adapter })
  // An application that is idle has asked its database before, and Prisma has its engine loaded.
  await adapter.find('user', 'user_of_nobody')
  return async () => {
    const { ok, counts, failures, requests } = await backfill(clerkSync, {
      secretKey: api.secretKey,
      apiUrl: api.url,
      limits: { requestsPer10s: REQUESTS_PER_10S },
    })
    if (!ok || counts.user?.created !== users) throw failures[0]?.error ?? new Error(JSON.stringify(counts))
    return requests
  }
}

/** What no way of writing them can be faster than: each page is asked for when the last has been parsed. */
function byReading({ users, api }: Task): Run {
  return async () => {
    let requests = 0
    let last = ''
    for (let read = 0; read < users; requests++) {
      const response = await fetch(`${api.url}/v1/users?limit=500&order_by=created_at${last}`, {
        headers: { authorization: `Bearer ${api.secretKey}` },
      })
      const page = (await response.json()) as readonly UserData[]
      read += page.length
      last = `&starting_after=${page.at(-1)?.id}`
    }
    return requests
  }
}

/** The loop of the guides: a page of the SDK's, and an upsert for each user, awaited. */
async function byLoop(store: Store, { orm, users, api }: Task): Promise<Run> {
  const clerk = createClerkClient({ secretKey: api.secretKey, apiUrl: api.url })
  const upsert = await store.upsert(orm)
  // Not above: what it brings along would be memory of the others as well.
  const { rowOf } = await import('../by-hand.ts')
  return async () => {
    let requests = 0
    for (let offset = 0; offset < users; ) {
      const { data } = await clerk.users.getUserList({ limit: 500, offset, orderBy: '+created_at' })
      // It asks for the page and for the count.
      requests += 2
      for (const { raw } of data) if (raw) await upsert(rowOf(raw as UserData))
      offset += data.length
    }
    return requests
  }
}

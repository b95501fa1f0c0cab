// Backfill and reconcile in a process of their own, killed at random while Clerk changes and deliveries are lost.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ClerkSync } from '@clerk-sync/core'
import { reconcile } from '@clerk-sync/core/clerk-api'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { type ClerkApi, startClerkApi } from '@clerk-sync/testing'
import Database from 'better-sqlite3'
import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { bundled } from './kit/child.ts'
import { CREATE, readerOn } from './kit/reader-database.ts'

const FATES = ['never', 'late', 'twice', 'once', 'once'] as const
const FAULTS = ['error', 'html', 'reset', 'cut'] as const
const KILLS = 4

interface Row {
  readonly id: string
  readonly first_name?: string | null
}

interface Store {
  readonly database: string
  /** The rows that are no tombstones, read past the library. */
  live(table: string): Promise<readonly Row[]>
}

const stores: Readonly<Record<string, (folder: string) => Promise<Store>>> = {
  async sqlite(folder) {
    const database = join(folder, 'reader.db')
    const raw = new Database(database)
    onTestFinished(() => void raw.close())
    raw.pragma('journal_mode = wal')
    for (const create of CREATE) raw.exec(create('integer'))
    return {
      database,
      live: async (table) => raw.prepare(`select * from ${table} where deleted_at is null`).all() as Row[],
    }
  },
  async postgres() {
    const database = await freshDatabase('postgres', 'drizzle_reader')
    const raw = new pg.Pool({ connectionString: database, max: 2 })
    onTestFinished(() => raw.end())
    for (const create of CREATE) await raw.query(create('timestamptz(3)'))
    return {
      database,
      live: async (table) => (await raw.query(`select * from ${table} where deleted_at is null`)).rows,
    }
  },
}

const one = <T>(of: readonly T[]): T => of[Math.floor(Math.random() * of.length)] as T

test.each([
  ['sqlite', 'erase'],
  ['sqlite', 'keep'],
  ['postgres', 'erase'],
  ['postgres', 'keep'],
] as const)(
  '%s, %s: killed, resumed, and reconciled, the tables are what Clerk has',
  { timeout: 240_000 },
  async (name, onDelete) => {
    const folder = mkdtempSync(join(tmpdir(), 'clerk-sync-reader-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const { database, live } = await (stores[name] as (typeof stores)[string])(folder)
    const clerkSync = readerOn(database, onDelete)
    const api = await startClerkApi({
      users: 1300,
      organizations: 20,
      memberships: 500,
      webhooks: () => one(FATES),
      onWebhook: async ({ event }) => void (await clerkSync.apply(event)),
    })
    onTestFinished(() => api.close())
    const script = await bundled('reader')
    const run = (command: string) => {
      const env = {
        ...process.env,
        READER_COMMAND: command,
        READER_DATABASE: database,
        READER_ON_DELETE: onDelete,
        READER_CHECKPOINT: join(folder, 'checkpoint.json'),
        CLERK_SECRET_KEY: api.secretKey,
        CLERK_API_URL: api.url,
      }
      return spawn(process.execPath, [script], { env, stdio: ['ignore', 'ignore', 'inherit'] })
    }

    let kills = 0
    for (const command of ['backfill', 'reconcile']) {
      for (;;) {
        const child = run(command)
        const closed = once(child, 'close') as Promise<[number | null]>
        if (kills < KILLS * (command === 'backfill' ? 1 : 2)) {
          api.fail({ kind: one(FAULTS), after: Math.floor(Math.random() * 4) })
          await changes(api, 15)
          await sleep(Math.random() * 600)
          child.kill('SIGKILL')
          kills++
        }
        const [code] = await closed
        if (code === 0) break
      }
    }
    await changes(api, 10)
    api.recover()
    await expectTruth(clerkSync, api, live)
    await api.webhooks.deliverWaiting({ shuffled: true })
    await expectTruth(clerkSync, api, live)
  },
)

async function changes(api: ClerkApi, count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    const id = one(api.users.ids())
    const change = one(['create', 'update', 'delete', 'leave'] as const)
    if (change === 'create') await api.users.create({})
    if (change === 'update') await api.users.update(id, { first_name: `Name ${Math.random()}` })
    if (change === 'delete') await api.users.delete(id)
    if (change === 'leave') await api.memberships.delete(one(api.memberships.ids()))
  }
}

async function expectTruth(clerkSync: ClerkSync, api: ClerkApi, live: Store['live']): Promise<void> {
  const { failures } = await reconcile(clerkSync, {
    secretKey: api.secretKey,
    apiUrl: api.url,
    limits: { requestsPer10s: 100_000 },
    settleMs: 0,
    maxDeletes: 10_000,
  })
  expect(failures).toEqual([])
  const names = (await live('reader_users')).map(({ id, first_name }) => [id, first_name])
  const truth = api.users.ids().map((id) => [id, api.users.get(id)?.first_name ?? null])
  expect(new Map(names as [string, string][])).toEqual(new Map(truth as [string, string][]))
  const members = (await live('reader_members')).map(({ id }) => id)
  expect(members.sort()).toEqual(api.memberships.ids().sort())
}

// close() beside what reads rows to link: no statement begins after the one that was under way.
import { startClerkApi } from '@clerk-sync/testing'
import { expect, onTestFinished, test } from 'vitest'
import { backfill, reconcile } from '../../src/clerk-api/index.ts'
import { createClerkSync } from '../../src/index.ts'
import { MemoryDatabase, memoryAdapter, memorySchema } from '../../src/memory/memory-adapter.ts'
import { emailOf, failsWith } from './setting.ts'

const TABLES = { users: { columns: { email: {} } } } as const
const USERS = 4
const HOUR_MS = 3_600_000
const LINK = { by: 'email', proven: () => true } as const

/** A row from before for each of Clerk's users, and libraries that say which statement begins. */
async function legacy() {
  const api = await startClerkApi({ seed: 1, webhooks: 'never', users: USERS })
  onTestFinished(() => api.close())
  const database = new MemoryDatabase(memorySchema(TABLES))
  const emails = new Map(api.users.ids().map((id) => [id, emailOf(api, id)]))
  await database.transaction((tx) => {
    for (const email of emails.values()) tx.insert('users', { email })
  })
  const open = (begins: (statement: string) => void = () => {}) => {
    const adapter = memoryAdapter(TABLES, { database })
    const noted =
      <A extends readonly unknown[], T>(name: string, run: (...args: A) => Promise<T>) =>
      (...args: A) => {
        begins(name)
        return run(...args)
      }
    const linking = adapter.linking && {
      find: noted('find', adapter.linking.find),
      set: noted('set', adapter.linking.set),
    }
    const { scan, writeMany } = adapter
    return createClerkSync({
      adapter: {
        ...adapter,
        scan: noted('scan', scan),
        writeMany: noted('writeMany', writeMany),
        ...(linking && { linking }),
      },
      map: { user: (_, { email }) => ({ email }) },
      link: { ...LINK, until: new Date(Date.now() + HOUR_MS) },
      logger: false,
    })
  }
  const read = { secretKey: api.secretKey, apiUrl: api.url, limits: { requestsPer10s: 1_000_000 } }
  const linked = () => database.rows('users').filter(({ id }) => emails.has(String(id)))
  return { open, read, linked, emails, rows: () => database.rows('users') }
}

type Setting = Awaited<ReturnType<typeof legacy>>
type Sync = ReturnType<Setting['open']>
const runs = {
  'backfill({ link })': (sync: Sync, { read }: Setting) => backfill(sync, { ...read, link: LINK }),
  'backfill({ link, dryRun })': (sync: Sync, { read }: Setting) =>
    backfill(sync, { ...read, link: LINK, dryRun: true }),
  reconcile: (sync: Sync, { read }: Setting) => reconcile(sync, { ...read, settleMs: 0, graceMs: 0 }),
}

test.each(Object.entries(runs))('%s ends after the statement under way, whichever it is', async (_, run) => {
  const statements: string[] = []
  const whole = await legacy()
  await run(
    whole.open((name) => void statements.push(name)),
    whole,
  )
  expect(statements).toContain('find')
  for (let last = 1; last < statements.length; last++) {
    const set = await legacy()
    const begun: string[] = []
    const clerkSync = set.open((name) => {
      if (begun.push(name) === last) void clerkSync.close()
    })
    await expect(run(clerkSync, set)).rejects.toEqual(failsWith('closed', /clerkSync\.close\(\) ended it/))
    expect(begun).toEqual(statements.slice(0, last))
  }
})

test('rows that were linked when it was closed stay linked, and the next run goes on', async () => {
  const { open, read, linked, emails, rows } = await legacy()
  const clerkSync = open((name) => {
    if (name === 'set') void clerkSync.close()
  })
  await expect(backfill(clerkSync, { ...read, link: LINK })).rejects.toEqual(failsWith('closed', /run it again/))
  expect(linked()).toHaveLength(1)
  const { ok, link } = await backfill(open(), { ...read, link: LINK })
  expect([ok, link?.linked]).toEqual([true, USERS - 1])
  expect(new Map(rows().map(({ id, email }) => [id, email]))).toEqual(emails)
  expect(rows().filter(({ clerkVersion }) => String(clerkVersion).length < 33)).toEqual([])
})

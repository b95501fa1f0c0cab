// A table with rows from before Clerk: what is said of those that have no Clerk id.
import type { ClerkEvent } from '@clerk-sync/core'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { backfill, reconcile, refresh, tableStates } from '../src/clerk-api/index.ts'
import { createClerkSync } from '../src/index.ts'
import { countUnlinked, listUnlinked } from '../src/linking/unlinked-rows.ts'
import { MemoryDatabase, memoryAdapter, memorySchema } from '../src/memory/memory-adapter.ts'
import { failsWith, setting } from './clerk-api/setting.ts'

const tables = { users: { columns: { email: { unique: true }, firstName: {} } } } as const

const address = (email: string) => ({
  primary_email_address_id: `idn_${email}`,
  email_addresses: [
    { id: `idn_${email}`, email_address: email, verification: { status: 'verified', strategy: 'email_code' } },
  ],
})

/** Rows with these addresses, and Clerk with users of those. */
async function adopted(rows: readonly string[], users: readonly string[]) {
  const database = new MemoryDatabase(memorySchema(tables))
  await database.transaction((tx) => {
    for (const email of rows) tx.insert('users', { email })
  })
  const { api, read } = await setting({ users: 0 })
  for (const email of users) await api.users.create(address(email) as never)
  const adapter = memoryAdapter(tables, { database })
  const map = { user: (_: unknown, { email }: { email: string | null }) => ({ email }) }
  return {
    api,
    database,
    adapter,
    clerkSync: createClerkSync({ adapter, map }),
    read: { ...read, entities: ['user'] as const },
  }
}

function withoutExplanation(): void {
  const path = '../src/delivery/explain-conflict.ts'
  vi.doMock(path, () => {
    throw new Error('ENOENT')
  })
  onTestFinished(() => vi.doUnmock(path))
}

const signUp = (email: string): ClerkEvent =>
  JSON.parse(
    JSON.stringify({
      id: 'msg_1',
      type: 'user.created',
      timestamp: 1_760_000_000_000,
      instanceId: null,
      data: { id: 'user_new', object: 'user', updated_at: 1_760_000_000_000, ...address(email) },
    }),
  )

const LINK = /rows without a Clerk id.*clerk-sync backfill --link-by or the option link/

describe('a user whose address a row from before Clerk has', () => {
  test('a delivery says that the row is to be linked, and only where there is such a row', async () => {
    const { clerkSync, database } = await adopted(['ada@example.com'], [])
    await expect(clerkSync.apply(signUp('ada@example.com'))).rejects.toEqual(failsWith('unique_conflict', LINK))
    await database.transaction((tx) => {
      const [row] = tx.rows('users')
      tx.delete('users', String(row?.id))
      tx.insert('users', { ...row, id: 'user_other' })
    })
    await expect(clerkSync.apply(signUp('ada@example.com'))).rejects.toEqual(
      failsWith('unique_conflict', /^(?!.*without a Clerk id)/),
    )
  })

  test('a delivery is refused as before where the rows cannot be counted', async () => {
    const { adapter } = await adopted(['ada@example.com'], [])
    const linking = { ...adapter.linking, countUnlinked: () => Promise.reject(new Error('away')) }
    const clerkSync = createClerkSync({ adapter: { ...adapter, linking } as typeof adapter })
    await expect(clerkSync.apply(signUp('ada@example.com'))).rejects.toEqual(failsWith('unique_conflict', /on its way/))
  })

  test.each([
    ['unique_conflict', /on its way/],
    ['store_failed', /the database refused it/],
  ] as const)(
    'a delivery that failed with %s says so where a deploy has taken away the file that explains it',
    async (code, message) => {
      withoutExplanation()
      const { adapter } = await adopted(['ada@example.com'], [])
      const away = { upsert: () => Promise.reject(new Error('away')) }
      const clerkSync = createClerkSync({ adapter: { ...adapter, ...(code === 'store_failed' && away) } })
      await expect(clerkSync.apply(signUp('ada@example.com'))).rejects.toEqual(failsWith(code, message))
    },
  )

  test('so does a refresh', async () => {
    withoutExplanation()
    const { api, clerkSync, read } = await adopted(['ada@example.com'], [])
    const { id } = await api.users.create(address('ada@example.com') as never)
    const { entities: _, ...options } = read
    await expect(refresh(clerkSync, { ...options, entity: 'user', id })).rejects.toEqual(
      failsWith('unique_conflict', /on its way/),
    )
  })

  test('a plain backfill says so of each that is refused; it and a reconcile, how many such rows there are', async () => {
    const { clerkSync, read } = await adopted(
      ['ada@example.com', 'bob@example.com', 'old@example.com'],
      ['ada@example.com', 'bob@example.com', 'new@example.com'],
    )
    const { ok, failures, unlinkedRows } = await backfill(clerkSync, read)
    expect(ok).toBe(false)
    expect(failures.map(({ error }) => error)).toEqual(Array(2).fill(failsWith('unique_conflict', LINK)))
    expect(unlinkedRows).toBe(3)
    expect(await reconcile(clerkSync, { ...read, dryRun: true, settleMs: 0 })).toMatchObject({ unlinkedRows: 3 })
    expect(await tableStates(clerkSync)).toMatchObject([{ entity: 'user', unlinked: 3 }])
  })
})

describe('backfill({ link })', () => {
  const link = { by: 'email', proven: () => true } as const

  test('says how many users match no row, and how many rows match no user, with their keys', async () => {
    const rows = [
      'Ada@example.com',
      'bob@example.com',
      'twin@example.com',
      'Twin@example.com',
      'old@example.com',
      'more@example.com',
    ]
    const users = ['ada@example.com', 'bob@example.com', 'twin@example.com', 'new@example.com']
    const { clerkSync, database, read } = await adopted(rows, users)
    const ofRow = (email: string) => ({ id: String(database.rows('users').find((row) => row.email === email)?.id) })
    const expected = {
      matched: 2,
      unmatchedUsers: 1,
      unmatchedRows: { count: 2, first: [ofRow('old@example.com'), ofRow('more@example.com')] },
    }
    const dry = await backfill(clerkSync, { ...read, link, dryRun: true })
    expect(dry).toMatchObject({ unlinkedRows: 6, link: expected })
    const done = await backfill(clerkSync, { ...read, link })
    expect(done).toMatchObject({ unlinkedRows: 4, link: { ...expected, linked: 2 } })
    const again = await backfill(clerkSync, { ...read, link })
    expect(again).toMatchObject({
      unlinkedRows: 4,
      link: { matched: 0, unmatchedUsers: 0, unmatchedRows: { count: 2 } },
    })
  })

  test('names twenty of the rows that match nobody, and a row without a value is one', async () => {
    const { clerkSync, database, read } = await adopted(
      Array.from({ length: 30 }, (_, n) => `old${n}@example.com`),
      [],
    )
    await database.transaction((tx) => tx.insert('users', { email: null }))
    const { link: report } = await backfill(clerkSync, { ...read, link })
    expect(report?.unmatchedRows).toEqual({ count: 31, first: expect.objectContaining({ length: 20 }) })
  })

  /** What lists rows fails, after all else is done. */
  async function unlisted(listUnlinked: () => Promise<never>) {
    const { adapter, read } = await adopted(['ada@example.com', 'old@example.com'], ['ada@example.com'])
    const linking = { ...adapter.linking, listUnlinked }
    const saved: unknown[] = []
    const checkpoint = { load: () => undefined, save: (one: unknown) => saved.push(one) }
    const clerkSync = createClerkSync({ adapter: { ...adapter, linking } as typeof adapter })
    return { clerkSync, saved, options: { ...read, link, checkpoint } }
  }

  test('a run that has written all gives its result also where the rows that are left cannot be listed', async () => {
    const { clerkSync, saved, options } = await unlisted(() => Promise.reject(new Error('statement timeout')))
    const error = failsWith('store_failed', /The rows without a Clerk id were not read/)
    expect(await backfill(clerkSync, options)).toMatchObject({
      ok: true,
      link: { linked: 1, unmatchedRows: { count: 1, first: [], error } },
    })
    expect(saved.at(-1)).toBeUndefined()
  })

  test('a run that is given up while the rows that are left are listed goes on from its checkpoint', async () => {
    const giveUp = new AbortController()
    const { clerkSync, saved, options } = await unlisted(async () => {
      giveUp.abort(new Error('given up'))
      throw giveUp.signal.reason
    })
    await expect(backfill(clerkSync, { ...options, signal: giveUp.signal })).rejects.toThrow('given up')
    expect(saved.at(-1)).toMatchObject({ entity: 'user' })
  })

  test('a proven that a row does not bear is an error also once all rows are linked', async () => {
    const { clerkSync, read } = await adopted(['ada@example.com'], ['ada@example.com'])
    await backfill(clerkSync, { ...read, link })
    const wrong = {
      by: 'email',
      proven: () => {
        throw new Error('no such column')
      },
    } as const
    await expect(backfill(clerkSync, { ...read, link: wrong, dryRun: true })).rejects.toEqual(
      failsWith('config_invalid', /link\.proven threw/),
    )
  })

  test('an adapter that does not count leaves out what is not known', async () => {
    const { adapter, read } = await adopted(['old@example.com'], ['new@example.com'])
    const { countUnlinked: _, listUnlinked: __, ...linking } = adapter.linking ?? {}
    const clerkSync = createClerkSync({ adapter: { ...adapter, linking } as typeof adapter })
    const result = await backfill(clerkSync, { ...read, link })
    expect(result).toMatchObject({ ok: true, link: { unmatchedUsers: 1 } })
    expect([Object.keys(result), Object.keys(result.link ?? {})].flat()).not.toContain('unlinkedRows')
    expect(result.link).not.toHaveProperty('unmatchedRows')
  })
})

test('what the database refuses of these rows is named, also where nobody waits for it', async () => {
  const away = () => Promise.reject(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }))
  const adapter = memoryAdapter(tables, { call: away })
  const refused = failsWith('store_failed', /The rows without a Clerk id were not read/)
  await expect(countUnlinked(adapter)).rejects.toEqual(refused)
  await expect(listUnlinked(adapter, { entity: 'user', column: 'email', limit: 1 })).rejects.toEqual(refused)
  const { linking, ...without } = memoryAdapter(tables)
  if (!linking) throw new Error('It links.')
  const { find, set } = linking
  for (const unable of [without, { ...without, linking: { find, set } }]) {
    expect(await countUnlinked(unable)).toBeUndefined()
    expect(await listUnlinked(unable, { entity: 'user', column: 'email', limit: 1 })).toEqual([])
  }
  const signal = AbortSignal.abort(new Error('enough'))
  await expect(countUnlinked(adapter, { signal })).rejects.toThrow('enough')
})

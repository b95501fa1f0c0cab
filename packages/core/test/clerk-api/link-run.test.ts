// What comes between the look of a backfill at a row that was there before, and the user's Clerk id in it.
import { describe, expect, test } from 'vitest'
import { backfill } from '../../src/clerk-api/index.ts'
import { createClerkSync } from '../../src/index.ts'
import { MemoryDatabase, memoryAdapter, memorySchema } from '../../src/memory/memory-adapter.ts'
import { emailOf, failsWith, setting } from './setting.ts'

/** As many users as rows that were there before, and what is done around each link. */
async function legacy(versions: 'row' | 'beside', users = 2) {
  const { api, read } = await setting({ users })
  const tables = { users: { columns: { email: {}, plan: {} }, versions } } as const
  const database = new MemoryDatabase(memorySchema(tables))
  const emails = api.users.ids().map((id) => emailOf(api, id))
  for (const email of emails) await database.transaction((tx) => tx.insert('users', { email }))
  const adapter = memoryAdapter(tables, { database })
  const { linking } = adapter
  if (!linking) throw new Error('It links.')
  type Step = (email: string, id: string | null) => unknown
  const around: { before: Step; after: Step } = { before: () => {}, after: () => {} }
  const set: typeof linking.set = async (link, options) => {
    await around.before(link.seen.value, link.to)
    const isSet = await linking.set(link, options)
    await around.after(link.seen.value, link.to)
    return isSet
  }
  const clerkSync = createClerkSync({
    adapter: { ...adapter, linking: { ...linking, set } },
    map: { user: (_, { email }) => ({ email }) },
  })
  const link = { by: 'email', proven: () => true } as const
  const run = () => backfill(clerkSync, { ...read, entities: ['user'], link })
  const [first = '', second = ''] = api.users.ids()
  /** By address, which of Clerk's users has the row. */
  const owners = () =>
    Object.fromEntries(
      database.rows('users').map(({ id, email }) => [email, api.users.ids().find((user) => user === id) ?? null]),
    )
  return { around, database, run, owners, first, second, firstEmail: emails[0] ?? '', secondEmail: emails[1] ?? '' }
}

describe.each(['row', 'beside'] as const)('versions %s:', (versions) => {
  test('a row that was changed meanwhile is not linked, and its user not written', async () => {
    const { around, database, run, owners, first, second, firstEmail, secondEmail } = await legacy(versions)
    around.before = async (email) => {
      if (email !== firstEmail) return
      await database.transaction((tx) => {
        const row = tx.rows('users').find((one) => one.email === email)
        tx.update('users', String(row?.id), { plan: 'pro' })
      })
    }
    expect(await run()).toMatchObject({
      ok: false,
      link: { linked: 1, clashes: { row_changed: 1 }, clashing: [{ id: first, why: 'row_changed' }] },
      failures: [{ id: first, error: failsWith('link_clash', /was not linked and not written: .*changed meanwhile/) }],
    })
    expect(owners()).toEqual({ [firstEmail]: null, [secondEmail]: second })
  })

  test('a row that refuses the id costs the others nothing', async () => {
    const { around, run, owners, first, second, firstEmail, secondEmail } = await legacy(versions)
    around.before = (email) => {
      if (email === firstEmail) throw Object.assign(new Error('value too long'), { code: '22001' })
    }
    expect(await run()).toMatchObject({
      ok: false,
      link: { linked: 1 },
      failures: [{ id: first, error: { code: 'value_refused' } }],
    })
    expect(owners()).toEqual({ [firstEmail]: null, [secondEmail]: second })
  })

  test('a database that is away ends the run, and is no matter of one row', async () => {
    const { around, run, owners, firstEmail, secondEmail } = await legacy(versions)
    around.before = () => {
      throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    }
    await expect(run()).rejects.toEqual(failsWith('store_failed', /was not linked/))
    expect(owners()).toEqual({ [firstEmail]: null, [secondEmail]: null })
  })
})

test('the row of a user who was removed meanwhile is nobody’s again, and those of the others stay linked', async () => {
  const { around, database, run, owners, first, second, firstEmail, secondEmail } = await legacy('beside')
  around.after = async (_, id) => {
    if (id !== first) return
    // A removal that has not found the row by its id, and is committed only now.
    await database.transaction((tx) =>
      tx.insert('versions', {
        id: `users ${id}`,
        tableName: 'users',
        entityId: id,
        version: `${'9'.repeat(13)}${Date.now()}1000000`,
        deletedAt: new Date(),
      }),
    )
  }
  expect(await run()).toMatchObject({ counts: { user: { already_deleted: 1, updated: 1 } } })
  expect(owners()).toEqual({ [firstEmail]: null, [secondEmail]: second })
  expect(database.rows('users').map(({ email }) => email)).toEqual(expect.arrayContaining([firstEmail, secondEmail]))
})

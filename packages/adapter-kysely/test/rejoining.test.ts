import { kyselyAdapter, type SyncColumns } from '@clerk-sync/adapter-kysely'
import { clerkId, syncColumnsMigration } from '@clerk-sync/adapter-kysely/migrations'
import { createClerkSync } from '@clerk-sync/core'
import { ARRIVALS, deliver, rejoining } from '@clerk-sync/test-support/rejoining'
import { Kysely } from 'kysely'
import { describe, expect, it } from 'vitest'
import { type Store, stores } from './kit/stores.ts'

interface Database {
  members: SyncColumns<Date | number> & { id: string; user_id: string | null; organization_id: string | null }
}

const columns = ['user_id', 'organization_id'] as const

/** The table that everybody writes, with `not null` or without. */
async function open(
  openStore: (suite: string) => Promise<Store>,
  options: { readonly nullable?: boolean; readonly unique?: boolean } = {},
) {
  const { nullable = false, unique = true } = options
  const { dialect, rows } = await openStore('kysely_rejoining')
  const db = new Kysely<Database>({ dialect })
  let table = db.schema.createTable('members').addColumn('id', clerkId(db), (column) => column.primaryKey())
  for (const name of columns) {
    table = table.addColumn(name, clerkId(db), (column) => (nullable ? column : column.notNull()))
  }
  await table.execute()
  if (unique)
    await db.schema
      .createIndex('members_unique')
      .unique()
      .on('members')
      .columns([...columns])
      .execute()
  await syncColumnsMigration('members').up(db)
  const adapter = kyselyAdapter(db, { organizationMemberships: { table: 'members', columns } })
  return {
    adapter,
    rows,
    clear: () => db.deleteFrom('members').execute(),
    live: async () => rows('select id, user_id, organization_id from members where deleted_at is null'),
    ids: async () => (await rows('select id from members order by id')).map(({ id }) => id),
  }
}

type Opened = Awaited<ReturnType<typeof open>>

/** Every order ends with the second membership live, and the first one deleted. */
async function expectConvergence(opened: Opened, map: object): Promise<void> {
  const clerkSync = createClerkSync({ adapter: opened.adapter, map })
  for (const arrival of ARRIVALS) {
    await opened.clear()
    const events = rejoining()
    const refused = await deliver(
      clerkSync,
      arrival.map((name) => events[name]),
    )
    expect({ arrival, refused }).toEqual({ arrival, refused: [] })
    expect(await opened.live()).toEqual([{ id: 'orgmem_2', user_id: 'user_1', organization_id: 'org_1' }])
    expect(await opened.ids()).toEqual(['orgmem_1', 'orgmem_2'])
  }
}

describe.for(stores)('A member who left and comes back, on %s', ([, openStore]) => {
  it('is refused for ever by an index over deleted rows: check() and the error say so, with the fix', async () => {
    const { adapter } = await open(openStore)
    const clerkSync = createClerkSync({ adapter })
    expect(await clerkSync.check()).toContainEqual(
      expect.objectContaining({
        severity: 'error',
        table: 'members',
        column: 'user_id, organization_id',
        message: expect.stringMatching(/a member who left and comes back is answered 503 unique_conflict for ever/),
      }),
    )
    const { joined, left, rejoined } = rejoining()
    expect(await deliver(clerkSync, [joined, left, rejoined])).toEqual([
      expect.stringMatching(/^unique_conflict: .*orgmem_2.*membership of the same user.*clerkSync\.check\(\)/),
    ])
  })

  it('is stored, whatever comes first, with the index that check() gives', async () => {
    const opened = await open(openStore)
    const problems = await createClerkSync({ adapter: opened.adapter }).check()
    const statement = problems.map(({ message }) => / live rows alone: (.*?)\. Or /.exec(message)?.[1]).find(Boolean)
    const onTable = statement?.startsWith('alter') ? ' on members' : ''
    await opened.rows(`drop index members_unique${onTable}`)
    await opened.rows(statement ?? '')
    expect((await createClerkSync({ adapter: opened.adapter }).check()).filter(isError)).toEqual([])
    await expectConvergence(opened, {})
  })

  it('is stored where its references take NULL and a map of deleted rows erases them', async () => {
    const opened = await open(openStore, { nullable: true })
    const map = { deletedOrganizationMembership: () => ({ user_id: null, organization_id: null }) }
    expect((await createClerkSync({ adapter: opened.adapter, map }).check()).filter(isError)).toEqual([])
    await expectConvergence(opened, map)
  })

  it('is stored in the schema as it is, where a map of deleted rows gives the index values of their own', async () => {
    const opened = await open(openStore)
    const map = { deletedOrganizationMembership: ({ id }: { id: string }) => ({ user_id: id }) }
    expect((await createClerkSync({ adapter: opened.adapter, map }).check()).filter(isError)).toEqual([])
    await expectConvergence(opened, map)
  })

  it('is refused where deleted rows keep their values, nullable or not, and check() says so', async () => {
    const { adapter } = await open(openStore, { nullable: true })
    const map = { deletedOrganizationMembership: () => ({ user_id: null, organization_id: null }) }
    const problems = await createClerkSync({ adapter, map, onDelete: 'keep' }).check()
    expect(problems.filter(isError)).toEqual([
      expect.objectContaining({ message: expect.stringMatching(/a deleted row keeps its values there/) }),
    ])
  })
})

const isError = ({ severity }: { severity: string }) => severity === 'error'

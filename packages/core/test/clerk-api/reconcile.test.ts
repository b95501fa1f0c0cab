import { clerkEvent } from '@clerk-sync/testing'
import { describe, expect, test } from 'vitest'
import { backfill, type Drift, reconcile, restore } from '../../src/clerk-api/index.ts'
import { MemoryDatabase, memorySchema } from '../../src/memory/memory-adapter.ts'
import { deleted, envelope } from '../fixtures/payloads.ts'
import { send, TABLES } from '../fixtures/sync.ts'
import { emailOf, expectClerksTruth, failsWith, setting, uniqueEmails } from './setting.ts'

const WORLD = { users: 40, organizations: 6, memberships: 30, organizationInvitations: 4, organizationDomains: 3 }
const NO_DRIFT = { missing: 0, stale: 0, undeleted: 0, revived: 0, orphaned: 0, unlinked: 0, pending: 0 }

/** A table that is right, and Clerk, whose events are lost from here on. */
type MoreOfSetting = Parameters<typeof setting> extends [unknown?, ...infer More] ? More : never

async function filled(clerk: Parameters<typeof setting>[0] = WORLD, ...more: MoreOfSetting) {
  const set = await setting(clerk, ...more)
  expect((await backfill(set.clerkSync, set.read)).ok).toBe(true)
  return set
}

describe('reconcile', () => {
  test('finds nothing where nothing was lost, and writes nothing', async () => {
    const { clerkSync, settled } = await filled()
    const before = clerkSync.stored()
    const result = await reconcile(clerkSync, settled)
    expect(result).toMatchObject({ ok: true, drifts: [], drift: { user: NO_DRIFT, organization: NO_DRIFT } })
    expect(clerkSync.stored()).toEqual(before)
  })

  test('counts whom it finds as they are, and apart from them those whose delete Clerk does not show yet', async () => {
    const { api, clerkSync, settled } = await filled({ users: 3 })
    const [id = ''] = api.users.ids()
    await send(clerkSync, envelope('user.deleted', deleted(id)))
    const { ok, drifts, counts } = await reconcile(clerkSync, { ...settled, entities: ['user'] })
    expect({ ok, drifts }).toEqual({ ok: true, drifts: [] })
    expect(counts.user).toMatchObject({ already_deleted: 1, unchanged: 2, updated: 0 })
  })

  test('mends whatever was lost, of every kind, and says which', async () => {
    const { api, clerkSync, rows, settled } = await filled()
    const [updated = '', gone = ''] = api.users.ids()
    await api.users.update(updated, { first_name: 'Changed' })
    await api.users.delete(gone)
    const { id: made } = await api.users.create({})
    const [invitation = ''] = api.organizationInvitations.ids()
    await api.organizationInvitations.delete(invitation)
    const [domain = ''] = api.organizationDomains.ids()
    await api.organizationDomains.delete(domain)
    const result = await reconcile(clerkSync, settled)
    expect(result.ok).toBe(true)
    expect(result.drift).toMatchObject({ user: { missing: 1, stale: 1, undeleted: 1, pending: 0 } })
    expect(result.drifts).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'stale', id: updated, columns: ['firstName', 'fullName'] }),
        expect.objectContaining({ kind: 'undeleted', id: gone }),
        expect.objectContaining({ kind: 'missing', id: made }),
        expect.objectContaining({ kind: 'undeleted', entity: 'organizationInvitation', id: invitation }),
        expect.objectContaining({ kind: 'undeleted', entity: 'organizationDomain', id: domain }),
      ]),
    )
    expectClerksTruth({ api, rows })
    expect((await reconcile(clerkSync, settled)).drifts).toEqual([])
  })

  test('memberships of an owner that is gone are orphaned, however many', async () => {
    const { api, clerkSync, read, rows, settled } = await filled({ users: 3, organizations: 2, memberships: 0 })
    const [organizationId = ''] = api.organizations.ids()
    for (let n = 0; n < 30; n++) {
      const { id: userId } = await api.users.create({})
      await api.memberships.create({ organization: { id: organizationId }, public_user_data: { user_id: userId } })
    }
    await backfill(clerkSync, read)
    await api.organizations.delete(organizationId)
    const result = await reconcile(clerkSync, { ...settled, maxDeletes: 1 })
    expect(result.drift).toMatchObject({ organization: { undeleted: 1 }, organizationMembership: { orphaned: 30 } })
    expect(result.ok).toBe(true)
    expectClerksTruth({ api, rows })
  })

  test('a dry run reports the same and writes nothing', async () => {
    const { api, clerkSync, settled } = await filled()
    const [updated = '', gone = ''] = api.users.ids()
    await api.users.update(updated, { first_name: 'Changed' })
    await api.users.delete(gone)
    const before = clerkSync.stored()
    const result = await reconcile(clerkSync, { ...settled, dryRun: true })
    expect(result).toMatchObject({ ok: false, dryRun: true, drift: { user: { stale: 1, undeleted: 1 } } })
    expect(clerkSync.stored()).toEqual(before)
  })

  test('a column that the application has changed is stale, and the table is not rewritten by every run', async () => {
    // A read of the same second is not newer than the one before.
    let aheadMs = 0
    const { api, clerkSync, row, settled } = await filled({ ...WORLD, now: () => Date.now() + aheadMs })
    aheadMs = 5000
    const [id = ''] = api.users.ids()
    const had = row('users', id)?.firstName
    await clerkSync.adapter.once(
      { id: 'msg_own', type: 'own', entityId: null, occurredAt: new Date() },
      undefined,
      (tx) => tx.update('users', id, { firstName: 'Edited' }),
    )
    const result = await reconcile(clerkSync, settled)
    expect(result.drifts).toEqual([expect.objectContaining({ kind: 'stale', id, columns: ['firstName'] })])
    expect(row('users', id)?.firstName).toBe(had)
  })

  test('names the entity whose list was not read whole, and deletes nothing of it', async () => {
    const { api, clerkSync, row, settled } = await filled()
    expect((await reconcile(clerkSync, settled)).incomplete).toEqual([])
    const [gone = ''] = api.users.ids()
    await api.users.delete(gone)
    api.fail({ kind: 'empty', path: '/users', after: 1, times: Infinity })
    expect(await reconcile(clerkSync, { ...settled, entities: ['user', 'organization'] })).toMatchObject({
      ok: false,
      failures: [],
      incomplete: ['user'],
    })
    expect(row('users', gone)?.deletedAt).toBeNull()
  })

  test('a row that is older than what Clerk has is raised though no value differs: a late event is stale', async () => {
    const { api, clerkSync, rows, settled } = await filled({ users: 1 })
    const [id = ''] = api.users.ids()
    const at = Date.now() + 10
    await api.users.update(id, { updated_at: at + 10 })
    const { drifts } = await reconcile(clerkSync, settled)
    expect(drifts).toMatchObject([{ kind: 'stale', id }])
    const late = clerkEvent('user.updated', { id, updated_at: at, first_name: 'Late' }, { timestamp: at })
    expect(await clerkSync.apply(late)).toBe('stale')
    expect(rows('users')).toEqual([expect.objectContaining({ email: emailOf(api, id) })])
  })

  test('drift that is younger than its grace is pending, and mended', async () => {
    const { api, clerkSync, rows, settled } = await filled()
    await api.users.create({})
    const result = await reconcile(clerkSync, { ...settled, graceMs: 60_000 })
    expect(result.drift.user).toEqual({ ...NO_DRIFT, pending: 1 })
    expectClerksTruth({ api, rows })
  })

  test("rows of the application that have no id of Clerk's are left alone", async () => {
    const { clerkSync, row, settled } = await filled()
    await clerkSync.adapter.once(
      { id: 'msg_own', type: 'own', entityId: null, occurredAt: new Date() },
      undefined,
      (tx) => tx.insert('users', { id: 'seed-1', firstName: 'Own', clerkVersion: '0' }),
    )
    await reconcile(clerkSync, settled)
    expect(row('users', 'seed-1')).toMatchObject({ firstName: 'Own', deletedAt: null })
  })
})

/** Before the read, and after what the table has. */
const AGO = () => Date.now() - 3000

/** Two users whose events were lost, hooks that note that they ran, and an `onDrift` that has the second's event delivered. */
async function twoDrifts(kind: 'missing' | 'stale', onDelete: 'erase' | 'keep') {
  const note = (tx: { insert(table: string, row: object): void }, what: string) => tx.insert('mended', { what })
  const hook = ({ event, tx }: { event: { type: string; data: { id?: string } }; tx: never }) =>
    note(tx, `hook ${event.type} ${event.data.id}`)
  const set = await setting({ users: 2 }, { onDelete, on: { 'user.updated': hook, 'user.deleted': hook } as never })
  const ids = set.api.users.ids().sort()
  if (kind === 'stale') {
    await backfill(set.clerkSync, set.read)
    for (const id of ids) await set.api.users.update(id, { first_name: 'Lost', updated_at: AGO() })
  }
  const event = { ...set.api.users.get(ids[1] ?? ''), first_name: 'Arrived' } as never
  const duringRun = (body: string) =>
    (async (drift: Drift, { tx }: { tx: never }) => {
      note(tx, `drift ${drift.kind} ${drift.id}`)
      if (drift.id !== ids[0]) return
      // It waits for this transaction, and comes before the next.
      void send(set.clerkSync, body)
      await new Promise((resolve) => setImmediate(resolve))
    }) as never
  return { ...set, ids, event, duringRun }
}

test.each([
  ['', undefined],
  [', through onDrift', () => undefined],
])('one run heals a lost delete and the sign-up that took its unique address after it%s', async (_, onDrift) => {
  const database = uniqueEmails()
  const { api, clerkSync, read, rows, settled } = await setting({ users: 3 }, {}, { database })
  await backfill(clerkSync, read)
  const [id = ''] = api.users.ids()
  const { email_addresses, primary_email_address_id } = api.users.get(id) ?? {}
  await api.users.delete(id)
  await api.users.create({ email_addresses, primary_email_address_id } as never)
  const result = await reconcile(clerkSync, { ...settled, onDrift })
  expect(result).toMatchObject({ ok: true, failures: [], drift: { user: { missing: 1, undeleted: 1 } } })
  expect(result.counts.user).toMatchObject({ created: 1, deleted: 1, failed: 0 })
  expectClerksTruth({ api, rows })
})

test.each([
  [{ settleMs: -1 }, /settleMs must be a whole number of milliseconds, 0 or more/],
  [{ graceMs: 1.5 }, /graceMs must be a whole number of milliseconds/],
  [{ maxDeletes: Number.NaN }, /maxDeletes must be a whole number, 0 or more/],
  [{ maxDeletes: '5' }, /maxDeletes/],
])('refuses %o, and asks nobody', async (options, message) => {
  const { api, clerkSync, read } = await setting({ users: 1 })
  await expect(reconcile(clerkSync, { ...read, ...(options as object) })).rejects.toEqual(
    failsWith('config_invalid', message),
  )
  expect(api.requests).toEqual([])
})

test('what is refused until the end of the run is reported once', async () => {
  const database = uniqueEmails()
  const { api, clerkSync, settled } = await setting({ users: 1 }, {}, { database })
  const [id = ''] = api.users.ids()
  await database.transaction((tx) => tx.insert('users', { id: 'seed-1', email: emailOf(api, id), clerkVersion: '0' }))
  const result = await reconcile(clerkSync, settled)
  expect(result).toMatchObject({ ok: false, failures: [{ id, error: { code: 'unique_conflict' } }] })
  expect(result.counts.user).toMatchObject({ created: 0, failed: 1 })
})

describe('onDrift', () => {
  test('runs in the transaction of the row, once for each healing', async () => {
    const { api, clerkSync, settled } = await filled({ users: 20 })
    const [gone = ''] = api.users.ids()
    await api.users.delete(gone)
    const onDrift = (drift: Drift, { tx }: { tx: { insert(table: string, row: object): void } }) =>
      tx.insert('mended', { what: `${drift.kind} ${drift.id}` })
    const options = { ...settled, onDrift: onDrift as never }
    await Promise.all([reconcile(clerkSync, options), reconcile(clerkSync, options)])
    await reconcile(clerkSync, options)
    expect(clerkSync.adapter.rows('mended').map(({ what }) => what)).toEqual([`undeleted ${gone}`])
  })

  test.each([
    ['missing', 'erase'],
    ['missing', 'keep'],
    ['stale', 'erase'],
    ['stale', 'keep'],
  ] as const)(
    'leaves a row that was %s to the event that arrives while the run writes, with %s',
    async (kind, onDelete) => {
      const { clerkSync, settled, ids, event, duringRun } = await twoDrifts(kind, onDelete)
      await reconcile(clerkSync, {
        ...settled,
        onDrift: duringRun(envelope(`user.updated`, event, { timestamp: AGO() })),
      })
      expect(clerkSync.adapter.rows('mended').map(({ what }) => what)).toEqual([
        `drift ${kind} ${ids[0]}`,
        `hook user.updated ${ids[1]}`,
      ])
    },
  )

  test.each(['erase', 'keep'] as const)(
    'does not bring back what is deleted while the run writes, with %s',
    async (onDelete) => {
      const { clerkSync, settled, ids, row, duringRun } = await twoDrifts('stale', onDelete)
      await reconcile(clerkSync, { ...settled, onDrift: duringRun(envelope('user.deleted', deleted(ids[1] ?? ''))) })
      expect(row('users', ids[1] ?? '')?.deletedAt).not.toBeNull()
      expect(clerkSync.adapter.rows('mended').map(({ what }) => what)).toEqual([
        `drift stale ${ids[0]}`,
        `hook user.deleted ${ids[1]}`,
      ])
    },
  )

  test('has the row as it was', async () => {
    const { api, clerkSync, row, settled } = await filled({ users: 20 })
    const [gone = '', changed = ''] = api.users.ids()
    const emailBefore = row('users', gone)?.email
    const nameBefore = row('users', changed)?.firstName
    await api.users.delete(gone)
    await api.users.update(changed, { first_name: 'Changed' })
    await api.users.create({})
    const seen: unknown[] = []
    await reconcile(clerkSync, {
      ...settled,
      onDrift: ({ kind }, { before }) => void seen.push([kind, before && { ...before }]),
    })
    expect(seen).toEqual(
      expect.arrayContaining([
        ['undeleted', expect.objectContaining({ id: gone, email: emailBefore, deletedAt: null })],
        ['stale', expect.objectContaining({ id: changed, firstName: nameBefore })],
        ['missing', undefined],
      ]),
    )
    expect(seen).toHaveLength(3)
    expect(row('users', gone)).toMatchObject({ email: null, deletedAt: expect.any(Date) })
  })

  test('of a removal runs before the row goes, while what refers to it is there, and all of it or nothing stays', async () => {
    const beside = Object.entries(TABLES).map(([name, table]) => [name, { ...table, versions: 'beside' }])
    const userId = { references: { table: 'users', onDelete: 'cascade' } } as const
    const columns = { ...TABLES.organizationMemberships.columns, userId }
    const database = new MemoryDatabase(
      memorySchema({ ...Object.fromEntries(beside), organizationMemberships: { columns, versions: 'beside' } }),
    )
    const clerk = { users: 20, organizations: 1, memberships: 5 }
    const { api, clerkSync, rows, settled } = await filled(clerk, {}, { database }, 'beside')
    const gone = api.memberships.get(api.memberships.ids()[0] ?? '')?.public_user_data.user_id ?? ''
    const [isUser, isMember] = [
      (one: { id?: unknown }) => one.id === gone,
      (one: object) => Reflect.get(one, 'userId') === gone,
    ]
    const user = clerkSync.adapter.rows('users').find(isUser)
    await api.users.delete(gone)
    let isAway = true
    const run = () =>
      reconcile(clerkSync, {
        ...settled,
        entities: ['user'],
        onDrift: ({ kind }, { tx, before }) => {
          const members = tx.rows('organizationMemberships').filter(isMember).length
          tx.insert('mended', { kind, before, found: tx.get('users', gone), members })
          if (isAway) throw new Error('The storage of files is away.')
        },
      })
    expect(await run()).toMatchObject({ ok: false, failures: [{ id: gone, error: { code: 'hook_failed' } }] })
    expect(rows('users').find(isUser)).toMatchObject({ ...user, deletedAt: null })
    expect(clerkSync.adapter.rows('mended')).toEqual([])

    isAway = false
    expect((await run()).ok).toBe(true)
    expect(clerkSync.adapter.rows('mended')).toMatchObject([
      { kind: 'undeleted', before: user, found: user, members: 1 },
    ])
    expect(rows('users').filter(isUser)).toEqual([])
    expect(rows('organizationMemberships').filter(isMember)).toEqual([])
    const { deletedAt } = clerkSync.adapter.rows('versions').find(({ entityId }) => entityId === gone) ?? {}
    expect(deletedAt).toBeInstanceOf(Date)
  })

  test('what it throws keeps the row as it was, and is reported', async () => {
    const { api, clerkSync, row, settled } = await filled({ users: 20 })
    const [gone = ''] = api.users.ids()
    await api.users.delete(gone)
    const onDrift = () => {
      throw new Error('mail server away')
    }
    const result = await reconcile(clerkSync, { ...settled, onDrift })
    expect(result).toMatchObject({ ok: false, failures: [{ id: gone, error: { code: 'hook_failed' } }] })
    expect(row('users', gone)?.deletedAt).toBeNull()
  })
})

describe('an absence is not believed', () => {
  test('that lasts shorter than it settles: the 404 of a replica that lags, for a user just created', async () => {
    let asked = 0
    let lagging = ''
    const { api, clerkSync, row, settled } = await filled({
      users: 5,
      onRequest: ({ path }) => {
        if (path === `/users/${lagging}` && ++asked === 2) api.users.show(lagging)
      },
    })
    lagging = api.users.ids()[0] ?? ''
    api.users.hide(lagging)
    const result = await reconcile(clerkSync, settled)
    expect(asked).toBe(2)
    expect(result.drift.user).toMatchObject({ undeleted: 0 })
    expect(row('users', lagging)?.deletedAt).toBeNull()
  })

  test('of a row whose version lies in the future: it is reported, and left alone', async () => {
    const { api, clerkSync, row, settled } = await filled({ users: 5 })
    const [id = ''] = api.users.ids()
    const ahead = Date.now() + 3_600_000
    await clerkSync.apply(clerkEvent('user.updated', { id, updated_at: ahead }, { timestamp: ahead }))
    api.users.hide(id)
    const cause = expect.objectContaining({ message: expect.stringMatching(/lies in the future: it is left alone/) })
    expect(await reconcile(clerkSync, settled)).toMatchObject({ ok: false, failures: [{ id, error: { cause } }] })
    expect(row('users', id)?.deletedAt).toBeNull()
  })

  test('of a row that is younger than it settles, before the first look', async () => {
    const { api, clerkSync, row, settled } = await filled({ users: 5 })
    const [young = ''] = api.users.ids()
    await clerkSync.apply(clerkEvent('user.updated', { id: young, updated_at: Date.now() }))
    api.users.hide(young)
    // Its own event is seconds old, and the replica that is asked may not have it yet.
    const onProgress = ({ step }: { step: string }) => void (step === 'settle' && api.users.show(young))
    await reconcile(clerkSync, { ...settled, settleMs: 300, onProgress })
    expect(api.requests.filter(({ path }) => path === `/users/${young}`)).toHaveLength(1)
    expect(row('users', young)?.deletedAt).toBeNull()
  })

  test('that a proxy claims with a 404 of its own', async () => {
    const { api, clerkSync, row, settled } = await filled({ users: 5 })
    const [id = ''] = api.users.ids()
    api.users.hide(id)
    api.fail({ kind: 'html', status: 404, path: `/users/${id}`, times: Infinity })
    await expect(reconcile(clerkSync, settled)).rejects.toEqual(
      failsWith('clerk_unavailable', /answered 404 with what is not JSON/),
    )
    expect(row('users', id)?.deletedAt).toBeNull()
  })

  test('where everything is answered 404, what is known to be there as well', async () => {
    const { api, clerkSync, rows, settled } = await filled({ users: 5 })
    const [id = ''] = api.users.ids()
    api.users.hide(id)
    api.fail({ kind: 'missing', path: /^\/users\/user_/, times: Infinity })
    await expect(reconcile(clerkSync, settled)).rejects.toEqual(failsWith('clerk_unavailable', /cannot be believed/))
    expect(rows('users').filter(({ deletedAt }) => deletedAt !== null)).toEqual([])
  })

  test.each([
    ['an empty list', { kind: 'empty' }],
    ['a page of HTML', { kind: 'html' }],
  ] as const)('of all, from %s', async (_, fault) => {
    const { api, clerkSync, rows, settled } = await filled({ users: 30 })
    api.fail({ ...fault, path: '/users', times: Infinity })
    await reconcile(clerkSync, settled).catch(() => undefined)
    expect(rows('users').filter(({ deletedAt }) => deletedAt !== null)).toEqual([])
  })

  test('of more than a twentieth: none is deleted, and the run is not ok', async () => {
    const { api, clerkSync, rows, settled } = await filled({ users: 60 })
    for (const id of api.users.ids().slice(0, 11)) await api.users.delete(id)
    const result = await reconcile(clerkSync, settled)
    expect(result).toMatchObject({ ok: false, tooManyDeletes: [{ entity: 'user', found: 11, allowed: 10 }] })
    expect(rows('users').filter(({ deletedAt }) => deletedAt !== null)).toEqual([])
    expect((await reconcile(clerkSync, { ...settled, maxDeletes: 11 })).ok).toBe(true)
    expectClerksTruth({ api, rows })
  })

  test('by a key of another instance, without an instanceId', async () => {
    const { clerkSync, rows } = await filled({ users: 5 })
    const other = await setting({ users: 5, seed: 2 })
    await expect(reconcile(clerkSync, other.settled)).rejects.toEqual(
      failsWith('instance_mismatch', /knows none of 5 rows of users/),
    )
    expect(rows('users').filter(({ deletedAt }) => deletedAt !== null)).toEqual([])
  })

  test('by a key of another instance, where the first of the rows are all tombstones', async () => {
    const { clerkSync, rows } = await setting({ users: 0 })
    await clerkSync.adapter.once(
      { id: 'msg_own', type: 'own', entityId: null, occurredAt: new Date() },
      undefined,
      (tx) => {
        for (let n = 1000; n < 2000; n++) {
          tx.insert('users', { id: `user_${n}`, clerkVersion: '0', deletedAt: n < 1995 ? new Date() : null })
        }
      },
    )
    const other = await setting({ users: 5, seed: 2 })
    await expect(reconcile(clerkSync, other.settled)).rejects.toEqual(
      failsWith('instance_mismatch', /knows none of 5 rows of users/),
    )
    expect(rows('users')).toHaveLength(1000)
  })

  test('of a row that an event has written since it was scanned', async () => {
    let asked = 0
    let id = ''
    const { api, clerkSync, row, settled } = await filled({
      users: 5,
      onRequest: async ({ path }) => {
        if (path !== `/users/${id}` || ++asked !== 2) return
        const event = { ...json, updated_at: Date.now() }
        await send(clerkSync, envelope('user.updated', event as never))
      },
    })
    id = api.users.ids()[0] ?? ''
    const json = api.users.get(id)
    api.users.hide(id)
    await reconcile(clerkSync, settled)
    expect(asked).toBe(2)
    expect(row('users', id)?.deletedAt).toBeNull()
  })
})

/** Deletes by a read what Clerk has all the same. */
async function wronglyDeleted(onDelete: 'erase' | 'keep', versions: 'row' | 'beside') {
  const set = await filled({ users: 12 }, { onDelete }, {}, versions)
  const id = set.api.users.ids()[0] ?? ''
  const json = set.api.users.get(id)
  set.api.users.hide(id)
  expect((await reconcile(set.clerkSync, set.settled)).drift.user).toMatchObject({ undeleted: 1 })
  expect(set.row('users', id)?.deletedAt).not.toBeNull()
  set.api.users.show(id)
  const updated = (at: number, firstName: string) =>
    send(
      set.clerkSync,
      envelope('user.updated', { ...json, updated_at: at, first_name: firstName } as never, { timestamp: at }),
    )
  const removed = (at: number) => send(set.clerkSync, envelope('user.deleted', deleted(id), { timestamp: at }))
  return { ...set, id, updated, removed, user: () => set.row('users', id) }
}

describe.each([
  ['erase', 'row'],
  ['keep', 'row'],
  ['erase', 'beside'],
  ['keep', 'beside'],
] as const)('after a delete that a read discovered wrongly, with %s, versions: %s,', (onDelete, versions) => {
  const later = () => Date.now() + 5000
  const earlier = () => Date.now() - 60_000

  test('a later snapshot brings the row back', async () => {
    const { updated, user } = await wronglyDeleted(onDelete, versions)
    await updated(later(), 'Back')
    expect(user()).toMatchObject({ firstName: 'Back', deletedAt: null })
  })

  test('a snapshot from before does not, and is kept where values are', async () => {
    const { updated, user } = await wronglyDeleted(onDelete, versions)
    await updated(earlier(), 'Late')
    expect(user()).toMatchObject({ firstName: onDelete === 'keep' ? 'Late' : null, deletedAt: expect.any(Date) })
    await updated(earlier() - 1000, 'Later still')
    expect(user()).toMatchObject({ firstName: onDelete === 'keep' ? 'Late' : null, deletedAt: expect.any(Date) })
  })

  test('the next run revives it, though nothing has changed in Clerk', async () => {
    const { clerkSync, settled, user, api, rows } = await wronglyDeleted(onDelete, versions)
    const result = await reconcile(clerkSync, settled)
    expect(result.drift.user).toMatchObject({ revived: 1 })
    expect(user()?.deletedAt).toBeNull()
    expectClerksTruth({ api, rows })
  })

  test('the real delete is final, in every order with a late and a later snapshot', async () => {
    const [late, wrong, real] = [earlier(), later(), later() + 1000]
    const ends = new Set<string>()
    for (const order of [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ]) {
      const { updated, removed, user } = await wronglyDeleted(onDelete, versions)
      const events = [() => updated(late, 'Late'), () => updated(wrong, 'Wrong'), () => removed(real)]
      for (const n of order) await events[n]?.()
      expect(user()?.deletedAt, String(order)).toEqual(new Date(real))
      ends.add(JSON.stringify([user()?.firstName, user()?.banned]))
    }
    expect([...ends]).toHaveLength(1)
  })

  test('no run revives it after its real delete', async () => {
    const { clerkSync, settled, removed, user } = await wronglyDeleted(onDelete, versions)
    await removed(later())
    const result = await reconcile(clerkSync, settled)
    expect(result.drift.user).toMatchObject({ revived: 0 })
    expect(user()?.deletedAt).not.toBeNull()
  })

  test('the event of a delete that really was before it gives its own time', async () => {
    const { removed, user } = await wronglyDeleted(onDelete, versions)
    const at = earlier()
    await removed(at)
    expect(user()?.deletedAt).toEqual(new Date(at))
  })
})

test('restore undoes a real tombstone, if Clerk has the entity', async () => {
  const { api, clerkSync, row, read } = await filled({ users: 5 })
  const [id = '', other = ''] = api.users.ids()
  for (const one of [id, other]) await send(clerkSync, envelope('user.deleted', deleted(one)))
  await api.users.delete(other)
  expect(await restore(clerkSync, { ...read, entity: 'user', id })).toBe('restored')
  expect(row('users', id)).toMatchObject({ deletedAt: null, email: expect.any(String) })
  expect(await restore(clerkSync, { ...read, entity: 'user', id })).toBe('not_deleted')
  expect(await restore(clerkSync, { ...read, entity: 'user', id: other })).toBe('absent')
  expect(row('users', other)?.deletedAt).not.toBeNull()
})

test('memberships alone can be reconciled, and what is absent in a list of nothing is not believed', async () => {
  const { api, clerkSync, rows, settled } = await filled()
  const [id = ''] = api.memberships.ids()
  await api.memberships.delete(id)
  const options = { ...settled, entities: ['organizationMembership'] as const }
  expect((await reconcile(clerkSync, options)).drift.organizationMembership).toMatchObject({ undeleted: 1 })
  expectClerksTruth({ api, rows })
  for (const one of api.memberships.ids()) await api.memberships.delete(one)
  await expect(reconcile(clerkSync, { ...options, maxDeletes: 1000 })).rejects.toEqual(
    failsWith('clerk_unavailable', /listed nothing at all/),
  )
  expect(rows('organizationMemberships').filter(({ deletedAt }) => deletedAt === null)).not.toEqual([])
})

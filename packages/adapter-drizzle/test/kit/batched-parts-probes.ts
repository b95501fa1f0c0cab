import { type ClerkEvent, createClerkSync } from '@clerk-sync/core'
import type { Upsert } from '@clerk-sync/core/adapter'
import { userEvent } from '@clerk-sync/test-support/events'
import pg from 'pg'
import { expect } from 'vitest'
import type { BatchedParts } from './batched-parts.ts'

const START = 1_760_000_000_000
const USER = 'user_1'

/** What must hold of parts where there are batches alone, each on empty tables. Some is of one database, or of one place of the versions. */
interface Probe {
  readonly only?: Partial<Pick<BatchedParts, 'driver' | 'versions'>>
  run(on: BatchedParts): Promise<void>
}

export function isFor(on: BatchedParts, { only = {} }: Probe): boolean {
  return Object.entries(only).every(([name, value]) => on[name as keyof typeof only] === value)
}

export const PROBES: Readonly<Record<string, Probe>> = {
  'the primary address becomes another one': {
    async run(on) {
      await apply(on, snapshot(1, ['a', 'b']), snapshot(2, ['b', 'a']), snapshot(3, ['a', 'c', 'b']))
      expect(await stored(on)).toEqual(['a@3*', 'b@3', 'c@3'])
    },
  },
  '200 addresses, other 200, and one': {
    async run(on) {
      const ids = (from: number) => Array.from({ length: 200 }, (_, n) => `idn_${n + from}`)
      for (const [n, list] of [ids(0), ids(100), ['idn_1']].entries()) {
        await apply(on, snapshot(n + 1, list))
        expect(await stored(on)).toEqual(list.map((id, place) => `${id}@${n + 1}${place === 0 ? '*' : ''}`).sort())
      }
    },
  },
  'an event that is late, or was there, touches no address': {
    async run(on) {
      const [older, newest] = [snapshot(1, ['a']), snapshot(2, ['b', 'c'])]
      await apply(on, newest)
      await on.query(`delete from email_addresses where id = 'c'`)
      expect(await apply(on, older, newest)).toEqual(['stale', 'unchanged'])
      expect(await stored(on)).toEqual(['b@2*'])
    },
  },
  'the addresses of others stay, whose id differs in case': {
    async run(on) {
      await apply(on, snapshot(1, ['a'], 'USER_1'), snapshot(2, ['a', 'A', 'b']), snapshot(3, ['A']))
      expect(await stored(on)).toEqual(['A@3*'])
      expect(await stored(on, 'USER_1')).toEqual(['a@1*'])
      await createClerkSync({ adapter: on.adapter }).apply(deletion(4))
      expect(await stored(on)).toEqual([])
      expect(await stored(on, 'USER_1')).toEqual(['a@1*'])
    },
  },
  'a column of the application stays': {
    async run(on) {
      await apply(on, snapshot(1, ['a']))
      await on.query(`update email_addresses set note = 'mine'`)
      await apply(on, snapshot(2, ['b', 'a']))
      expect(await on.query(`select note from email_addresses where id = 'a'`)).toEqual([{ note: 'mine' }])
    },
  },
  'an address that another user has refuses its user, and says where': {
    async run(on) {
      await apply(on, snapshot(1, ['a']), snapshot(1, ['z'], 'user_2'))
      await on.query(`update email_addresses set email_address = 'b@2' where user_id = 'user_2'`)
      await expect(apply(on, snapshot(2, ['a', 'b']))).rejects.toMatchObject({
        ...{ code: 'unique_conflict', message: expect.stringContaining('unique values of a part of user_1') },
      })
      await expectAsBefore(on)
    },
  },
  'a trigger that refuses an address, with a word of our checks in its message': {
    async run(on) {
      await apply(on, snapshot(1, ['a']))
      const message = `'no clerk_sync_lost, and no "clerk_sync_held" either'`
      const refuse = on.driver === 'D1' ? `select raise(abort, ${message})` : `raise ${message}`
      await withTrigger(on, 'before insert on email_addresses', refuse, async () => {
        await expect(apply(on, snapshot(2, ['b']))).rejects.toMatchObject({ code: 'value_refused' })
      })
      await expectAsBefore(on)
    },
  },
  'a removed user has none, and the foreign key takes no offence': {
    only: { versions: 'beside' },
    async run(on) {
      await apply(on, snapshot(1, ['a', 'b']))
      expect(await createClerkSync({ adapter: on.adapter, onDelete: 'remove' }).apply(deletion(2))).toBe('deleted')
      expect([await stored(on), await on.query('select id from users')]).toEqual([[], []])
    },
  },
  'a compare-and-set writes the addresses, and for another version none': {
    async run(on) {
      await apply(on, snapshot(1, ['a']))
      const found = await on.adapter.find('user', USER)
      const change: Upsert = {
        ...{ kind: 'upsert', entity: 'user', key: USER, version: `${found?.version.slice(0, -6)}999999`, values: {} },
        parts: { emailAddress: [{ id: 'b', values: { emailAddress: 'b@2', isPrimary: true } }] },
      }
      for (const version of [change.version, found?.version ?? '']) {
        await on.adapter.upsert({ ...change, version, expected: '1'.repeat(33) })
        await expectAsBefore(on)
      }
      await on.adapter.upsert({ ...change, expected: found?.version ?? '' })
      expect(await stored(on)).toEqual(['b@2*'])
    },
  },
  'old tombstones take the addresses that they kept, and leave those of others': {
    only: { versions: 'row' },
    async run(on) {
      const clerkSync = createClerkSync({ adapter: on.adapter, onDelete: 'keep' })
      for (const user of [USER, 'user_2', 'user_3']) await clerkSync.apply(snapshot(1, [`${user}_a`], user))
      for (const user of [USER, 'user_2']) await clerkSync.apply(deletion(user === USER ? 2 : 9, user))
      const old = { entity: 'user', before: new Date(START + 5000), keys: [USER, 'user_2', 'user_3'] } as const
      expect(await on.adapter.tombstones?.remove(old)).toBe(1)
      expect(await on.query('select user_id from email_addresses order by 1')).toEqual(
        ['user_2', 'user_3'].map((user_id) => ({ user_id })),
      )
    },
  },
  'an old tombstone goes, whose columns of fixed width pad its ids': {
    only: { versions: 'row', driver: 'neon-http' },
    async run(on) {
      const clerkSync = createClerkSync({ adapter: on.adapter, onDelete: 'keep' })
      await clerkSync.apply(snapshot(1, ['a']))
      await clerkSync.apply(deletion(2))
      const toType = (type: string) =>
        on.query(`alter table email_addresses drop constraint email_addresses_user_id_fkey;
          alter table users alter column id type ${type};
          alter table email_addresses alter column user_id type ${type}, alter column id type ${type},
            add constraint email_addresses_user_id_fkey foreign key (user_id) references users`)
      await toType('char(40)')
      try {
        const old = { entity: 'user', before: new Date(START + 5000), keys: [USER] } as const
        expect(await on.adapter.tombstones?.remove(old)).toBe(1)
        expect([await stored(on), await on.query('select id from users')]).toEqual([[], []])
      } finally {
        await toType('text')
      }
    },
  },
  'an old tombstone that is locked is left, with its addresses': {
    only: { versions: 'row', driver: 'neon-http' },
    async run(on) {
      const clerkSync = createClerkSync({ adapter: on.adapter, onDelete: 'keep' })
      await clerkSync.apply(snapshot(1, ['a']))
      await clerkSync.apply(deletion(2))
      await whileLocked(on, 'select 1 from users for update', async () => {
        const old = { entity: 'user', before: new Date(START + 5000), keys: [USER] } as const
        const signal = AbortSignal.timeout(5000)
        expect(await on.adapter.tombstones?.remove(old, { signal })).toBe(0)
      })
      await expectAsBefore(on)
    },
  },
  'a user who became newer while the write waited': {
    only: { driver: 'neon-http' },
    async run(on) {
      await apply(on, snapshot(1, ['a']))
      const table = on.versions === 'row' ? 'users' : 'clerk_versions'
      const column = on.versions === 'row' ? 'clerk_version' : 'version'
      let waiting: Promise<readonly string[]> | undefined
      await whileLocked(on, `update ${table} set ${column} = '${'8'.repeat(33)}'`, async () => {
        waiting = apply(on, snapshot(2, ['b']))
        await expect.poll(() => waitingIn(on), { timeout: 10_000 }).toBe(1)
      })
      expect(await waiting).toEqual(['stale'])
      await expectAsBefore(on)
    },
  },
  'what a user belonged to was removed, and the user became newer meanwhile': {
    only: { versions: 'row' },
    async run(on) {
      await apply(on, snapshot(1, ['a']))
      const { version = '' } = (await on.adapter.find('user', USER)) ?? {}
      const removed = `insert into clerk_versions (table_name, id, version) values ('organizations', 'org_1', '${version}')`
      await on.query(removed)
      const change: Upsert = {
        ...{
          kind: 'upsert',
          entity: 'user',
          key: USER,
          version: `${version.slice(0, -6)}999999`,
          values: { orgId: 'org_1' },
        },
        ...{ expected: version, parts: { emailAddress: [] } },
      }
      // The first batch is the one that the foreign key refuses.
      on.beforeBatch(async () => on.beforeBatch(() => on.query(`update users set clerk_version = '${'8'.repeat(33)}'`)))
      expect(await on.adapter.upsert(change)).toBe('stale')
      await expectAsBefore(on)
      await on.query(`update users set clerk_version = '${version}'`)
      expect(await on.adapter.upsert(change)).toBe('owner_deleted')
      expect([await stored(on), await on.query('select id from users')]).toEqual([[], []])
    },
  },
  ...dropping('a compare-and-set of the user', 'users', 'update', {}, replace),
  ...dropping('the raise of a compare-and-set', 'clerk_versions', 'insert', { versions: 'beside' }, replace),
  ...dropping('the removal of a compare-and-set', 'users', 'delete', { versions: 'beside' }, removeExpected),
  'a trigger that deletes the user for a new address of a compare-and-set': {
    only: { versions: 'beside' },
    async run(on) {
      await apply(on, snapshot(1, ['a']))
      const erase = `delete from email_addresses where user_id = '${USER}'; delete from users where id = '${USER}'`
      await withTrigger(on, 'after insert on email_addresses', erase, async () => {
        await expect(replace(on)).rejects.toMatchObject({ code: 'store_failed' })
      })
      await expectAsBefore(on)
    },
  },
  'a trigger that drops a late snapshot of a user who was deleted, and whose values are kept': {
    only: { versions: 'beside' },
    async run(on) {
      const clerkSync = createClerkSync({ adapter: on.adapter, onDelete: 'keep' })
      await clerkSync.apply(snapshot(1, ['a']))
      await clerkSync.apply(deletion(3))
      const tombstone = await on.query('select version from clerk_versions')
      await withTrigger(on, 'before update on users', undefined, async () => {
        await expect(clerkSync.apply(snapshot(2, ['b']))).rejects.toMatchObject({ code: 'store_failed' })
      })
      expect(await on.query('select version from clerk_versions')).toEqual(tombstone)
      await expectAsBefore(on)
    },
  },
  ...dropping('the write of the user', 'users', 'update', { versions: 'row' }, (on) => apply(on, snapshot(2, ['b']))),
  ...dropping('the raise of the version', 'clerk_versions', 'update', { versions: 'beside' }, (on) =>
    apply(on, snapshot(2, ['b'])),
  ),
  ...dropping('the removal of the user', 'users', 'delete', { versions: 'beside' }, (on) =>
    createClerkSync({ adapter: on.adapter, onDelete: 'remove' }).apply(deletion(2)),
  ),
  ...dropping('an address that is new', 'email_addresses', 'insert', {}, (on) => apply(on, snapshot(2, ['c', 'b']))),
  ...dropping('a change of an address', 'email_addresses', 'update', {}, (on) => apply(on, snapshot(2, ['a']))),
  ...dropping('the delete of an address', 'email_addresses', 'delete', {}, (on) => apply(on, snapshot(2, []))),
  'a trigger that gives an address another id': {
    async run(on) {
      await apply(on, snapshot(1, ['a']))
      const rename = `update email_addresses set id = 'other' where id = 'b'`
      await withTrigger(on, 'after insert on email_addresses', rename, async () => {
        await expect(apply(on, snapshot(2, ['b']))).rejects.toMatchObject({ code: 'store_failed' })
      })
      await expectAsBefore(on)
    },
  },
  'a trigger that takes addresses back at the commit': {
    only: { driver: 'neon-http' },
    async run(on) {
      await apply(on, snapshot(1, ['a']))
      const when = 'constraint trigger after insert on email_addresses deferrable initially deferred'
      await withTrigger(on, when, `delete from email_addresses where id = 'b'`, async () => {
        await expect(apply(on, snapshot(2, ['b']))).rejects.toMatchObject({ code: 'store_failed' })
      })
      await expectAsBefore(on)
    },
  },
}

/** An event of a user whose addresses are these, the first the primary one. */
function snapshot(n: number, ids: readonly string[], user = USER): ClerkEvent {
  const list = ids.map((id) => ({ id, email_address: `${id}@${n}` }))
  return userEvent('user.updated', user, START + n * 1000, { email_addresses: list, primary_email_address_id: ids[0] })
}

function deletion(n: number, user = USER): ClerkEvent {
  return userEvent('user.deleted', user, START + n * 1000)
}

async function apply({ adapter }: BatchedParts, ...events: readonly ClerkEvent[]): Promise<readonly string[]> {
  const clerkSync = createClerkSync({ adapter })
  const outcomes: string[] = []
  for (const event of events) outcomes.push(await clerkSync.apply(event))
  return outcomes
}

/** A compare-and-set of what is there, with another address. */
async function replace({ adapter }: BatchedParts): Promise<unknown> {
  const parts = { emailAddress: [{ id: 'b', values: { emailAddress: 'b@2', isPrimary: true } }] }
  return adapter.upsert({ kind: 'upsert', ...(await nextOf(adapter)), values: { email: 'b@2' }, parts })
}

/** A compare-and-set that removes what is there. */
async function removeExpected({ adapter }: BatchedParts): Promise<unknown> {
  const deletedAt = new Date(START)
  return adapter.softDelete({ kind: 'delete', mode: 'remove', ...(await nextOf(adapter)), deletedAt, values: {} })
}

async function nextOf(adapter: BatchedParts['adapter']) {
  const { version: expected = '' } = (await adapter.find('user', USER)) ?? {}
  return { entity: 'user', key: USER, version: `${expected.slice(0, -6)}999999`, expected } as const
}

/** The addresses of a user, by their ids; the primary one has a star. */
async function stored({ query }: BatchedParts, user = USER): Promise<readonly string[]> {
  const rows = await query(`select email_address, is_primary from email_addresses where user_id = '${user}'`)
  return rows.map((row) => `${row.email_address}${row.is_primary ? '*' : ''}`).sort()
}

/** Of a user whose one event was `snapshot(1, ['a'])`: one before that is late, since the version is as it was. */
async function expectAsBefore(on: BatchedParts): Promise<void> {
  expect(await apply(on, snapshot(0, ['z']))).toEqual([expect.stringMatching('stale|already_deleted')])
  expect(await stored(on)).toEqual(['a@1*'])
  expect(await on.query(`select email from users where id = '${USER}'`)).toEqual([{ email: 'a@1' }])
}

/** A trigger drops it: the event is refused, and nothing of it is kept. */
function dropping(
  what: string,
  table: string,
  kind: 'insert' | 'update' | 'delete',
  only: Probe['only'] & object,
  send: (on: BatchedParts) => Promise<unknown>,
): Record<string, Probe> {
  const run: Probe['run'] = async (on) => {
    await apply(on, snapshot(1, ['a']))
    await withTrigger(on, `before ${kind} on ${table}`, undefined, async () => {
      await expect(send(on)).rejects.toMatchObject({ code: 'store_failed' })
    })
    await expectAsBefore(on)
  }
  return { [`a trigger that drops ${what}`]: { only, run } }
}

/** @param does - a statement; left out, it drops the write */
async function withTrigger(
  on: BatchedParts,
  when: string,
  does: string | undefined,
  run: () => Promise<void>,
): Promise<void> {
  const [, isConstraint = '', rest = ''] = /^(constraint )?(?:trigger )?(.*)/.exec(when) ?? []
  const [, table = ''] = / on (\w+)/.exec(when) ?? []
  if (on.driver === 'D1') await on.query(`create trigger own ${rest} begin ${does ?? 'select raise(ignore)'}; end`)
  else {
    await on.query(`create function own() returns trigger language plpgsql as $$ begin ${does ?? 'null'}; return null; end $$;
      create ${isConstraint}trigger own ${rest} for each row execute function own()`)
  }
  try {
    await run()
  } finally {
    await on.query(on.driver === 'D1' ? 'drop trigger own' : `drop trigger own on ${table}; drop function own()`)
  }
}

/** In a transaction of the application, which commits afterwards. */
async function whileLocked({ url }: BatchedParts, sql: string, run: () => Promise<void>): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    await client.query('begin')
    await client.query(sql)
    await run()
    await client.query('commit')
  } finally {
    await client.end()
  }
}

async function waitingIn({ query }: BatchedParts): Promise<number> {
  const here = 'datname = current_database()'
  return (await query(`select 1 from pg_stat_activity where wait_event_type = 'Lock' and ${here}`)).length
}

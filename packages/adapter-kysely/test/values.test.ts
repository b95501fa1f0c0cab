import { kyselyAdapter, type SyncColumns } from '@clerk-sync/adapter-kysely'
import { syncColumnsMigration } from '@clerk-sync/adapter-kysely/migrations'
import { createClerkSync } from '@clerk-sync/core'
import { userEvent } from '@clerk-sync/test-support/events'
import { Kysely, sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { openPostgres, stores } from './kit/stores.ts'

interface Database {
  app_user: SyncColumns<Date | number> & {
    id: string
    tags: string[] | null
    labels: string[] | null
    settings: { readonly [name: string]: unknown } | null
    picture: Buffer | null
    banned: boolean | null
  }
}
const at = 1_760_000_000_000

it('PostgreSQL: an array is an SQL array, and JSON where the column is said to be JSON', async () => {
  const { dialect, rows } = await openPostgres('kysely_values')
  const db = new Kysely<Database>({ dialect })
  await rows('create table app_user (id text primary key, tags text[], labels jsonb)')
  await syncColumnsMigration('app_user').up(db)
  const clerkSync = createClerkSync({
    adapter: kyselyAdapter(db, { users: { table: 'app_user', columns: ['tags', 'labels'], json: ['labels'] } }),
    map: { user: () => ({ tags: ['a', 'b"c'], labels: ['a', 'b"c'] }) },
  })
  await clerkSync.apply(userEvent('user.created', 'user_1', at))
  expect(await rows('select tags[2] as tag, labels->>1 as label from app_user')).toEqual([{ tag: 'b"c', label: 'b"c' }])
})

describe.for(stores)('On %s', ([, open]) => {
  it('objects and booleans arrive as such, bytes as bytes, and null is SQL’s NULL', async () => {
    const { dialect, rows } = await open('kysely_values')
    const db = new Kysely<Database>({ dialect })
    const isPostgres = db.getExecutor().adapter.constructor.name === 'PostgresAdapter'
    await db.schema
      .createTable('app_user')
      .addColumn('id', 'varchar(255)', (column) => column.primaryKey())
      .addColumn('settings', isPostgres ? 'jsonb' : 'json')
      .addColumn('picture', isPostgres ? 'bytea' : 'blob')
      .addColumn('banned', 'boolean')
      .execute()
    await syncColumnsMigration('app_user').up(db)
    let given: Pick<Database['app_user'], 'settings' | 'picture' | 'banned'>
    given = { settings: { a: [1, 'é', null], 'b`c': { d: "it's" } }, picture: Buffer.from([0, 255, 39]), banned: true }
    const clerkSync = createClerkSync({
      adapter: kyselyAdapter(db, { users: { table: 'app_user', columns: ['settings', 'picture', 'banned'] } }),
      map: { user: () => given },
    })
    const stored = async () => {
      const [row] = await rows('select settings, picture, banned from app_user')
      const settings: unknown = typeof row?.settings === 'string' ? JSON.parse(row.settings) : row?.settings
      return { ...row, settings, banned: row?.banned === null ? null : Boolean(row?.banned) }
    }

    await clerkSync.apply(userEvent('user.created', 'user_1', at))
    expect(await stored()).toEqual(given)

    given = { settings: null, picture: null, banned: null }
    await clerkSync.apply(userEvent('user.updated', 'user_1', at + 1))
    expect(await stored()).toEqual(given)
    const nulls = sql<{ n: unknown }>`select count(*) as n from app_user where settings is null`
    expect(Number((await nulls.execute(db)).rows[0]?.n)).toBe(1)
  })
  it('what is no single value is refused with its column, and is no piece of SQL', async () => {
    const { dialect, rows } = await open('kysely_values')
    const db = new Kysely<Database>({ dialect })
    const isPostgres = db.getExecutor().adapter.constructor.name === 'PostgresAdapter'
    await rows('create table app_user (id varchar(255) primary key, tags varchar(255))')
    await syncColumnsMigration('app_user').up(db)
    let value: unknown = null
    const clerkSync = createClerkSync({
      adapter: kyselyAdapter(db, { users: { table: 'app_user', columns: ['tags'] } }),
      map: { user: () => ({ tags: value as string[] }) },
    })
    const apply = (given: unknown) => {
      value = given
      return clerkSync.apply(userEvent('user.created', 'user_1', at))
    }
    await expect(apply(() => 'x')).rejects.toThrow(/^app_user\.tags is given a value of the type function/)
    if (!isPostgres) {
      const raw = { toSqlString: () => '(select 1)' }
      await expect(apply(new (class Tags extends Map {})())).rejects.toThrow(
        /^app_user\.tags is given a value of the type object/,
      )
      await expect(apply(Object.create(raw))).rejects.toThrow(/^app_user\.tags/)
    }
    expect(await rows('select * from app_user')).toEqual([])
    expect(await apply({ id: 'user_2', clerk_version: '9' })).toBe('created')
    expect(await rows('select id, tags from app_user')).toEqual([
      { id: 'user_1', tags: '{"id":"user_2","clerk_version":"9"}' },
    ])
  })
})

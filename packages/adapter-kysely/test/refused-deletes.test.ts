import { kyselyAdapter, type SyncColumns } from '@clerk-sync/adapter-kysely'
import { clerkId, syncColumnsMigration } from '@clerk-sync/adapter-kysely/migrations'
import { type ClerkSync, ClerkSyncError, createClerkSync } from '@clerk-sync/core'
import { userEvent, withEmail } from '@clerk-sync/test-support/events'
import { Kysely } from 'kysely'
import { describe, expect, it } from 'vitest'
import { openPostgres, type Store, stores } from './kit/stores.ts'

interface Database {
  app_user: SyncColumns<Date | number> & {
    id: string
    email: string | null
    phone_number: string | null
  }
}

const AT = 1_760_000_000_000
const ADDRESS = 'ada@example.com'

/** @param rules - what stands behind the columns: `email`, `phone_number`, and then constraints of the table */
async function open(openStore: (suite: string) => Promise<Store>, rules: readonly [string, string, ...string[]]) {
  const { dialect, rows } = await openStore('kysely_refused_deletes')
  const db = new Kysely<Database>({ dialect })
  const compiled = db.schema.createTable('t').addColumn('c', clerkId(db)).compile().sql
  const id = /c[`"] (.*)\)$/.exec(compiled)?.[1]
  const [email, phone, ...constraints] = rules
  const lines = [`id ${id} primary key`, `email varchar(255) ${email}`, `phone_number varchar(255) ${phone}`]
  await rows(`create table app_user (${[...lines, ...constraints].join(', ')})`)
  await syncColumnsMigration('app_user').up(db)
  const adapter = kyselyAdapter(db, { users: { table: 'app_user', columns: ['email', 'phone_number'] } })
  return {
    rows,
    clerkSync: (options: object = {}) => createClerkSync({ adapter, ...options }),
    emails: async () => (await rows('select email from app_user order by id')).map((row) => row.email),
  }
}

const errorsOf = async (clerkSync: Pick<ClerkSync, 'check'>) =>
  (await clerkSync.check()).flatMap(({ severity, message }) => (severity === 'error' ? [message] : []))

/** The message of a delete that is refused. It has no value of the row. */
async function refusalOf(clerkSync: ClerkSync, id = 'user_1'): Promise<string> {
  const refusal = await clerkSync.apply(userEvent('user.deleted', id, AT + 1)).catch((error: unknown) => error)
  if (!ClerkSyncError.is(refusal)) throw refusal
  expect(refusal.message).not.toContain(ADDRESS)
  return `${refusal.code}: ${refusal.message}`
}

describe.for(stores)('A delete that the table refuses for ever, on %s', ([, openStore]) => {
  it('CHECK (email is not null or phone_number is not null): check() and the error name it and map.deletedUser', async () => {
    const rule = 'constraint reachable check (email is not null or phone_number is not null)'
    const { clerkSync, emails } = await open(openStore, ['null', 'null', rule])
    expect(await errorsOf(clerkSync())).toEqual([
      expect.stringMatching(
        /app_user: the constraint reachable forbids .* NULL in email, phone_number.*map\.deletedUser/,
      ),
    ])
    await clerkSync().apply(userEvent('user.created', 'user_1', AT, withEmail(ADDRESS)))
    expect(await refusalOf(clerkSync())).toMatch(/^value_refused: .*constraint reachable forbids it.*map\.deletedUser/)
    expect(await emails()).toEqual([ADDRESS])

    const map = { deletedUser: ({ id }: { id: string }) => ({ email: `${id}@deleted.invalid` }) }
    expect(await errorsOf(clerkSync({ map }))).toEqual([])
    await clerkSync({ map }).apply(userEvent('user.deleted', 'user_1', AT + 1))
    expect(await emails()).toEqual(['user_1@deleted.invalid'])
  })

  it('a CHECK that a deleted row passes is no problem', async () => {
    const { clerkSync } = await open(openStore, [
      'null',
      'null',
      "constraint shape check (email like '%@%')",
      'constraint together check ((email is null) = (phone_number is null))',
    ])
    expect(await errorsOf(clerkSync())).toEqual([])
  })

  it('NOT NULL in the database alone: check() and the error name the column and map.deletedUser', async () => {
    const { clerkSync, emails } = await open(openStore, ['not null', 'null'])
    expect(await errorsOf(clerkSync())).toEqual([
      expect.stringMatching(/app_user\.email is NOT NULL in the database and not in the schema.*map\.deletedUser/),
    ])
    await clerkSync().apply(userEvent('user.created', 'user_1', AT, withEmail(ADDRESS)))
    expect(await refusalOf(clerkSync())).toMatch(/^value_refused: .*email is NOT NULL.*map\.deletedUser/)
    expect(await emails()).toEqual([ADDRESS])
  })

  it('the same value in every deleted row of a unique column: check() says so before the second delete', async () => {
    const { clerkSync } = await open(openStore, ['not null', 'null', 'unique (email)'])
    const map = { deletedUser: () => ({ email: 'deleted' }) }
    expect(await errorsOf(clerkSync({ map }))).toEqual([
      expect.stringMatching(
        /app_user\.email is unique, and a deleted row keeps its values.*503 unique_conflict for ever/,
      ),
    ])
    await clerkSync({ map }).apply(userEvent('user.deleted', 'user_1', AT))
    expect(await refusalOf(clerkSync({ map }), 'user_2')).toMatch(/^unique_conflict/)
    expect(await errorsOf(clerkSync({ map: { deletedUser: ({ id }: { id: string }) => ({ email: id }) } }))).toEqual([])
  })
})

it('PostgreSQL: UNIQUE NULLS NOT DISTINCT takes one deleted row: check() says so, and the error names the index', async () => {
  const rule = 'constraint one_email unique nulls not distinct (email)'
  const { clerkSync } = await open(openPostgres, ['null', 'null', rule])
  expect(await errorsOf(clerkSync())).toEqual([
    expect.stringMatching(/app_user\.email is unique, NULL too, and a deleted row.*where "deleted_at" is null/),
  ])
  await clerkSync().apply(userEvent('user.deleted', 'user_1', AT))
  expect(await refusalOf(clerkSync(), 'user_2')).toMatch(/^unique_conflict: .*The index is one_email\./)
})

it('SQLite: CHECK constraints are found on columns, behind comments and in quotes', async () => {
  const [, openSqlite] = stores.find(([name]) => name === 'SQLite') ?? stores[0] ?? expect.fail()
  const { clerkSync } = await open(openSqlite, [
    `check (email is not null /* never ) */)`,
    `default 'check (0)'`,
    'constraint "a ""name""" check (phone_number is not null)',
  ])
  expect(await errorsOf(clerkSync())).toEqual([
    expect.stringContaining('the constraint check (email is not null'),
    expect.stringContaining('the constraint a "name" forbids'),
  ])
})

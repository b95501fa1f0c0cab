import { kyselyAdapter, type SyncColumns } from '@clerk-sync/adapter-kysely'
import { createClerkSync } from '@clerk-sync/core'
import { Kysely } from 'kysely'
import { describe, expect, it } from 'vitest'
import { type Store, stores } from './kit/stores.ts'

interface Synced extends SyncColumns<Date | number> {
  id: string
}
interface Database {
  users: Synced & { email: string | null; first_name: string | null }
  memberships: Synced & { user_id: string; organization_id: string }
}

type Name = 'PostgreSQL' | 'MySQL' | 'MariaDB' | 'SQLite'
const DATES: Readonly<Record<Name, string>> = {
  PostgreSQL: 'timestamptz(3)',
  MySQL: 'datetime(3)',
  MariaDB: 'datetime(3)',
  SQLite: 'integer',
}

/** What stands behind the columns that a test is about, and lines beside them. */
interface Columns {
  id?: string
  email?: string
  user_id?: string
  more?: readonly string[]
}

const usersTable = (name: Name, { id = 'varchar(255) primary key', email = 'varchar(255)', more = [] }: Columns) => {
  const columns = [
    `id ${id}`,
    `email ${email}`,
    'first_name varchar(255)',
    "clerk_version varchar(34) not null default '0'",
  ]
  return `create table users (${[...columns, `deleted_at ${DATES[name]}`, ...more].join(', ')})`
}

const membershipsTable = (name: Name, { user_id = 'varchar(255) not null', more = [] }: Columns) => {
  const columns = ['id varchar(255) primary key', `user_id ${user_id}`, 'organization_id varchar(255) not null']
  const sync = ["clerk_version varchar(34) not null default '0'", `deleted_at ${DATES[name]}`]
  return `create table memberships (${[...columns, ...sync, ...more].join(', ')})`
}

function checkOf({ dialect }: Pick<Store, 'dialect'>, options: object = {}, schema?: string) {
  const plain = new Kysely<Database>({ dialect })
  const db = schema === undefined ? plain : plain.withSchema(schema)
  const adapter = kyselyAdapter(db, {
    users: { table: 'users', columns: ['email', 'first_name'] },
    organizationMemberships: { table: 'memberships', columns: ['user_id', 'organization_id'] },
  })
  const clerkSync = createClerkSync({ adapter, ...options })
  return async () => (await clerkSync.check()).map(({ severity, message }) => `${severity}: ${message}`)
}

type Open = (suite: string) => Promise<Store>

async function opened(name: Name, open: Open, users: Columns = {}, memberships: Columns = {}, options?: object) {
  const store = await open('kysely_check')
  await store.rows(usersTable(name, users))
  await store.rows(membershipsTable(name, memberships))
  return { ...store, check: checkOf(store, options) }
}

const only = (...names: readonly Name[]) =>
  stores.filter((store): store is [Name, Open] => names.includes(store[0] as Name))
const all = only('PostgreSQL', 'MySQL', 'MariaDB', 'SQLite')
const matching = (pattern: RegExp) => expect.stringMatching(pattern)

describe.for(all)('check on %s', ([name, open]) => {
  it('finds nothing on good tables', async () => {
    const { check } = await opened(name, open)
    expect(await check()).toEqual([])
  })

  it('finds deletes of the application in the column where those by Clerk are to be', async () => {
    const { check, rows } = await opened(name, open)
    await rows(`insert into users (id, deleted_at) values ('user_1', ${name === 'SQLite' ? '7' : 'current_timestamp'})`)
    expect(await check()).toEqual([matching(/^warning: users\.deleted_at is set in rows that no event has reached/)])
    await rows("update users set clerk_version = '1760000000000'")
    expect(await check()).toEqual([])
  })

  it('finds a column that nothing fills', async () => {
    const { check } = await opened(name, open, { more: ['tenant varchar(20) not null'] })
    expect(await check()).toEqual([matching(/^error: users\.tenant is NOT NULL, has no default, and nothing fills it/)])
  })

  it('finds a foreign key of a column that is filled, and not of another', async () => {
    const own = ['referrer varchar(255)', 'foreign key (referrer) references users (id)']
    const { check } = await opened(name, open, { more: own }, { more: ['foreign key (user_id) references users (id)'] })
    expect(await check()).toEqual([matching(/^warning: memberships\.user_id has a foreign key.*503 reference_missing/)])
  })

  it('finds a unique index of a column that is filled, and not of another or with the key', async () => {
    const { check, rows } = await opened(name, open, { more: ['slug varchar(20) unique'] })
    await rows('create unique index with_key on users (id, email)')
    expect(await check()).toEqual([])
    await rows('create unique index one_email on users (email)')
    expect(await check()).toEqual([matching(/^warning: users\.email is unique: .*503 unique_conflict/)])
  })

  it('takes neither a composite nor a plain index of the key for a unique one', async () => {
    const { check, rows } = await opened(name, open, { id: 'varchar(255) not null' })
    const missing = [matching(/^error: users\.id has no unique index of its own/)]
    expect(await check()).toEqual(missing)
    await rows('create index plain on users (id)')
    await rows('create unique index composite on users (id, email)')
    expect(await check()).toEqual(missing)
    await rows('create unique index alone on users (id)')
    expect(await check()).toEqual([])
  })

  it('finds a primary key of two columns', async () => {
    const { check } = await opened(name, open, {
      id: 'varchar(255) not null',
      email: 'varchar(20) not null',
      more: ['primary key (id, email)'],
    })
    expect((await check())[0]).toMatch(/^error: users\.id has no unique index of its own/)
  })

  it('finds triggers of inserts and updates, and not of deletes', async () => {
    const { check, rows } = await opened(name, open)
    const create = async (trigger: string, when: string) => {
      if (name !== 'PostgreSQL') {
        const body = name === 'SQLite' ? 'begin select 1; end' : 'set @seen = 1'
        return rows(`create trigger ${trigger} ${when} on users for each row ${body}`)
      }
      await rows(`create or replace function f() returns trigger language plpgsql as 'begin return new; end'`)
      return rows(`create trigger ${trigger} ${when} on users for each row execute function f()`)
    }
    await create('on_delete', 'after delete')
    expect(await check()).toEqual([])
    await create('on_insert', 'before insert')
    await create('on_update', 'after update')
    expect(await check()).toEqual([
      matching(/^warning: users has the trigger on_insert: /),
      matching(/^warning: users has the trigger on_update: /),
    ])
  })

  it('finds a view in the place of a table', async () => {
    const { check, rows } = await opened(name, open)
    await rows('alter table users rename to people')
    await rows('create view users as select * from people')
    expect(await check()).toEqual([matching(/^error: users is a view.*Give the adapter the table behind it/)])
  })

  it('finds a CHECK of a column that is filled, and not of another', async () => {
    const more = ['age int', 'constraint adult check (age > 17)', "constraint shape check (email like '%@%')"]
    const { check } = await opened(name, open, { more })
    expect(await check()).toEqual([matching(/^warning: users: the constraint shape holds for email, .*map\.user/)])
  })

  it('a CHECK of a column that nothing maps holds for its default, not for NULL', async () => {
    const more = ["plan varchar(20) default 'free'", 'constraint has_plan check (plan is not null)']
    const { check } = await opened(name, open, { more })
    expect(await check()).toEqual([])
  })

  it('a CHECK of a column that the map of deleted users fills is tried with what it returns', async () => {
    const more = ["constraint known check (first_name in ('x', 'deleted') and first_name is not null)"]
    const options = { map: { user: () => ({ first_name: 'x' }), deletedUser: () => ({ first_name: 'deleted' }) } }
    const { check } = await opened(name, open, { more }, {}, options)
    expect(await check()).toEqual([matching(/^warning: users: the constraint known holds for first_name/)])
    const refused = { map: { user: () => ({ first_name: 'x' }), deletedUser: () => ({ first_name: 'gone' }) } }
    const store = await opened(name, open, { more }, {}, refused)
    expect(await store.check()).toEqual([matching(/^error: users: the constraint known forbids what a delete writes/)])
  })

  it('a key of the application’s that a map gives in the place of a Clerk id is no problem', async () => {
    const map = { organizationMembership: () => ({ user_id: 1, organization_id: 'org_1' }) }
    const { check } = await opened(name, open, {}, { user_id: 'integer' }, { map })
    expect(await check()).toEqual([])
  })
})

const KEYS: Readonly<Record<Name, { readonly unfit: readonly string[]; readonly fit: readonly string[] }>> = {
  PostgreSQL: {
    unfit: ['uuid', 'serial', 'bigint', 'bytea', 'varchar(20)', 'char(32)', 'char(64)', 'mood', 'short_text'],
    fit: ['text', 'varchar', 'varchar(32)', 'long_text'],
  },
  MySQL: {
    unfit: ['int', 'bigint auto_increment', 'varchar(20)', 'char(20)', 'binary(40)', "enum('a')"],
    fit: ['varchar(32)', 'char(64)'],
  },
  MariaDB: {
    unfit: ['int', 'bigint auto_increment', 'varchar(20)', 'char(20)', 'uuid', "enum('a')"],
    fit: ['varchar(32)', 'char(64)'],
  },
  SQLite: { unfit: ['integer'], fit: ['text', 'char(20)', 'uuid'] },
}
const DOMAINS = [
  "create type mood as enum ('a')",
  'create domain short_text as varchar(20)',
  'create domain any_text as text',
  'create domain long_text as any_text not null',
]

describe.for(all)('A Clerk id on %s', ([name, open]) => {
  async function checkKey(type: string) {
    const store = await open('kysely_check')
    if (name === 'PostgreSQL') for (const statement of DOMAINS) await store.rows(statement)
    await store.rows(usersTable(name, { id: `${type} primary key` }))
    await store.rows(membershipsTable(name, {}))
    return (await checkOf(store)()).filter((problem) => !problem.includes('collation'))
  }

  it.for(KEYS[name].unfit)('has no room in a key of %s', async (type) => {
    expect(await checkKey(type)).toEqual([
      matching(
        /^error: users\.id (has the type .*, and the Clerk id of the user is text|.* blanks|holds 20 characters)/,
      ),
    ])
  })

  it.for(KEYS[name].fit)('has room in a key of %s', async (type) => {
    expect(await checkKey(type)).toEqual([])
  })

  it('has no room in a reference that is no text', async () => {
    if (name === 'SQLite') {
      // There a column keeps text, whatever type it is declared with, unless the table is strict.
      const store = await open('kysely_check')
      await store.rows(usersTable(name, {}))
      await store.rows(`${membershipsTable(name, { user_id: 'integer' }).replaceAll(/varchar\(\d+\)/g, 'text')} strict`)
      expect(await checkOf(store)()).toEqual([matching(/^error: memberships\.user_id has the type INTEGER/i)])
      return
    }
    const { check } = await opened(name, open, {}, { user_id: 'integer' })
    expect(await check()).toEqual([matching(/^error: memberships\.user_id has the type int.*id of the user is text/)])
  })
})

// MySQL and MariaDB have no partial indexes, MariaDB none of expressions.
it.for(only('PostgreSQL', 'SQLite'))(
  'check on %s does not take a partial index for a whole one',
  async ([name, open]) => {
    const { check, rows } = await opened(name, open, { id: 'varchar(255) not null' })
    await rows('create unique index live on users (id) where deleted_at is null')
    expect(await check()).toEqual([matching(/^error: users\.id has no unique index of its own/)])
    await rows('create unique index alone on users (id)')
    await rows('create unique index live_email on users (email) where deleted_at is null')
    expect(await check()).toEqual([matching(/^warning: users has the unique index live_email, of some rows/)])
  },
)

it.for(only('PostgreSQL', 'MySQL', 'SQLite'))(
  'check on %s notes a unique address of a table that was there before, and warns of other unique columns as ever',
  async ([name, open]) => {
    const { check, rows } = await opened(name, open, { id: 'varchar(255) unique' })
    await rows('create unique index one_address on users (email)')
    await rows('create unique index one_in_any_case on users ((lower(email)))')
    await rows('create unique index one_name on users (first_name)')
    if (name !== 'MySQL') await rows('create unique index one_alive on users (email) where deleted_at is null')
    const notes = [...(name === 'MySQL' ? [] : ['one_alive']), 'one_in_any_case']
    expect((await check()).sort()).toEqual([
      ...notes.map((index) => matching(new RegExp(`^note: users has the unique index ${index}, `))),
      matching(/^note: users\.email is unique: .*linking relies on that/),
      matching(/^warning: users\.first_name is unique: /),
    ])
  },
)

it.for(only('PostgreSQL', 'MySQL', 'SQLite'))(
  'check on %s finds a unique index of an expression',
  async ([name, open]) => {
    const { check, rows } = await opened(name, open, { id: 'varchar(255) not null' })
    await rows('create unique index by_expression on users ((lower(id)))')
    expect(await check()).toEqual([
      matching(/^error: users\.id has no unique index of its own/),
      matching(/^warning: users has the unique index by_expression, of some rows or of expressions/),
    ])
  },
)

it.for(only('MySQL', 'MariaDB'))(
  'check on %s does not take an index of a prefix for one of the key',
  async ([name, open]) => {
    const { check, rows } = await opened(name, open, { id: 'varchar(255) not null' })
    await rows('create unique index prefix on users (id(10))')
    expect((await check())[0]).toMatch(/^error: users\.id has no unique index of its own/)
  },
)

it.for(only('PostgreSQL', 'MySQL', 'MariaDB', 'SQLite'))(
  'check on %s is silent about the index over live memberships that it asks for itself',
  async ([name, open]) => {
    const { check, rows } = await opened(name, open)
    await rows('create unique index one_membership on memberships (user_id, organization_id)')
    const [problem = '', ...more] = await check()
    expect(more).toEqual([])
    const [, statement = ''] = /live rows alone: (.*?)\.(?: Or|$)/.exec(problem) ?? []
    await rows(`drop index one_membership${name === 'MySQL' || name === 'MariaDB' ? ' on memberships' : ''}`)
    await rows(statement)
    expect(await check()).toEqual([])
  },
)

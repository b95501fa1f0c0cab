import { kyselyAdapter } from '@clerk-sync/adapter-kysely'
import { type ClerkSync, createClerkSync } from '@clerk-sync/core'
import { userEvent } from '@clerk-sync/test-support/events'
import {
  CamelCasePlugin,
  type Dialect,
  type DialectAdapter,
  DummyDriver,
  Kysely,
  MssqlAdapter,
  MssqlQueryCompiler,
  MysqlAdapter,
  MysqlQueryCompiler,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryCompiler,
  SqliteAdapter,
  sql,
} from 'kysely'
import { describe, expect, it } from 'vitest'

interface Database {
  app_user: { id: string; email: string | null; clerk_version: string; deleted_at: Date | null }
}

// A driver that answers nothing: set-up asks nothing.
const dialect = (
  adapter: () => DialectAdapter,
  compiler: () => QueryCompiler = () => new PostgresQueryCompiler(),
): Dialect => ({
  createAdapter: adapter,
  createDriver: () => new DummyDriver(),
  createIntrospector: (db: Kysely<unknown>) => new PostgresIntrospector(db),
  createQueryCompiler: compiler,
})
const db = new Kysely<Database>({ dialect: dialect(() => new PostgresAdapter()) })
const users = { table: 'app_user', columns: ['email'] }
// What a JavaScript user, or one with a cast, could pass: the types refuse most of it.
const setUp = (options: object): ClerkSync => Reflect.apply(createClerkSync, undefined, [options])
const adapter = (tables: unknown, on: unknown = db) => Reflect.apply(kyselyAdapter, undefined, [on, tables])

describe('What cannot be is refused at set-up, with what to do:', () => {
  it.for([null, 'app_user', 5, {}, { table: 'app_user' }, { columns: ['email'] }])(
    'a table without its name or its columns: %o',
    (table) => {
      const message = /takes its name and the columns to fill.*columns: \['email'/
      expect(() => adapter({ users: table })).toThrow(message)
      expect(() => adapter({ users, emailAddresses: table })).toThrow(message)
    },
  )

  it.for([
    { table: 1 },
    { columns: 'email' },
    { columns: ['email', 1] },
    { json: 'email' },
    { json: ['email', 1] },
    { arrays: { email: true } },
    { arrays: [undefined] },
    { defaults: null },
    { defaults: 'email' },
  ])('a table, or a list of its columns, that is none: %o', (options) => {
    expect(() => adapter({ users: { ...users, ...options } })).toThrow(/takes a name, and lists of columns: \{ table:/)
    const parts = { table: 'emails', columns: ['email'], ...options }
    expect(() => adapter({ users, emailAddresses: parts })).toThrow(/for emailAddress\w* takes a name, and lists/)
  })

  it('columns of clerk-sync’s own among those that a map fills', () => {
    expect(() => adapter({ users: { ...users, columns: ['id', 'email'] } })).toThrow(
      /app_user\.id is a key or a sync column/,
    )
    // The application's own, beside a key of another name.
    for (const column of ['id', 'clerk_id', 'clerkVersion', 'deleted_at']) {
      const columns = { key: 'ref', version: 'seq', deletedAt: 'gone_at', columns: [column] }
      expect(() => adapter({ users: { table: 'app_user', ...columns } })).toThrow(/is a key or a sync column/)
    }
    expect(() => adapter({ users: { ...users, columns: ['clerk_version'] } })).toThrow(/take it out of columns/)
  })

  it('options for columns that are not listed', () => {
    expect(() => adapter({ users: { ...users, defaults: { banned: false } } })).toThrow(/banned.*is not in columns/)
    expect(() => adapter({ users: { ...users, json: ['tags'] } })).toThrow(/tags.*is not in columns/)
    expect(() => adapter({ users: { ...users, arrays: ['tags'] } })).toThrow(/tags.*is not in columns/)
  })

  it('misspelt options and tables', () => {
    expect(() => adapter({ users: { ...users, column: [] } })).toThrow(/no option "column": did you mean "columns"/)
    expect(() => adapter({ user: users })).toThrow(/There is no table "user": did you mean "users"\?/)
    for (const option of ['key', 'version', 'deletedAt']) {
      expect(() => adapter({ users: { ...users, [option]: 1 } })).toThrow(/are names of columns/)
    }
    const parts = { table: 'emails', columns: [] }
    expect(() => adapter({ users, emailAddresses: { ...parts, owner: 1 } })).toThrow(/are names of columns/)
    expect(() => adapter({ users, emailAddresses: { ...parts, version: 'seq' } })).toThrow(/no option "version"/)
    expect(() => adapter({ users, events: { table: 'clerk_events' } })).toThrow(/events takes the name/)
  })

  it('versions of a table in two places, and in none', () => {
    const beside = (table: object, versions: unknown = 'clerk_versions') =>
      adapter({ users: { ...users, ...table }, versions })
    expect(() => beside({ versions: 'beside' })).toThrow(/app_user: versions is 'row', for a table with sync columns/)
    for (const option of ['version', 'deletedAt']) {
      expect(() => beside({ [option]: 'seq' })).toThrow(/name sync columns.*say versions: 'row'/)
      expect(() => beside({ [option]: 'seq', versions: 'row' })).not.toThrow()
      expect(() => adapter({ users: { ...users, [option]: 'seq' } })).not.toThrow()
    }
    expect(() => beside({}, { table: 'clerk_versions' })).toThrow(/versions takes the name of the table of versions/)
    expect(() => setUp({ adapter: adapter({ users }), onDelete: 'remove' })).toThrow(/has its versions in its own rows/)
    for (const table of [{}, { versions: 'row' }]) {
      expect(() => setUp({ adapter: beside(table), onDelete: 'keep' })).not.toThrow()
    }
  })

  it('misspelt options of the adapter, and values that cannot be meant', () => {
    const given = (options: unknown) => () => Reflect.apply(kyselyAdapter, undefined, [db, { users }, options])
    expect(given({ timeoutMs: 1 })).toThrow(/kyselyAdapter has no option "timeoutMs": did you mean "hookTimeoutMs"/)
    expect(given({ hookTimeoutMs: '5s' })).toThrow(/hookTimeoutMs must be a positive whole number/)
    expect(given(5_000)).toThrow(/kyselyAdapter takes an object with hookTimeoutMs/)
    expect(() => adapter(undefined)).toThrow(/kyselyAdapter takes an object of tables/)
    expect(() => adapter({ user: users, users })).toThrow(/did you mean "users"/)
  })

  it('hooks without a ledger', () => {
    const on = { 'user.created': () => {} }
    expect(() => createClerkSync({ adapter: adapter({ users }), on })).toThrow(/Hooks need the ledger table.*events/)
  })

  it('a map of a column that is not listed', () => {
    const map = { user: () => ({ tagline: 'x' }) }
    expect(() => setUp({ adapter: adapter({ users }), map })).toThrow(/returns "tagline"/)
  })

  it('something that is no Kysely, and a transaction', async () => {
    expect(() => adapter({ users }, {})).toThrow(/takes an instance of Kysely/)
    const refused = db.transaction().execute(async (tx) => adapter({ users }, tx))
    await expect(refused).rejects.toThrow(/was given a transaction.*Pass the Kysely instance itself/)
  })

  it('SQL Server', () => {
    const mssql = new Kysely<Database>({
      dialect: dialect(
        () => new MssqlAdapter(),
        () => new MssqlQueryCompiler(),
      ),
    })
    expect(() => adapter({ users }, mssql)).toThrow(/has a MssqlAdapter.*PostgreSQL, MySQL/)
  })
})

describe('What shows later is refused with the first event:', () => {
  it('a driver that does not say how many rows it wrote', async () => {
    const mute = new Kysely<Database>({
      dialect: dialect(
        () => new MysqlAdapter(),
        () => new MysqlQueryCompiler(),
      ),
    })
    const clerkSync = createClerkSync({ adapter: adapter({ users }, mute) })
    await expect(clerkSync.apply(userEvent('user.created', 'user_1', 1_760_000_000_000))).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringMatching(/numAffectedRows.*README/),
    })
  })

  it('a map that returns an SQL expression', async () => {
    const clerkSync = setUp({ adapter: adapter({ users }), map: { user: () => ({ email: sql`lower('A')` }) } })
    await expect(clerkSync.apply(userEvent('user.created', 'user_1', 1_760_000_000_000))).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringMatching(/app_user\.email is given an SQL expression/),
    })
  })
})

it('Setting up touches no database, and says what it is', () => {
  expect(kyselyAdapter(db, { users: { table: 'app_user', columns: ['email'] } }).name).toBe('kysely:postgres')
})

it('Columns that no option names are spelt as the instance spells them', () => {
  const tables = { users, emailAddresses: { table: 'emails', columns: [] } }
  const named = { key: 'ref', version: 'seq', deletedAt: 'gone_at' }
  const namesIn = (on: unknown, given: object = tables) => {
    const { tables: synced, parts } = adapter(given, on)
    const { emailAddress } = parts.tables
    return [synced.user.key, synced.user.clerkVersion, synced.user.deletedAt, emailAddress.key, emailAddress.owner]
  }
  expect(namesIn(db)).toEqual(['id', 'clerk_version', 'deleted_at', 'id', 'user_id'])
  const inCamelCase = db.withPlugin(new CamelCasePlugin())
  expect(namesIn(inCamelCase)).toEqual(['id', 'clerkVersion', 'deletedAt', 'id', 'userId'])
  const parts = { ...tables.emailAddresses, key: 'ref', owner: 'of' }
  const given = { users: { ...users, ...named }, emailAddresses: parts }
  for (const on of [db, inCamelCase]) {
    expect(namesIn(on, given)).toEqual(['ref', 'seq', 'gone_at', 'ref', 'of'])
  }
})

it('What is said of columns is known of them: SQLite’s JSON is text', () => {
  const options = { table: 'app_user', columns: ['doc', 'plan', 'note'], json: ['doc'], defaults: { plan: 'free' } }
  const saidOn = (on: unknown) => adapter({ users: options }, on).tables.user.columns
  const plan = { nullable: false, required: false, emptyValue: 'free' }
  const mysql = () => new MysqlQueryCompiler()
  expect(saidOn(db)).toEqual({ doc: { type: 'json' }, plan, note: {} })
  expect(saidOn(new Kysely<Database>({ dialect: dialect(() => new MysqlAdapter(), mysql) }))).toEqual(saidOn(db))
  const sqlite = new Kysely<Database>({ dialect: dialect(() => new SqliteAdapter()) })
  expect(saidOn(sqlite)).toEqual({ doc: {}, plan, note: {} })
})

import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { ENTITIES, sqlTables } from '@clerk-sync/adapter-testkit'
import { type ClerkSync, createClerkSync, type Problem } from '@clerk-sync/core'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { userEvent } from '@clerk-sync/test-support/events'
import { rawSqlite } from '@clerk-sync/test-support/raw-connections'
import { ARRIVALS, deliver, rejoining } from '@clerk-sync/test-support/rejoining'
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import { PrismaPg } from '@prisma/adapter-pg'
import mysql2 from 'mysql2/promise'
import pg from 'pg'
import { describe, expect, it, onTestFinished } from 'vitest'
import { PrismaClient as MysqlClient } from './.generated/mysql/prisma/index.js'
import { PrismaClient } from './.generated/postgres/prisma/client.ts'
import { PrismaClient as SqliteClient } from './.generated/sqlite/prisma/client.ts'
import { poolConfig } from './kit/mysql.ts'
import { stream } from './kit/postgres.ts'
import { shapes } from './kit/shapes.ts'

type Shape = keyof typeof shapes

interface Store {
  readonly dialect: 'postgres' | 'mysql' | 'sqlite'
  run(statement: string): Promise<unknown>
  check(shape: Shape): Promise<readonly Problem[]>
  plain(options?: object): ClerkSync
}

async function openPostgres(): Promise<Store> {
  const pool = new pg.Pool({ connectionString: await freshDatabase('postgres', 'prisma_check'), max: 2, stream })
  onTestFinished(() => pool.end())
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) })
  return {
    dialect: 'postgres',
    run: (text) => pool.query(text),
    check: (shape) => prismaAdapter(prisma, shapes[shape]).check(),
    plain: (options) => createClerkSync({ adapter: prismaAdapter(prisma, shapes.plain), ...options }),
  }
}

const openMysql = (server: 'mysql' | 'mariadb') => async (): Promise<Store> => {
  const uri = await freshDatabase(server, 'prisma_check')
  const connection = await mysql2.createConnection(uri)
  const prisma = new MysqlClient({ adapter: new PrismaMariaDb(poolConfig(uri)) })
  onTestFinished(async () => {
    await connection.end()
    await prisma.$disconnect()
  })
  return {
    dialect: 'mysql',
    run: (text) => connection.query(text),
    check: (shape) => prismaAdapter(prisma, shapes[shape]).check(),
    plain: (options) => createClerkSync({ adapter: prismaAdapter(prisma, shapes.plain), ...options }),
  }
}

async function openSqlite(): Promise<Store> {
  const { file, query } = rawSqlite(onTestFinished)
  const prisma = new SqliteClient({ adapter: new PrismaBetterSqlite3({ url: file }) })
  onTestFinished(() => prisma.$disconnect())
  return {
    dialect: 'sqlite',
    run: query,
    check: (shape) => prismaAdapter(prisma, shapes[shape]).check(),
    plain: (options) => createClerkSync({ adapter: prismaAdapter(prisma, shapes.plain), ...options }),
  }
}

/** The tables of the kit, with one definition changed. */
const create = ({ dialect, run }: Pick<Store, 'dialect' | 'run'>, change = (statement: string) => statement) =>
  sqlTables(dialect, async (statement) => {
    await run(change(statement))
    return []
  }).create()

const AT = 1_760_000_000_000

const brief = (problems: readonly Problem[]) => problems.map(({ severity, message }) => `${severity}: ${message}`)

describe.for([
  ['PostgreSQL', openPostgres],
  ['MySQL', openMysql('mysql')],
  ['MariaDB', openMysql('mariadb')],
  ['SQLite', openSqlite],
] as const)('check on %s', ([, open]) => {
  it('tells of a delete that a CHECK constraint forbids, and the error names map.deletedUser', async () => {
    const store = await open()
    await create(store, (statement) =>
      statement.replace(/(create table .users.*?[ (].email. [^,]+), /, '$1 check (email is not null), '),
    )
    expect(brief(await store.plain().check())).toContainEqual(
      expect.stringMatching(/^error: User: the constraint .* forbids what a delete writes, NULL in .*email/),
    )
    await expect(store.plain().apply(userEvent('user.deleted', 'user_1', AT))).rejects.toMatchObject({
      code: 'value_refused',
      message: expect.stringMatching(/the constraint .* forbids it.*map\.deletedUser/),
    })
    const map = { user: () => ({ email: 'x' }), deletedUser: ({ id }: { id: string }) => ({ email: id }) }
    expect(brief(await store.plain({ map }).check())).toEqual([
      expect.stringMatching(/^warning: User: the constraint .* holds for email, which the library fills/),
    ])
    expect(await store.plain({ map }).apply(userEvent('user.deleted', 'user_1', AT))).toBe('deleted')
  })

  it('tells of an index that keeps a member who left out for ever; with a map, any order lets the member back', async () => {
    const store = await open()
    await create(store)
    const quote = store.dialect === 'mysql' ? '`' : '"'
    const table = `${quote}${ENTITIES.organizationMembership.table}${quote}`
    await store.run(`create unique index members_unique on ${table} (user_id, organization_id)`)
    expect(brief(await store.plain().check())).toContainEqual(
      expect.stringMatching(
        /^error: OrganizationMembership\.user_id, organization_id is unique.*503 unique_conflict for ever/,
      ),
    )
    const map = { deletedOrganizationMembership: ({ id }: { id: string }) => ({ userId: id }) }
    expect(brief(await store.plain({ map }).check())).not.toContainEqual(expect.stringMatching(/^error/))
    for (const arrival of ARRIVALS) {
      await store.run(`delete from ${table}`)
      const events = rejoining()
      const sent = arrival.map((name) => events[name])
      expect({ arrival, refused: await deliver(store.plain({ map }), sent) }).toEqual({ arrival, refused: [] })
      expect((await store.plain().find('organizationMembership', 'orgmem_2'))?.deleted).toBe(false)
      expect((await store.plain().find('organizationMembership', 'orgmem_1'))?.deleted).toBe(true)
    }
  })

  it('finds nothing on good tables', async () => {
    const store = await open()
    await create(store)
    expect(await store.check('plain')).toEqual([])
    expect(await store.check('ownKey')).toEqual([])
  })

  it('finds tables and columns that are not there', async () => {
    const store = await open()
    expect(brief(await store.check('ownKey'))).toEqual([
      'error: The table OwnKeyUser is not in the database. Run your migrations.',
      'error: The table ClerkEvent is not in the database. Run your migrations.',
    ])
    await create(store, (statement) => statement.replace(/.first_name. [^,]+, /, ''))
    expect(brief(await store.check('withoutLedger'))).toEqual([
      'error: User.first_name is in the schema but not in the database. Run your migrations.',
    ])
  })

  it('finds a nullable version, a key that is not unique, and a unique column that will bite', async () => {
    const store = await open()
    const nullable = /(clerk_version.+?) not null default '0'/
    await create(store, (statement) => statement.replace(nullable, '$1').replace(/(clerk_id.+?) unique/, '$1'))
    const found = brief(await store.check('uniqueFirst'))
    expect(found).toContainEqual(
      expect.stringMatching(/^error: UniqueFirstUser\.clerk_version must be NOT NULL DEFAULT/),
    )
    expect(found).toContainEqual(expect.stringMatching(/^error: UniqueFirstUser\.clerk_id has no unique index/))
    expect(found).toContainEqual(expect.stringMatching(/^warning: UniqueFirstUser\.email is unique: while another row/))
  })
})

/** What a migration that did not run leaves: a column of another type than the schema's. */
const OLD_TYPES = {
  postgres: { first_name: 'varchar(10)', last_sign_in_at: 'bigint', public_metadata: 'text' },
  mysql: { first_name: 'varchar(10)', last_sign_in_at: 'bigint', public_metadata: 'text' },
  sqlite: { first_name: 'integer', banned: 'text' },
} as const

it.for([
  ['PostgreSQL', openPostgres],
  ['MySQL', openMysql('mysql')],
  ['MariaDB', openMysql('mariadb')],
  ['SQLite', openSqlite],
] as const)('check on %s finds columns that are not of the schema’s types', async ([, open]) => {
  const store = await open()
  const old = Object.entries(OLD_TYPES[store.dialect])
  await create(store, (statement) => {
    if (!/create table .users./.test(statement)) return statement
    return old.reduce(
      (text, [column, type]) => text.replace(new RegExp(`(.${column}.) [^,]*?(?=( not null|,|\\)$))`), `$1 ${type}`),
      statement,
    )
  })
  const found = brief(await store.check('withoutLedger'))
  expect(
    found
      .map(
        (problem) => /^warning: User\.(\w+) is \S.* in the database and .* in the schema/.exec(problem)?.[1] ?? problem,
      )
      .sort(),
  ).toEqual(old.map(([column]) => column).sort())
})

it('check on PostgreSQL finds a policy that hides deleted rows, and the error of a delete says so', async () => {
  const connectionString = await freshDatabase('postgres', 'prisma_policies')
  const owner = new pg.Pool({ connectionString, max: 1 })
  const run = (text: string) => owner.query(text)
  await create({ dialect: 'postgres', run })
  await run('alter table users enable row level security')
  await run('create policy live on users using (deleted_at is null)')
  await run('create role prisma_under_policies')
  await run('grant all on users to prisma_under_policies')
  const pool = new pg.Pool({ connectionString, options: '-c role=prisma_under_policies', stream })
  onTestFinished(async () => {
    await pool.end()
    await run('drop owned by prisma_under_policies')
    await run('drop role prisma_under_policies')
    await owner.end()
  })
  const adapter = prismaAdapter(new PrismaClient({ adapter: new PrismaPg(pool) }), { users: 'user' })
  const clerkSync = createClerkSync({ adapter })
  expect(await clerkSync.apply(userEvent('user.created', 'user_1', AT))).toBe('created')
  await expect(clerkSync.apply(userEvent('user.deleted', 'user_1', AT + 1))).rejects.toMatchObject({
    code: 'store_failed',
    message: expect.stringMatching(/row-level security.*refuses every delete.*Let a policy for this role pass them/),
  })
  expect(brief(await clerkSync.check())).toEqual([expect.stringMatching(/^error: User: the policy live hides a row/)])
})

it('check on MySQL finds nothing in tables as Prisma makes them, and one collation that differs', async () => {
  const store = await openMysql('mysql')()
  await create(store, (statement) => statement.replaceAll(/ character set ascii collate ascii_bin/g, ''))
  expect(brief(await store.check('plain'))).toEqual([])
  await store.run('alter table users modify id varchar(191) character set latin1 collate latin1_general_cs not null')
  const message = 'has the collation utf8mb4_0900_ai_ci, and User\\.id has latin1_general_cs: a join of the two'
  const referring = [
    'OrganizationMembership',
    'OrganizationInvitation',
    'Session',
    'Subscription',
    'SubscriptionItem',
    'PaymentAttempt',
  ]
  const expected = referring.map((model) => expect.stringMatching(`^warning: ${model}\\.user_id ${message}`))
  expect(brief(await store.check('plain'))).toEqual(expected)
})

it('check on PostgreSQL warns of a driver that ends no silent connection, and not of one that does', async () => {
  const connectionString = await freshDatabase('postgres', 'prisma_check')
  const warnings = async (config: pg.PoolConfig) => {
    const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString, ...config }) })
    onTestFinished(() => prisma.$disconnect())
    const problems = await prismaAdapter(prisma, { users: 'user' }).check()
    return brief(problems.filter(({ table }) => table === '(connections)'))
  }
  expect(await warnings({})).toEqual([expect.stringMatching(/^warning: .*silent.*stream/)])
  expect(await warnings({ stream })).toEqual([])
})

import { prismaAdapter } from '@clerk-sync/adapter-prisma'
import { sqlTables } from '@clerk-sync/adapter-testkit'
import type { Problem } from '@clerk-sync/core'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { rawSqlite } from '@clerk-sync/test-support/raw-connections'
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
import { shapes } from './kit/shapes.ts'

type Shape = keyof typeof shapes

interface Store {
  readonly dialect: 'postgres' | 'mysql' | 'sqlite'
  run(statement: string): Promise<unknown>
  check(shape: Shape): Promise<readonly Problem[]>
}

async function openPostgres(): Promise<Store> {
  const pool = new pg.Pool({ connectionString: await freshDatabase('postgres', 'prisma_check'), max: 2 })
  onTestFinished(() => pool.end())
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) })
  return {
    dialect: 'postgres',
    run: (text) => pool.query(text),
    check: (shape) => prismaAdapter(prisma, shapes[shape]).check(),
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
  }
}

/** The tables of the kit, with one definition changed. */
const create = ({ dialect, run }: Store, change = (statement: string) => statement) =>
  sqlTables(dialect, async (statement) => {
    await run(change(statement))
    return []
  }).create()

const brief = (problems: readonly Problem[]) => problems.map(({ severity, message }) => `${severity}: ${message}`)

describe.for([
  ['PostgreSQL', openPostgres],
  ['MySQL', openMysql('mysql')],
  ['MariaDB', openMysql('mariadb')],
  ['SQLite', openSqlite],
] as const)('check on %s', ([, open]) => {
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

it('check on MySQL finds a key that ignores case, as Prisma makes them', async () => {
  const store = await openMysql('mysql')()
  await create(store, (statement) => statement.replaceAll(/ character set ascii collate ascii_bin/g, ''))
  expect(brief(await store.check('withoutLedger'))).toEqual([
    expect.stringMatching(/^error: User\.id ignores case.*latin1_general_cs/),
  ])
})

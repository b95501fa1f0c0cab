import { PrismaMariaDb } from '@prisma/adapter-mariadb'
import { Kysely, MysqlDialect } from 'kysely'
import { createPool, type Pool, type RowDataPacket } from 'mysql2'
import mysql from 'mysql2/promise'
import { byHand } from './by-hand.ts'
import { type Arena, type Contender, FLOOR, type Group } from './contender.ts'
import { drizzleOnMysql } from './drizzle/mysql.ts'
import { floor } from './floor.ts'
import { besideMany, MANY, type Tables, throughKysely } from './kysely.ts'
import { prismaClient, throughPrisma } from './prisma/contenders.ts'

const MANY_AT_ONCE = 100_000

const key = 'varchar(255)'
const SYNC_COLUMNS = ", clerk_version varchar(34) not null default '0', deleted_at datetime(3)"

const tables = ({ id, versions }: Contender) => [
  `create table ${id}_users (id ${key} primary key, email varchar(255), first_name varchar(255),
    last_name varchar(255), image_url varchar(255)${versions ? '' : SYNC_COLUMNS})`,
  `create table ${id}_versions (table_name varchar(129) not null, id ${key} not null, version varchar(34) not null,
    deleted_at datetime(3), primary key (table_name, id))`,
  `create table ${id}_processed (id ${key} primary key, processed_at datetime not null default now())`,
  `create table ${id}_welcomes (user_id ${key} not null, event_id ${key} not null, primary key (user_id, event_id))`,
  `create table ${id}_events (id ${key} primary key, type varchar(255) not null, entity_id ${key},
    occurred_at datetime(3) not null, processed_at datetime(3) not null)`,
]

/** @param many - how many versions of others there are, where that is measured instead */
export async function mysqlArena(url: string, many?: number, database = 'MySQL'): Promise<Arena> {
  const server = await mysql.createConnection(url)
  await server.query('drop database if exists bench')
  await server.query('create database bench')
  await server.end()

  const uri = new URL(url)
  uri.pathname = '/bench'
  const pool = createPool({ uri: uri.href, connectionLimit: 8 })
  const raw = pool.promise()
  const login = {
    host: uri.hostname,
    port: Number(uri.port),
    user: decodeURIComponent(uri.username),
    password: decodeURIComponent(uri.password),
    database: 'bench',
  }
  const prisma = await prismaClient(
    'mysql',
    new PrismaMariaDb({ ...login, connectionLimit: 8, allowPublicKeyRetrieval: true }, { useTextProtocol: true }),
  )
  const kysely = new Kysely<Tables>({ dialect: new MysqlDialect({ pool }) })
  const groups = many
    ? besideMany(kysely)
    : [throughDriver(raw), drizzleOnMysql(pool), throughKysely(kysely), throughPrisma(prisma)]
  for (const contender of groups.flatMap(({ contenders }) => contenders)) {
    for (const statement of tables(contender)) await raw.query(statement)
  }
  for (let first = 0; many && first < many; first += MANY_AT_ONCE) {
    await raw.query(`insert into ${MANY} (table_name, id, version)
      with recursive n (n) as (select ${first} union all select n + 1 from n where n < ${first + MANY_AT_ONCE - 1})
      select /*+ set_var(cte_max_recursion_depth = ${MANY_AT_ONCE}) */
        'kysely_full_users', concat('user_', lpad(n, 27, '0')), repeat('1', 33) from n`)
  }
  return {
    database,
    groups,
    async stored({ id }) {
      const [[row]] = await raw.query<RowDataPacket[]>(
        `select count(*) as count from ${id}_users where first_name = 'Grace'`,
      )
      return Number(row?.count)
    },
    async close() {
      await prisma.$disconnect()
      await raw.end()
    },
  }
}

function throughDriver(pool: ReturnType<Pool['promise']>): Group {
  const newer = (column: string) =>
    `${column} = if(clerk_version < values(clerk_version), values(${column}), ${column})`
  const updates = ['email', 'first_name', 'last_name', 'image_url', 'clerk_version'].map(newer).join(', ')
  const guarded = (id: string) => `insert into ${id}_users (id, email, first_name, last_name, image_url, clerk_version)
    values (?, ?, ?, ?, ?, ?) on duplicate key update ${updates}`
  return {
    orm: 'mysql2',
    contenders: [
      {
        id: 'driver_hand',
        name: 'by hand',
        handle: byHand({
          async processed(message) {
            const [rows] = await pool.query<RowDataPacket[]>('select id from driver_hand_processed where id = ?', [
              message,
            ])
            return rows.length > 0
          },
          create: (user) =>
            pool.query(
              'insert into driver_hand_users (id, email, first_name, last_name, image_url) values (?, ?, ?, ?, ?)',
              Object.values(user),
            ),
          update: ({ id, ...values }) =>
            pool.query(
              'update driver_hand_users set email = ?, first_name = ?, last_name = ?, image_url = ? where id = ?',
              [...Object.values(values), id],
            ),
          markProcessed: (message) => pool.query('insert into driver_hand_processed (id) values (?)', [message]),
        }),
      },
      {
        id: 'floor_unnamed',
        name: 'the floor, unprepared',
        handle: floor((values) => pool.query(guarded('floor_unnamed'), values)),
      },
      {
        id: FLOOR,
        name: 'the floor',
        handle: floor((values) => pool.execute(guarded(FLOOR), values as string[])),
      },
    ],
  }
}

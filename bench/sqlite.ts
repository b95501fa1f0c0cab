import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import Sqlite, { type Database, type Statement } from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'
import { byHand } from './by-hand.ts'
import { type Arena, type Contender, FLOOR, type Group } from './contender.ts'
import { drizzleOnSqlite } from './drizzle/sqlite.ts'
import { floor } from './floor.ts'
import { besideMany, MANY, type Tables, throughKysely } from './kysely.ts'
import { prismaClient, throughPrisma } from './prisma/contenders.ts'

const SYNC_COLUMNS = ", clerk_version text not null default '0', deleted_at integer"

const tables = ({ id, versions }: Contender) => `
  create table ${id}_users (
    id text primary key, email text, first_name text, last_name text, image_url text${versions ? '' : SYNC_COLUMNS});
  create table ${id}_versions (table_name text not null, id text not null, version text not null,
    deleted_at integer, primary key (table_name, id));
  create table ${id}_processed (id text primary key, processed_at text not null default current_timestamp);
  create table ${id}_welcomes (user_id text not null, event_id text not null, primary key (user_id, event_id));
  create table ${id}_events (id text primary key, type text not null, entity_id text,
    occurred_at integer not null, processed_at integer not null)`

/**
 * A file in WAL mode, which syncs to the disk at checkpoints and not at each commit.
 *
 * @param many - how many versions of others there are, where that is measured instead
 */
export async function sqliteArena(many?: number): Promise<Arena> {
  const folder = mkdtempSync(join(tmpdir(), 'clerk-sync-bench-'))
  const file = join(folder, 'bench.db')
  const database = new Sqlite(file)
  database.pragma('journal_mode = WAL')
  const prisma = await prismaClient('sqlite', new PrismaBetterSqlite3({ url: `file:${file}` }))
  const kysely = new Kysely<Tables>({ dialect: new SqliteDialect({ database }) })
  const groups = many
    ? besideMany(kysely)
    : [throughDriver(database), drizzleOnSqlite(database), throughKysely(kysely), throughPrisma(prisma)]
  for (const contender of groups.flatMap(({ contenders }) => contenders)) database.exec(tables(contender))
  if (many) {
    database.exec(`insert into ${MANY} (table_name, id, version)
      with recursive n (n) as (select 1 union all select n + 1 from n where n < ${many})
      select 'kysely_full_users', printf('user_%027d', n), '${'1'.repeat(33)}' from n`)
  }
  return {
    database: 'SQLite',
    groups,
    async stored({ id }) {
      return Number(database.prepare(`select count(*) from ${id}_users where first_name = 'Grace'`).pluck().get())
    },
    async close() {
      await prisma.$disconnect()
      database.close()
      rmSync(folder, { recursive: true })
    },
  }
}

function throughDriver(database: Database): Group {
  const guarded = (id: string) => `insert into ${id}_users as t
      (id, email, first_name, last_name, image_url, clerk_version) values (?, ?, ?, ?, ?, ?)
    on conflict (id) do update set email = excluded.email, first_name = excluded.first_name,
      last_name = excluded.last_name, image_url = excluded.image_url, clerk_version = excluded.clerk_version
    where t.clerk_version < excluded.clerk_version`
  const run = async (sql: string, values: readonly unknown[]) => database.prepare(sql).run(...values)
  let prepared: Statement<unknown[]> | undefined
  return {
    orm: 'better-sqlite3',
    contenders: [
      {
        id: 'driver_hand',
        name: 'by hand',
        handle: byHand({
          async processed(message) {
            return database.prepare('select id from driver_hand_processed where id = ?').get(message) !== undefined
          },
          create: (user) =>
            run(
              'insert into driver_hand_users (id, email, first_name, last_name, image_url) values (?, ?, ?, ?, ?)',
              Object.values(user),
            ),
          update: ({ id, ...values }) =>
            run('update driver_hand_users set email = ?, first_name = ?, last_name = ?, image_url = ? where id = ?', [
              ...Object.values(values),
              id,
            ]),
          markProcessed: (message) => run('insert into driver_hand_processed (id) values (?)', [message]),
        }),
      },
      {
        id: 'floor_unnamed',
        name: 'the floor, unprepared',
        handle: floor((values) => run(guarded('floor_unnamed'), values)),
      },
      {
        id: FLOOR,
        name: 'the floor',
        handle: floor((values) => {
          prepared ??= database.prepare(guarded(FLOOR))
          prepared.run(...values)
        }),
      },
    ],
  }
}

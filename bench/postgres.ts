import { PrismaPg } from '@prisma/adapter-pg'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { byHand } from './by-hand.ts'
import { type Arena, type Contender, FLOOR, type Group } from './contender.ts'
import { drizzleOnPostgres } from './drizzle/postgres.ts'
import { floor } from './floor.ts'
import { besideMany, MANY, type Tables, throughKysely } from './kysely.ts'
import { prismaClient, throughPrisma } from './prisma/contenders.ts'

const SYNC_COLUMNS = ", clerk_version text not null default '0', deleted_at timestamptz(3)"

const tables = ({ id, versions }: Contender) => `
  create table ${id}_users (
    id text primary key, email text, first_name text, last_name text, image_url text${versions ? '' : SYNC_COLUMNS});
  create table ${id}_versions (table_name text not null, id text not null, version text not null,
    deleted_at timestamptz(3), primary key (table_name, id));
  create table ${id}_processed (id text primary key, processed_at timestamptz not null default now());
  create table ${id}_welcomes (user_id text not null, event_id text not null, primary key (user_id, event_id));
  create table ${id}_events (id text primary key, type text not null, entity_id text,
    occurred_at timestamptz(3) not null, processed_at timestamptz(3) not null)`

/** @param many - how many versions of others there are, where that is measured instead */
export async function postgresArena(url: string, many?: number): Promise<Arena> {
  const pool = new pg.Pool({ connectionString: url, max: 8, options: '-c search_path=bench' })
  await pool.query('drop schema if exists bench cascade')
  await pool.query('create schema bench')
  const prisma = await prismaClient('postgresql', new PrismaPg(pool, { schema: 'bench' }))
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  const groups = many
    ? besideMany(kysely)
    : [throughDriver(pool), drizzleOnPostgres(pool), throughKysely(kysely), throughPrisma(prisma)]
  for (const contender of groups.flatMap(({ contenders }) => contenders)) await pool.query(tables(contender))
  if (many) {
    await pool.query(`insert into ${MANY} select 'kysely_full_users', 'user_' || lpad(n::text, 27, '0'), repeat('1', 33)
      from generate_series(1, ${many}) n`)
    await pool.query(`vacuum analyze ${MANY}`)
  }
  return {
    database: 'PostgreSQL',
    groups,
    async stored({ id }) {
      const { rows } = await pool.query(`select count(*) from ${id}_users where first_name = 'Grace'`)
      return Number(rows[0].count)
    },
    close: () => pool.end(),
  }
}

function throughDriver(pool: pg.Pool): Group {
  const guarded = (id: string) => `insert into ${id}_users as t
      (id, email, first_name, last_name, image_url, clerk_version) values ($1, $2, $3, $4, $5, $6)
    on conflict (id) do update set email = excluded.email, first_name = excluded.first_name,
      last_name = excluded.last_name, image_url = excluded.image_url, clerk_version = excluded.clerk_version
    where t.clerk_version < excluded.clerk_version returning (xmax = 0) as created`
  return {
    orm: 'node-postgres',
    contenders: [
      {
        id: 'driver_hand',
        name: 'by hand',
        handle: byHand({
          async processed(message) {
            const { rows } = await pool.query('select id from driver_hand_processed where id = $1', [message])
            return rows.length > 0
          },
          create: (user) =>
            pool.query(
              'insert into driver_hand_users (id, email, first_name, last_name, image_url) values ($1, $2, $3, $4, $5)',
              Object.values(user),
            ),
          update: (user) =>
            pool.query(
              'update driver_hand_users set email = $2, first_name = $3, last_name = $4, image_url = $5 where id = $1',
              Object.values(user),
            ),
          markProcessed: (message) => pool.query('insert into driver_hand_processed (id) values ($1)', [message]),
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
        handle: floor((values) => pool.query({ name: FLOOR, text: guarded(FLOOR), values })),
      },
    ],
  }
}

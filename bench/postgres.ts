import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { clerkEventsTable, clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/pg'
import { createClerkSync, versionOf } from '@clerk-sync/core'
import { drizzle } from 'drizzle-orm/node-postgres'
import { pgTable, text } from 'drizzle-orm/pg-core'
import pg from 'pg'
import type { Arena } from './contender.ts'
import { type Delivery, primaryEmail, raw, SECRET, verified } from './deliveries.ts'
import { mustBeStored } from './ours.ts'

const columns = { email: text(), firstName: text(), lastName: text(), imageUrl: text() }
const usersOf = (name: string) => pgTable(name, { id: clerkId().primaryKey(), ...columns, ...syncColumns() })
const users = usersOf('ours_users')
const preparedUsers = usersOf('prepared_users')
const hookUsers = usersOf('hook_users')
const events = clerkEventsTable('hook_events')
const welcomes = pgTable('hook_welcomes', { userId: text().notNull(), eventId: text().notNull() })

const table = (name: string) => `create table ${name} (
  id text primary key, email text, first_name text, last_name text, image_url text,
  clerk_version text not null default '0', deleted_at timestamptz(3))`

export async function postgresArena(url: string): Promise<Arena> {
  const pool = new pg.Pool({ connectionString: url, max: 8, options: '-c search_path=bench' })
  await pool.query('drop schema if exists bench cascade')
  await pool.query('create schema bench')
  for (const name of ['ours_users', 'prepared_users', 'hook_users', 'unprepared_users', 'floor_users', 'guide_users'])
    await pool.query(table(name))
  await pool.query(
    'create table guide_processed (id text primary key, processed_at timestamptz not null default now())',
  )
  await pool.query('create table hook_welcomes (user_id text not null, event_id text not null)')
  await pool.query(`create table hook_events (id text primary key, type text not null, entity_id text,
    occurred_at timestamptz(3) not null, processed_at timestamptz(3) not null)`)

  const db = drizzle(pool, { casing: 'snake_case' })
  const ours = createClerkSync({ adapter: drizzleAdapter(db, { users }), signingSecret: SECRET })
  const prepared = createClerkSync({
    adapter: drizzleAdapter(db, { users: preparedUsers }, { prepare: true }),
    signingSecret: SECRET,
  })
  const hooked = createClerkSync({
    adapter: drizzleAdapter(db, { users: hookUsers, events }),
    signingSecret: SECRET,
    on: {
      'user.created': ({ event, tx }) => tx.insert(welcomes).values({ userId: event.data.id, eventId: event.id }),
      'user.updated': ({ event, tx }) => tx.insert(welcomes).values({ userId: event.data.id, eventId: event.id }),
    },
  })

  return {
    database: 'PostgreSQL',
    contenders: [
      { id: 'guide', name: 'the handler of the guides', handle: (delivery) => guide(pool, delivery) },
      { id: 'ours', name: 'clerk-sync', handle: async (delivery) => mustBeStored(await ours.receive(raw(delivery))) },
      {
        id: 'prepared',
        name: 'clerk-sync, prepared',
        handle: async (delivery) => mustBeStored(await prepared.receive(raw(delivery))),
      },
      {
        id: 'hook',
        name: 'clerk-sync with a hook',
        handle: async (delivery) => mustBeStored(await hooked.receive(raw(delivery))),
      },
      {
        id: 'unprepared',
        name: 'the floor, unprepared',
        handle: (delivery) => statement(pool, 'unprepared', delivery),
      },
      { id: 'floor', name: 'the floor', handle: (delivery) => statement(pool, 'floor', delivery) },
    ],
    rows: async ({ id }) => Number((await pool.query(`select count(*) from ${id}_users`)).rows[0].count),
    close: () => pool.end(),
  }
}

/** Verify, select processed, insert or update, insert processed: three statements, no transaction, no order. */
async function guide(pool: pg.Pool, delivery: Delivery): Promise<void> {
  const { type, data } = verified(delivery)
  const id = delivery.headers['svix-id']
  const seen = await pool.query('select id from guide_processed where id = $1', [id])
  if (seen.rows.length > 0) return
  const values = [data.id, primaryEmail(data), data.first_name, data.last_name, data.image_url]
  if (type === 'user.created') {
    await pool.query(
      'insert into guide_users (id, email, first_name, last_name, image_url) values ($1, $2, $3, $4, $5)',
      values,
    )
  } else {
    await pool.query(
      'update guide_users set email = $2, first_name = $3, last_name = $4, image_url = $5 where id = $1',
      values,
    )
  }
  await pool.query('insert into guide_processed (id) values ($1)', [id])
}

/** The least that does what we do for a row: verification and one guarded statement, prepared on the server or not. */
async function statement(pool: pg.Pool, id: 'floor' | 'unprepared', delivery: Delivery): Promise<void> {
  const { data, timestamp } = verified(delivery)
  const version = versionOf({
    updatedAt: data.updated_at,
    occurredAt: timestamp,
    rank: 1,
    messageId: delivery.headers['svix-id'] ?? '',
  })
  await pool.query({
    name: id === 'floor' ? 'floor' : undefined,
    text: `insert into ${id}_users as t (id, email, first_name, last_name, image_url, clerk_version)
      values ($1, $2, $3, $4, $5, $6) on conflict (id) do update set email = excluded.email,
      first_name = excluded.first_name, last_name = excluded.last_name, image_url = excluded.image_url,
      clerk_version = excluded.clerk_version where t.clerk_version < excluded.clerk_version
      returning (xmax = 0) as created`,
    values: [data.id, primaryEmail(data), data.first_name, data.last_name, data.image_url, version],
  })
}

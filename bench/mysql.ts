import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import { clerkEventsTable, clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/mysql'
import { createClerkSync, versionOf } from '@clerk-sync/core'
import { mysqlTable, varchar } from 'drizzle-orm/mysql-core'
import { drizzle } from 'drizzle-orm/mysql2'
import mysql, { type Pool, type RowDataPacket } from 'mysql2/promise'
import type { Arena } from './contender.ts'
import { type Delivery, primaryEmail, raw, SECRET, verified } from './deliveries.ts'
import { mustBeStored } from './ours.ts'

const text = () => varchar({ length: 255 })
const columns = () => ({ email: text(), firstName: text(), lastName: text(), imageUrl: text() })
const usersOf = (name: string) => mysqlTable(name, { id: clerkId().primaryKey(), ...columns(), ...syncColumns() })
const users = usersOf('ours_users')
const preparedUsers = usersOf('prepared_users')
const hookUsers = usersOf('hook_users')
const events = clerkEventsTable('hook_events')
const welcomes = mysqlTable('hook_welcomes', { userId: text().notNull(), eventId: text().notNull() })

const key = 'varchar(255) character set ascii collate ascii_bin'
const table = (name: string) => `create table ${name} (
  id ${key} primary key, email varchar(255), first_name varchar(255), last_name varchar(255), image_url varchar(255),
  clerk_version varchar(33) character set ascii collate ascii_bin not null default '0', deleted_at datetime(3))`

export async function mysqlArena(url: string): Promise<Arena> {
  const server = await mysql.createConnection(url)
  await server.query('drop database if exists bench')
  await server.query('create database bench')
  await server.end()

  const uri = new URL(url)
  uri.pathname = '/bench'
  const pool = mysql.createPool({ uri: uri.href, connectionLimit: 8 })
  for (const name of ['ours_users', 'prepared_users', 'hook_users', 'unprepared_users', 'floor_users', 'guide_users'])
    await pool.query(table(name))
  await pool.query(`create table guide_processed (id ${key} primary key, processed_at datetime not null default now())`)
  await pool.query('create table hook_welcomes (user_id varchar(255) not null, event_id varchar(255) not null)')
  await pool.query(`create table hook_events (id ${key} primary key, type varchar(255) not null, entity_id ${key},
    occurred_at datetime(3) not null, processed_at datetime(3) not null)`)

  const db = drizzle({ client: pool, casing: 'snake_case' })
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
    database: 'MySQL',
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
    async rows({ id }) {
      const [[row]] = await pool.query<RowDataPacket[]>(`select count(*) as count from ${id}_users`)
      return Number(row?.count)
    },
    close: () => pool.end(),
  }
}

/** Verify, select processed, insert or update, insert processed: three statements, no transaction, no order. */
async function guide(pool: Pool, delivery: Delivery): Promise<void> {
  const { type, data } = verified(delivery)
  const id = delivery.headers['svix-id']
  const [seen] = await pool.query<RowDataPacket[]>('select id from guide_processed where id = ?', [id])
  if (seen.length > 0) return
  const values = [primaryEmail(data), data.first_name, data.last_name, data.image_url, data.id]
  if (type === 'user.created') {
    await pool.query(
      'insert into guide_users (email, first_name, last_name, image_url, id) values (?, ?, ?, ?, ?)',
      values,
    )
  } else {
    await pool.query(
      'update guide_users set email = ?, first_name = ?, last_name = ?, image_url = ? where id = ?',
      values,
    )
  }
  await pool.query('insert into guide_processed (id) values (?)', [id])
}

const newer = (column: string) => `${column} = if(clerk_version < values(clerk_version), values(${column}), ${column})`

const updates = ['email', 'first_name', 'last_name', 'image_url', 'clerk_version'].map(newer).join(', ')

/** The least that does what we do for a row: verification and one guarded statement, prepared on the server or not. */
async function statement(pool: Pool, id: 'floor' | 'unprepared', delivery: Delivery): Promise<void> {
  const { data, timestamp } = verified(delivery)
  const version = versionOf({
    updatedAt: data.updated_at,
    occurredAt: timestamp,
    rank: 1,
    messageId: delivery.headers['svix-id'] ?? '',
  })
  const sql = `insert into ${id}_users (id, email, first_name, last_name, image_url, clerk_version)
    values (?, ?, ?, ?, ?, ?) on duplicate key update ${updates}`
  const values = [data.id, primaryEmail(data), data.first_name, data.last_name, data.image_url, version]
  await (id === 'floor' ? pool.execute(sql, values) : pool.query(sql, values))
}

import { drizzleAdapter, liveMembership } from '@clerk-sync/adapter-drizzle'
import { clerkEventsTable, clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/mysql'
import { createClerkSync } from '@clerk-sync/core'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { userEvent } from '@clerk-sync/test-support/events'
import { and, eq } from 'drizzle-orm'
import { index, mysqlTable, varchar } from 'drizzle-orm/mysql-core'
import { drizzle } from 'drizzle-orm/mysql2'
import mysql, { type RowDataPacket } from 'mysql2/promise'
import { describe, expect, it, onTestFinished } from 'vitest'

const users = mysqlTable('users', {
  id: clerkId().primaryKey(),
  firstName: varchar('first_name', { length: 255 }),
  ...syncColumns(),
})
const organizations = mysqlTable('organizations', { id: clerkId().primaryKey(), ...syncColumns() })
const memberships = mysqlTable(
  'memberships',
  {
    id: clerkId().primaryKey(),
    userId: clerkId('user_id').notNull(),
    organizationId: clerkId('organization_id').notNull(),
    ...syncColumns(),
  },
  (table) => [index('memberships_organization_id').on(table.organizationId)],
)
const events = clerkEventsTable()

// As `drizzle-kit push` makes them: in whatever collation the database has.
const synced = "clerk_version varchar(34) not null default '0', deleted_at datetime(3)"
const DDL = [
  `create table users (id varchar(255) primary key, first_name varchar(255), ${synced})`,
  `create table organizations (id varchar(255) primary key, ${synced})`,
  `create table memberships (id varchar(255) primary key, user_id varchar(255) not null,
    organization_id varchar(255) not null, ${synced}, index (organization_id))`,
  `create table clerk_events (id varchar(255) primary key, type varchar(255) not null, entity_id varchar(255),
    occurred_at datetime(3) not null, processed_at datetime(3) not null)`,
]

describe.for([
  ['MySQL', 'mysql'],
  ['MariaDB', 'mariadb'],
] as const)('In the default collation of %s', ([, server]) => {
  async function opened() {
    const client = mysql.createPool({ uri: await freshDatabase(server, 'drizzle_collation'), connectionLimit: 2 })
    onTestFinished(() => client.end())
    for (const statement of DDL) await client.query(statement)
    const rows = async (text: string, values: unknown[] = []) => (await client.query<RowDataPacket[]>(text, values))[0]
    return { db: drizzle({ client }), rows }
  }
  const at = 1_760_000_000_000

  it('an id that differs in case is refused, and the other user’s row stays as it was', async () => {
    const { db, rows } = await opened()
    const clerkSync = createClerkSync({ adapter: drizzleAdapter(db, { users }) })
    await clerkSync.apply(userEvent('user.created', 'user_a', at, { first_name: 'Ada' }))
    const stored = await rows('select * from users')
    for (const type of ['user.created', 'user.updated', 'user.deleted'] as const) {
      const other = clerkSync.apply(userEvent(type, 'user_A', at + 1, { first_name: 'Other' }))
      await expect(other).rejects.toMatchObject({ code: 'unique_conflict' })
    }
    expect(await rows('select * from users')).toEqual(stored)
    expect(stored).toMatchObject([{ id: 'user_a', first_name: 'Ada' }])
  })

  it('a message whose id differs in case is no duplicate: its hook is not left out in silence', async () => {
    const { db } = await opened()
    const ran: string[] = []
    const clerkSync = createClerkSync({
      adapter: drizzleAdapter(db, { users, events }),
      on: { 'user.created': async ({ event }) => void ran.push(event.data.id) },
    })
    const event = userEvent('user.created', 'user_a', at, {})
    const first = { ...event, id: 'msg_a' }
    expect(await clerkSync.apply(first)).toBe('created')
    expect(await clerkSync.apply(first)).toBe('duplicate')
    const other = { ...userEvent('user.created', 'user_b', at, {}), id: 'msg_A' }
    await expect(clerkSync.apply(other)).rejects.toMatchObject({ code: 'unique_conflict' })
    expect(ran).toEqual(['user_a'])
  })

  it('check finds nothing, and liveMembership reads one of 100,000 users by its key', async () => {
    const { db, rows } = await opened()
    const tables = { users, organizations, organizationMemberships: memberships }
    expect(await drizzleAdapter(db, tables).check()).toEqual([])
    const ids = Array.from({ length: 100_000 }, (_, n) => [`user_2abcDEFghiJKLmnoPQRst${100_000 + n}`])
    await rows('insert into users (id) values ?', [ids])
    await rows("insert into organizations (id) values ('org_a'), ('org_b')")
    await rows(`insert into memberships (id, user_id, organization_id)
      select concat('orgmem_', id), id, if(id like '%00', 'org_a', 'org_b') from users where id like '%0'`)
    await rows('analyze table users, organizations, memberships')
    const { sql, params } = db
      .select()
      .from(memberships)
      .where(and(eq(memberships.organizationId, 'org_a'), liveMembership({ memberships, users, organizations })))
      .toSQL()
    const plan = await rows(`explain format=traditional ${sql}`, params)
    expect(plan).toContainEqual(expect.objectContaining({ table: 'users', type: 'eq_ref', key: 'PRIMARY' }))
    expect(await rows(sql, params)).toHaveLength(1000)
  })
})

// The tables of the guides that people build from, as they stand there: none gets a column of ours, and a delete deletes.
// Those of Clerk's skill for Prisma are in adapter-prisma/test/versions-beside.test.ts.
import { drizzleAdapter } from '@clerk-sync/adapter-drizzle'
import * as ofMysql from '@clerk-sync/adapter-drizzle/mysql'
import * as ofPg from '@clerk-sync/adapter-drizzle/pg'
import { createClerkSync } from '@clerk-sync/core'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { userEvent, withEmail } from '@clerk-sync/test-support/events'
import { rawMysql, rawPostgres } from '@clerk-sync/test-support/raw-connections'
import { deliver } from '@clerk-sync/test-support/rejoining'
import { eq, relations } from 'drizzle-orm'
import * as my from 'drizzle-orm/mysql-core'
import { drizzle as drizzleMysql } from 'drizzle-orm/mysql2'
import { drizzle } from 'drizzle-orm/node-postgres'
import { pgTable, serial, text, timestamp } from 'drizzle-orm/pg-core'
import { createPool } from 'mysql2/promise'
import { Pool } from 'pg'
import { expect, it, onTestFinished } from 'vitest'

const AT = 1_760_000_000_000
const ada = (type: 'created' | 'updated' | 'deleted', at: number, address = 'ada@example.com', id = 'user_1') =>
  userEvent(`user.${type}`, id, AT + at, {
    ...withEmail(address),
    username: 'ada',
    first_name: 'Ada',
    last_name: 'King',
  })

it('the users of Clerk’s skill for Drizzle, with posts that refer to them', async () => {
  const users = pgTable('users', {
    id: text('id').primaryKey(),
    email: text('email').notNull().unique(),
    firstName: text('first_name'),
    lastName: text('last_name'),
    imageUrl: text('image_url'),
    createdAt: timestamp('created_at').defaultNow(),
    updatedAt: timestamp('updated_at').defaultNow(),
  })
  const posts = pgTable('posts', {
    id: serial('id').primaryKey(),
    title: text('title').notNull(),
    authorId: text('author_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
  })
  const schema = {
    users,
    posts,
    usersRelations: relations(users, ({ many }) => ({ posts: many(posts) })),
    postsRelations: relations(posts, ({ one }) => ({
      author: one(users, { fields: [posts.authorId], references: [users.id] }),
    })),
  }
  const connectionString = await freshDatabase('postgres', 'drizzle_guides')
  const query = rawPostgres(connectionString, onTestFinished)
  await query(`create table users (id text primary key, email text not null unique, first_name text, last_name text,
    image_url text, created_at timestamp default now(), updated_at timestamp default now())`)
  await query(`create table posts (id serial primary key, title text not null,
    author_id text not null references users (id) on delete cascade)`)
  await query(`create table clerk_versions (table_name text not null, id text not null, version text not null,
    deleted_at timestamptz(3), primary key (table_name, id))`)
  const pool = new Pool({ connectionString })
  onTestFinished(() => pool.end())
  const db = drizzle(pool, { schema })
  const clerkSync = createClerkSync({
    adapter: drizzleAdapter(db, { users, versions: ofPg.clerkVersionsTable() }),
    map: {
      user: (user, { email, firstName, lastName, imageUrl }) => ({
        email: email ?? `${user.id}@no-email.invalid`,
        firstName,
        lastName,
        imageUrl,
      }),
    },
  })
  expect((await clerkSync.check()).filter(({ severity }) => severity === 'error')).toEqual([])
  expect(await clerkSync.apply(ada('created', 1))).toBe('created')
  await db.insert(posts).values({ title: 'Notes', authorId: 'user_1' })
  const [author] = await db.query.users.findMany({ with: { posts: true } })
  expect(author).toMatchObject({ id: 'user_1', firstName: 'Ada', posts: [{ title: 'Notes' }] })
  // Who signs up again with the address of a deleted account is stored, also where that event comes first.
  const again = ada('created', 4, 'ada@example.com', 'user_2')
  expect(await deliver(clerkSync, [again, ada('deleted', 3), ada('updated', 2, 'late@example.com')])).toEqual([])
  expect(await query('select id, email from users')).toEqual([{ id: 'user_2', email: 'ada@example.com' }])
  expect(await query('select id from posts')).toEqual([])
})

it('the users and blocks of the guide for PlanetScale, with the Clerk id beside their own', async () => {
  const users = my.mysqlTable('users', {
    id: my.int('id').primaryKey().autoincrement(),
    clerkId: ofMysql.clerkId('clerk_id').notNull().unique(),
    username: my.varchar('username', { length: 120 }),
    displayName: my.varchar('display_name', { length: 250 }),
    imgUrl: my.varchar('img_url', { length: 500 }),
    tagline: my.varchar('tagline', { length: 500 }),
  })
  const blocks = my.mysqlTable('blocks', {
    id: my.int('id').primaryKey().autoincrement(),
    userId: my.int('user_id').notNull(),
    label: my.varchar('label', { length: 200 }),
    url: my.varchar('url', { length: 500 }),
  })
  const uri = await freshDatabase('mysql', 'drizzle_guides')
  const query = rawMysql(uri, onTestFinished)
  await query(`create table users (id int auto_increment primary key, clerk_id varchar(255) not null unique,
    username varchar(120), display_name varchar(250), img_url varchar(500), tagline varchar(500))`)
  await query(`create table blocks (id int auto_increment primary key, user_id int not null, label varchar(200),
    url varchar(500))`)
  await query(`create table clerk_versions (table_name varchar(129) not null, id varchar(255) not null,
    version varchar(34) not null, deleted_at datetime(3), primary key (table_name, id))`)
  await query(`create table clerk_events (id varchar(255) primary key, type varchar(255) not null, entity_id varchar(255),
    occurred_at datetime(3) not null, processed_at datetime(3) not null)`)
  const pool = createPool({ uri })
  onTestFinished(() => pool.end())
  const db = drizzleMysql({ client: pool })
  const clerkSync = createClerkSync({
    adapter: drizzleAdapter(db, {
      users,
      versions: ofMysql.clerkVersionsTable(),
      events: ofMysql.clerkEventsTable(),
    }),
    map: {
      user: (_, { username, firstName, lastName, imageUrl }) => ({
        username,
        displayName: [firstName, lastName].filter(Boolean).join(' '),
        imgUrl: imageUrl,
      }),
    },
    on: {
      // No foreign key there: the blocks are the hook's to delete, by the number that the row still has.
      'user.deleted': {
        before: true,
        run: async ({ tx, before }) => {
          if (before) await tx.delete(blocks).where(eq(blocks.userId, before.id))
        },
      },
    },
  })
  expect((await clerkSync.check()).filter(({ severity }) => severity === 'error')).toEqual([])
  expect(await clerkSync.apply(ada('created', 1))).toBe('created')
  await query("update users set tagline = 'Enchantress of Number'")
  await query("insert into blocks (user_id, label, url) select id, 'Notes', 'https://example.com' from users")
  expect(await clerkSync.apply(ada('updated', 2))).toBe('updated')
  expect(await query('select username, display_name, tagline from users')).toEqual([
    { username: 'ada', display_name: 'Ada King', tagline: 'Enchantress of Number' },
  ])
  expect(await clerkSync.apply(ada('deleted', 4))).toBe('deleted')
  expect(await clerkSync.apply(ada('updated', 3))).toBe('already_deleted')
  expect(await query('select id from users')).toEqual([])
  expect(await query('select id from blocks')).toEqual([])
})

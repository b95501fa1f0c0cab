import { clerkId, syncColumns } from '@clerk-sync/adapter-drizzle/pg'
import { pgTable, text } from 'drizzle-orm/pg-core'
import type pg from 'pg'

/** What the measures of one process over PostgreSQL store their users in. */
export const users = pgTable('users', {
  id: clerkId().primaryKey(),
  email: text(),
  firstName: text(),
  lastName: text(),
  imageUrl: text(),
  ...syncColumns(),
})

/** @param schema - which is made anew, and is the pool's `search_path` */
export async function createUsers(pool: pg.Pool, schema: string): Promise<void> {
  await pool.query(`drop schema if exists ${schema} cascade`)
  await pool.query(`create schema ${schema}`)
  const columns = 'email text, first_name text, last_name text, image_url text'
  const sync = "clerk_version varchar(34) not null default '0', deleted_at timestamptz(3)"
  await pool.query(`create table users (id text primary key, ${columns}, ${sync})`)
}

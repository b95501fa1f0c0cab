import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { onTestFinished } from 'vitest'
import { applicationWith } from './application.ts'
import { install } from './installed.ts'

const TABLES = `
create table users (id text primary key, email text, clerk_version text not null default '0', deleted_at integer);
create table organizations (id text primary key, name text, clerk_version text not null default '0', deleted_at integer);
create table clerk_events (id text primary key, type text not null, entity_id text, occurred_at integer not null, processed_at integer not null);
create index clerk_events_processed_at on clerk_events (processed_at);
`

const MODULE = `import { kyselyAdapter } from '@clerk-sync/adapter-kysely'
import { createClerkSync } from '@clerk-sync/core'
import Connection from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'

const connection = new Connection(process.env.DATABASE_URL, { timeout: 10_000 })
const db = new Kysely<any>({ dialect: new SqliteDialect({ database: connection }) })

export const clerkSync = createClerkSync({
  adapter: kyselyAdapter(db, {
    users: { table: 'users', columns: ['email'] },
    organizations: { table: 'organizations', columns: ['name'] },
    events: 'clerk_events',
  }),
  ...(process.env.INSTANCE_ID ? { instanceId: process.env.INSTANCE_ID } : {}),
})
`

/** A table of users alone, with its versions beside it and no ledger. */
const BESIDE_TABLES = `
create table users (id text primary key, email text);
create table clerk_versions (table_name text not null, id text not null, version text not null, deleted_at integer, primary key (table_name, id));
`

const BESIDE_MODULE = MODULE.replace(/ {4}organizations: .*\n {4}events: .*\n/, "    versions: 'clerk_versions',\n")

type Row = Readonly<Record<string, unknown>>

/** What an application with Kysely on better-sqlite3 has installed. */
export function installForKysely(cwd: string): void {
  install(cwd, {
    'packages/adapter-kysely': ['kysely'],
    'packages/adapter-drizzle': ['better-sqlite3'],
    'examples/quickstart': ['@clerk-sync/core', '@clerk-sync/adapter-kysely'],
  })
}

/** An application with a database in a file, which the test reads by itself. */
export function sqliteApplication({ versions = 'row' }: { readonly versions?: 'row' | 'beside' } = {}) {
  const cwd = applicationWith({ 'clerk-sync.ts': versions === 'row' ? MODULE : BESIDE_MODULE })
  installForKysely(cwd)
  const file = join(cwd, 'app.db')
  const database = new DatabaseSync(file, { timeout: 10_000 })
  onTestFinished(() => database.close())
  database.exec(`pragma journal_mode = wal; ${versions === 'row' ? TABLES : BESIDE_TABLES}`)
  return {
    cwd,
    file,
    query: (sql: string, ...params: readonly (string | number)[]): Row[] => database.prepare(sql).all(...params),
    run: (sql: string) => database.exec(sql),
  }
}

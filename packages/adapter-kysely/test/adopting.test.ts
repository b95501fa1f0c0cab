// A table that had users before Clerk, adopted by the steps of docs/adopting.md.
import { kyselyAdapter, type SyncColumns } from '@clerk-sync/adapter-kysely'
import { createClerkSync, type UserRecord } from '@clerk-sync/core'
import { type AdoptedStore, testAdopting } from '@clerk-sync/test-support/adopting'
import { freshDatabase } from '@clerk-sync/test-support/databases'
import { rawMysql, rawPostgres, rawSqlite } from '@clerk-sync/test-support/raw-connections'
import Database from 'better-sqlite3'
import { type Dialect, type Generated, Kysely, MysqlDialect, PostgresDialect, SqliteDialect } from 'kysely'
import { createPool } from 'mysql2'
import { Pool } from 'pg'
import { onTestFinished } from 'vitest'

interface Tables {
  users: SyncColumns & {
    id: Generated<number>
    clerk_id: string | null
    email: string
    email_confirmed: Generated<boolean | number>
    first_name: string | null
    last_name: string | null
    plan: string | null
  }
}

const user = (_: unknown, { email, firstName, lastName }: UserRecord) => ({
  email: email ?? '',
  first_name: firstName,
  last_name: lastName,
})

const deletedUser = ({ id }: { readonly id: string }) => ({ email: `${id}@deleted.invalid` })

function open(dialect: Dialect): Kysely<Tables> {
  const db = new Kysely<Tables>({ dialect })
  onTestFinished(() => db.destroy())
  return db
}

const startOn =
  (connect: () => Kysely<Tables>): AdoptedStore['start'] =>
  (link) => {
    const columns = ['email', 'first_name', 'last_name'] as const
    const adapter = kyselyAdapter(connect(), { users: { table: 'users', key: 'clerk_id', columns } })
    return { adapter, clerkSync: createClerkSync({ adapter, map: { user, deletedUser }, link }) }
  }

async function postgres(): Promise<AdoptedStore> {
  const connectionString = await freshDatabase('postgres', 'kysely_adopting')
  return {
    dialect: 'postgres',
    query: rawPostgres(connectionString, onTestFinished),
    start: startOn(() => open(new PostgresDialect({ pool: new Pool({ connectionString }) }))),
  }
}

async function mariadb(): Promise<AdoptedStore> {
  const uri = await freshDatabase('mariadb', 'kysely_adopting')
  return {
    dialect: 'mysql',
    query: rawMysql(uri, onTestFinished),
    start: startOn(() => open(new MysqlDialect({ pool: createPool({ uri }) }))),
  }
}

async function sqlite(): Promise<AdoptedStore> {
  const { file, query } = rawSqlite(onTestFinished)
  // Two synchronous connections of one process would wait for each other.
  const db = open(new SqliteDialect({ database: new Database(file) }))
  return { dialect: 'sqlite', query, start: startOn(() => db) }
}

testAdopting('Kysely on PostgreSQL', postgres)
testAdopting('Kysely on MariaDB', mariadb)
testAdopting('Kysely on SQLite', sqlite)

import type { Harness, RawRow } from '@clerk-sync/adapter-testkit'
import pg from 'pg'
import { createTables, insertRaw, postgres, selectRaw } from './dialects.ts'

type Query = (sql: string, values: readonly unknown[]) => Promise<readonly RawRow[]>

/** What the harnesses of all PostgreSQL drivers share: the tables, and the raw connection. */
export async function rawPostgres(query: Query): Promise<Pick<Harness, 'read' | 'insert'>> {
  for (const statement of createTables(postgres)) await query(statement, [])
  return {
    read: (table, keys) => query(selectRaw(postgres, table, keys.map((_, n) => `$${n + 1}`).join(', ')), keys),
    insert: (table, row) => {
      const { sql, values } = insertRaw(postgres, table, row, (n) => `$${n}`)
      return query(sql, values)
    },
  }
}

/** The URL of an empty database of a suite's own, so that suites can run side by side. */
export async function freshDatabase(name: string): Promise<string> {
  const server = process.env.CLERK_SYNC_POSTGRES_URL
  if (!server) throw new Error('CLERK_SYNC_POSTGRES_URL is not set: run the tests through vitest, which sets it.')
  const client = new pg.Client(server)
  await client.connect()
  await client.query(`drop database if exists ${name} with (force)`)
  await client.query(`create database ${name}`)
  await client.end()
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}

/** The isolation level of every transaction of a connection, as a start-up option. */
export function isolationOption(level: string | undefined): string {
  return level ? `-c default_transaction_isolation=${level.replace(' ', '\\ ')}` : ''
}

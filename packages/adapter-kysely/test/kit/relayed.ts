import { sqlTables } from '@clerk-sync/adapter-testkit'
import { type Dialect, MysqlDialect, PostgresDialect } from 'kysely'
import { createPool } from 'mysql2'
import mysql, { type RowDataPacket } from 'mysql2/promise'
import pg from 'pg'
import { onTestFinished } from 'vitest'
import { freshMysql } from './mysql.ts'
import { freshDatabase } from './postgres.ts'
import { type Relay, relayTo } from './relay.ts'

/** A database with the kit's tables, behind a relay. */
export interface Relayed {
  readonly relay: Relay
  /** A dialect with a pool of so many connections, through the relay. */
  dialect(connections: number): Dialect
  /** Past the relay. */
  count(table: 'users' | 'welcomes' | 'events'): Promise<number>
}

async function postgres(suite: string): Promise<Relayed> {
  const url = await freshDatabase(suite)
  const raw = new pg.Pool({ connectionString: url, max: 1 })
  onTestFinished(() => raw.end())
  await sqlTables('postgres', async (text) => (await raw.query(text)).rows).create()
  const relay = await relayTo(url)
  return {
    relay,
    dialect(max) {
      const pool = new pg.Pool({ connectionString: relay.url, max })
      // As the README says: a connection that breaks reports it where it is, in the pool or in use.
      pool.on('error', () => {})
      pool.on('connect', (client) => client.on('error', () => {}))
      onTestFinished(() => pool.end())
      return new PostgresDialect({ pool })
    },
    count: async (table) => Number((await raw.query(`select 1 from ${table}`)).rowCount),
  }
}

async function mysql2(suite: string): Promise<Relayed> {
  const url = await freshMysql('CLERK_SYNC_MYSQL_URL', suite)
  const raw = mysql.createPool({ uri: url, connectionLimit: 1 })
  onTestFinished(() => raw.end())
  await sqlTables('mysql', async (text) => (await raw.query<RowDataPacket[]>(text))[0]).create()
  const relay = await relayTo(url)
  return {
    relay,
    dialect(connectionLimit) {
      const pool = createPool({ uri: relay.url, connectionLimit, timezone: 'Z' })
      onTestFinished(() => pool.promise().end())
      return new MysqlDialect({ pool })
    },
    count: async (table) => (await raw.query<RowDataPacket[]>(`select 1 from ${table}`))[0].length,
  }
}

export const relayed: readonly ['PostgreSQL' | 'MySQL', (suite: string) => Promise<Relayed>][] = [
  ['PostgreSQL', postgres],
  ['MySQL', mysql2],
]

import { type KitTables, mysqlTables, postgresTables, type Versions } from '@clerk-sync/test-support/kit-tables'
import { type Relay, relayTo } from '@clerk-sync/test-support/relay'
import { type Dialect, MysqlDialect, PostgresDialect } from 'kysely'
import { createPool } from 'mysql2'
import pg from 'pg'
import { onTestFinished } from 'vitest'

/** A database with the kit's tables, behind a relay. */
export interface Relayed {
  readonly relay: Relay
  /** A dialect with a pool of so many connections, through the relay. */
  dialect(connections: number): Dialect
  /** Past the relay. */
  count(table: 'users' | 'welcomes' | 'events'): Promise<number>
}

async function behindRelay(
  { url, query }: KitTables & { readonly url: string },
  dialectOf: (url: string, connections: number) => Dialect,
): Promise<Relayed> {
  const relay = await relayTo(url)
  onTestFinished(relay.close)
  return {
    relay,
    dialect: (connections) => dialectOf(relay.url, connections),
    count: async (table) => (await query(`select 1 from ${table}`)).length,
  }
}

function postgresDialect(connectionString: string, max: number): Dialect {
  const pool = new pg.Pool({ connectionString, max })
  onTestFinished(() => pool.end())
  return new PostgresDialect({ pool })
}

function mysqlDialect(uri: string, connectionLimit: number): Dialect {
  const pool = createPool({ uri, connectionLimit, timezone: 'Z' })
  onTestFinished(() => pool.promise().end())
  return new MysqlDialect({ pool })
}

export const relayed: readonly ['PostgreSQL' | 'MySQL', (suite: string, versions?: Versions) => Promise<Relayed>][] = [
  [
    'PostgreSQL',
    async (suite, versions) => behindRelay(await postgresTables(suite, onTestFinished, versions), postgresDialect),
  ],
  [
    'MySQL',
    async (suite, versions) => behindRelay(await mysqlTables('mysql', suite, onTestFinished, versions), mysqlDialect),
  ],
]

import mysql from 'mysql2/promise'
import pg from 'pg'
import { type KitTables, mysqlTables, postgresTables } from './kit-tables.ts'
import type { Query, WhenDone } from './raw-connections.ts'

export interface BurstDatabase extends Pick<KitTables, 'query' | 'triggers'> {
  readonly url: string
}

/** A connection of the application's own, in a transaction. */
interface Transaction {
  readonly query: (sql: string) => Promise<unknown>
}

/** A server on which deliveries that come at the same time are written together, and how it spells what the tests need. */
export interface BurstServer {
  readonly tables: (suite: string, whenDone: WhenDone) => Promise<BurstDatabase>
  readonly begin: (url: string, whenDone: WhenDone) => Promise<Transaction>
  readonly quote: '"' | '`'
  /** Of a column that refers to a user. */
  readonly keyType: string
  /** For the rest of a session: in place of a long wait, an error. */
  readonly waitAtMost5s: string
  readonly lockUsers: string
  /** What ends the transaction that has the lock, and gives it back. */
  readonly unlock: string
  /** Users `other_1` to `other_5000`. */
  readonly manyUsers: string
  /** Statements of a trigger before each new row of users that runs this one where the key is of `user_007`. */
  readonly beforeSeven: (statement: string) => readonly string[]
  /** How many rows of the users were read to no key of theirs, and how many were written. */
  readonly usage: (query: Query) => Promise<{ readonly scanned: number; readonly updated: number }>
}

export const POSTGRES: BurstServer = {
  tables: postgresTables,
  async begin(connectionString, whenDone) {
    const client = new pg.Client({ connectionString })
    await client.connect()
    whenDone(() => client.end())
    await client.query('begin')
    return client
  },
  quote: '"',
  keyType: 'text',
  waitAtMost5s: "set lock_timeout = '5s'",
  lockUsers: 'lock table users',
  unlock: 'rollback',
  manyUsers: `insert into users (id) select 'other_' || n from generate_series(1, 5000) n`,
  beforeSeven: (statement) => [
    `create function seven() returns trigger language plpgsql as $$ begin if new.id = 'user_007' then ${statement}; end if; return new; end $$`,
    'create trigger seven before insert on users for each row execute function seven()',
  ],
  async usage(query) {
    const [row] = await query(
      `select seq_tup_read::int as scanned, n_tup_upd::int as updated from pg_stat_user_tables where relname = 'users'`,
    )
    return { scanned: Number(row?.scanned), updated: Number(row?.updated) }
  },
}

export const MARIADB: BurstServer = {
  tables: (suite, whenDone) => mysqlTables('mariadb', suite, whenDone),
  async begin(uri, whenDone) {
    const connection = await mysql.createConnection(uri)
    whenDone(() => connection.end())
    await connection.query('start transaction')
    return connection
  },
  quote: '`',
  keyType: 'varchar(255) character set ascii collate ascii_bin',
  waitAtMost5s: 'set innodb_lock_wait_timeout = 5',
  lockUsers: 'lock tables users write',
  unlock: 'unlock tables',
  manyUsers: `insert into users (id) select concat('other_', seq) from seq_1_to_5000`,
  beforeSeven: (statement) => [
    `create trigger seven before insert on users for each row begin if new.id = 'user_007' then ${statement}; end if; end`,
  ],
  async usage(query) {
    // Counted since this is on, for the whole server.
    await query('set global userstat = 1')
    const [table] = await query(
      `select rows_read, rows_changed from information_schema.table_statistics where table_schema = database() and table_name = 'users'`,
    )
    const [read, updated] = [Number(table?.rows_read ?? 0), Number(table?.rows_changed ?? 0)]
    // To write a row by its key, some reads of it.
    return { scanned: Math.floor(read / 1_000), updated }
  },
}

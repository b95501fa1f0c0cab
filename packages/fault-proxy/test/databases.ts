import { serverUrl } from '@clerk-sync/bare-machine/server-url'
import mysql, { type RowDataPacket } from 'mysql2/promise'
import pg from 'pg'

/** What the tests of both protocols ask of a database: a table of one column, written to by autocommit. */
export interface Client {
  insert(value: number): Promise<unknown>
  values(): Promise<number[]>
  end(): Promise<unknown>
}

export const DATABASES = {
  postgres: { server: () => serverUrl('CLERK_SYNC_POSTGRES_URL'), open: openPostgres },
  mysql: { server: () => serverUrl('CLERK_SYNC_MYSQL_URL'), open: openMysql },
} as const

async function openPostgres(url: string): Promise<Client> {
  const pool = new pg.Pool({ connectionString: url, max: 1 })
  pool.on('error', () => {})
  return {
    // With a value, so that it is parsed, bound and executed.
    insert: (value) => pool.query('insert into fault_proxy values ($1)', [value]),
    values: async () =>
      (await pool.query<{ n: number }>('select n from fault_proxy order by n')).rows.map(({ n }) => n),
    end: () => pool.end(),
  }
}

async function openMysql(url: string): Promise<Client> {
  const pool = mysql.createPool({ uri: url, connectionLimit: 1 })
  return {
    insert: (value) => pool.query('insert into fault_proxy values (?)', [value]),
    values: async () => {
      const [rows] = await pool.query<RowDataPacket[]>('select n from fault_proxy order by n')
      return rows.map(({ n }) => Number(n))
    },
    end: () => pool.end(),
  }
}

/** Both databases understand it. */
export const FRESH_TABLE = ['drop table if exists fault_proxy', 'create table fault_proxy (n int primary key)']

export async function makeTable(protocol: keyof typeof DATABASES): Promise<void> {
  const url = await DATABASES[protocol].server()
  if (protocol === 'postgres') {
    const client = new pg.Client(url)
    await client.connect()
    for (const text of FRESH_TABLE) await client.query(text)
    await client.end()
    return
  }
  const connection = await mysql.createConnection(url)
  for (const text of FRESH_TABLE) await connection.query(text)
  await connection.end()
}

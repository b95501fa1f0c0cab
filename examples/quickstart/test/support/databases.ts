// An empty database for each suite, on servers that start when they are asked for.
import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serverUrl } from '@clerk-sync/bare-machine/server-url'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { MODES } from '../../src/settings.ts'

export const dialects = ['SQLite', 'PostgreSQL', 'MySQL'] as const
/** MariaDB, through MySQL's drivers, is where deliveries of a burst share a statement and MySQL's do not. */
export type Dialect = (typeof dialects)[number] | 'MariaDB'

/** For ADAPTER. */
export const adapters = ['drizzle', 'kysely', 'prisma'] as const

export const combinations = adapters.flatMap((adapter) => dialects.map((dialect) => ({ adapter, dialect })))

/** The same, with each MODE. */
export const modes = combinations.flatMap((combination) => MODES.map((mode) => ({ ...combination, mode })))

export interface EmptyDatabase {
  /** For DATABASE_URL. */
  readonly url: string
  /** How many transactions of more than one statement are open; undefined where no server tells. */
  readonly openTransactions?: () => Promise<number>
  /** How many users' rows have their last values of a statement that wrote others' too; undefined where each is alone. */
  readonly writtenTogether?: () => Promise<number>
  remove(): Promise<void>
}

export async function emptyDatabase(dialect: Dialect): Promise<EmptyDatabase> {
  const name = `quickstart_${randomBytes(6).toString('hex')}`
  if (dialect === 'SQLite') {
    const directory = await mkdtemp(join(tmpdir(), 'quickstart-'))
    const remove = () => rm(directory, { recursive: true, force: true })
    return { url: `sqlite:${join(directory, `${name}.db`)}`, remove }
  }
  if (dialect === 'PostgreSQL') return emptyPostgres(name)
  return dialect === 'MySQL' ? emptyMysql(name) : emptyMariadb(name)
}

async function emptyPostgres(name: string): Promise<EmptyDatabase> {
  const server = await serverUrl('CLERK_SYNC_POSTGRES_URL')
  const admin = new pg.Client({ connectionString: server })
  await admin.connect()
  await admin.query(`create database ${name}`)
  await admin.query(`alter database ${name} set timezone to 'Asia/Kathmandu'`)
  const url = withDatabase(server, name)
  return {
    url,
    async openTransactions() {
      const { rows } = await admin.query<{ open: number }>(
        'select count(*)::int as open from pg_stat_activity where datname = $1 and backend_xid is not null',
        [name],
      )
      return rows[0]?.open ?? 0
    },
    async writtenTogether() {
      const own = new pg.Client({ connectionString: url })
      await own.connect()
      // A delivery that is written alone is a transaction of its own, and writes one user.
      const { rows } = await own.query<{ together: number }>(
        'select coalesce(sum(n), 0)::int as together from (select count(*) n from users group by xmin::text) t where n > 1',
      )
      await own.end()
      return rows[0]?.together ?? 0
    },
    async remove() {
      await admin.query(`drop database ${name} with (force)`)
      await admin.end()
    },
  }
}

async function emptyMysql(name: string): Promise<EmptyDatabase> {
  const server = await serverUrl('CLERK_SYNC_MYSQL_URL')
  const admin = await mysql.createConnection(server)
  await admin.query(`create database ${name}`)
  return {
    url: withDatabase(server, name),
    async openTransactions() {
      const [rows] = await admin.query<mysql.RowDataPacket[]>(
        // Not information_schema.innodb_trx, whose answer is as old as 100 ms.
        `select count(*) as open from performance_schema.events_transactions_current e
         join performance_schema.threads t on t.thread_id = e.thread_id
         where t.processlist_db = ? and e.state = 'ACTIVE' and e.autocommit = 'NO'`,
        [name],
      )
      return Number(rows[0]?.open)
    },
    async remove() {
      await admin.query(`drop database ${name}`)
      await admin.end()
    },
  }
}

async function emptyMariadb(name: string): Promise<EmptyDatabase> {
  const server = await serverUrl('CLERK_SYNC_MARIADB_URL')
  const admin = await mysql.createConnection({ uri: server, multipleStatements: true })
  await admin.query(`create database ${name}; use ${name}`)
  await admin.query(await readFile(new URL('../../src/tables/mysql.sql', import.meta.url), 'utf8'))
  // A column of the application's own: when the statement began that wrote the row.
  const now = 'current_timestamp(6)'
  await admin.query(`alter table users add written_at datetime(6) not null default ${now} on update ${now}`)
  return {
    url: withDatabase(server, name),
    async writtenTogether() {
      const [rows] = await admin.query<mysql.RowDataPacket[]>(
        'select coalesce(sum(n), 0) as together from (select count(*) n from users group by written_at) t where n > 1',
      )
      return Number(rows[0]?.together)
    },
    async remove() {
      await admin.query(`drop database ${name}`)
      await admin.end()
    },
  }
}

function withDatabase(server: string, name: string): string {
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}

import { type DatabaseCalls, type SqlTables, sqlTables } from '@clerk-sync/adapter-testkit'
import { serverUrl } from '@clerk-sync/bare-machine/server-url'
import pg from 'pg'
import { afterAll } from 'vitest'

let databases = 0

/**
 * The URL of an empty database of a suite's own, so that suites can run side by side. Each call makes another one: a
 * connection of the last test may still be closing.
 */
export async function freshDatabase(suite: string): Promise<string> {
  const server = await serverUrl('CLERK_SYNC_POSTGRES_URL')
  const name = `${suite}_${++databases}`
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

/** Prisma's dates have no zone in the database, and are in UTC. */
const utcDates: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    oid === pg.types.builtins.TIMESTAMP
      ? (text: string) => new Date(`${text.replace(' ', 'T')}Z`)
      : pg.types.getTypeParser(oid, format),
}

/** The kit's tables as Prisma would make them, and a raw connection to them. */
export function kitTables(connectionString: string): SqlTables & { query(text: string): Promise<pg.QueryResult> } {
  const raw = new pg.Pool({ connectionString, max: 4, types: utcDates })
  afterAll(() => raw.end())
  const tables = sqlTables('postgres', async (text, values) => {
    const utc = values.map((value) => (value instanceof Date ? value.toISOString() : value))
    return (await raw.query(text.replaceAll('timestamptz(3)', 'timestamp(3)'), utc)).rows
  })
  return { ...tables, query: (text) => raw.query(text) }
}

type Send = (query: pg.QueryConfig, values?: unknown[]) => Promise<pg.QueryResult>

/**
 * A pool whose every statement passes through the kit's hands.
 *
 * PostgreSQL itself never refuses to end a transaction and leaves it open: where COMMIT or ROLLBACK fails, it is ended,
 * or its connection is. Prisma 7 stands it all the same; with `endings: 'severed'` such a refusal ends the connection.
 */
export class FalliblePool extends pg.Pool {
  constructor(calls: DatabaseCalls, { endings, ...options }: pg.PoolConfig & { readonly endings?: 'severed' }) {
    super(options)
    // A connection that the kit severs reports it to the pool as well.
    this.on('error', () => {})
    const connect = async () => fallible(await super.connect(), calls, endings === 'severed')
    const query: Send = async (statement, values) => {
      const client = await connect()
      try {
        return await client.query(statement, values)
      } finally {
        client.release()
      }
    }
    Object.assign(this, { connect, query })
  }
}

function fallible(
  client: pg.PoolClient,
  calls: DatabaseCalls,
  severEndings: boolean,
): { query: Send; release: (broken?: unknown) => void } {
  const send: Send = client.query.bind(client)
  let released = false
  const release = (broken?: unknown) => {
    if (!released) client.release(Boolean(broken))
    released = true
  }
  const query: Send = async (statement, values) => {
    try {
      return await calls.run(
        () => send(statement, values),
        () => release(true),
      )
    } catch (error) {
      if (severEndings && /^(commit|rollback)$/i.test(statement.text)) release(true)
      throw error
    }
  }
  return Object.assign(Object.create(client), { query, release })
}

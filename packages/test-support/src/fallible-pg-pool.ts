import type { DatabaseCalls } from '@clerk-sync/adapter-testkit'
import pg from 'pg'

type Send = (query: string | pg.QueryConfig, values?: unknown[]) => Promise<pg.QueryResult>

/**
 * A pool of node-postgres whose every statement passes through the kit's hands.
 *
 * PostgreSQL itself never refuses to end a transaction and leaves it open: where COMMIT or ROLLBACK fails, it is ended,
 * or its connection is. Most drivers stand it all the same; with `endings: 'severed'` such a refusal ends the connection.
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
      const text = typeof statement === 'string' ? statement : statement.text
      if (severEndings && /^(commit|rollback)$/i.test(text)) release(true)
      throw error
    }
  }
  return Object.assign(Object.create(client), { query, release })
}

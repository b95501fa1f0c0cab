import pg from 'pg'
import { type Reply, serveJson } from './http-server.ts'

interface Query {
  readonly query: string
  readonly params: readonly (string | null)[]
}

/**
 * Neon's SQL over HTTP in front of a PostgreSQL of one's own, as far as its client speaks it: a request is one
 * statement, or a batch, which is one transaction. The headers name the database and how the batch is isolated; values
 * go both ways as PostgreSQL's texts.
 */
export async function serveNeon(): Promise<{
  readonly endpoint: string
  /** How many requests it has answered. */
  requests(): number
  close(): Promise<void>
}> {
  const pools = new Map<string, pg.Pool>()
  const poolOf = (connectionString: string): pg.Pool => {
    const known = pools.get(connectionString)
    if (known) return known
    const pool = new pg.Pool({ connectionString, max: 4 })
    // A server that a test restarts: what runs fails, and the next request has a new connection.
    pool.on('error', () => {})
    pool.on('connect', (client) => client.on('error', () => {}))
    pools.set(connectionString, pool)
    return pool
  }
  let requests = 0
  const server = await serveJson(async (_path, body, headers): Promise<Reply> => {
    requests++
    const pool = poolOf(String(headers['neon-connection-string']))
    try {
      const request = body as Query | { readonly queries: readonly Query[] }
      if (!('queries' in request)) return { status: 200, body: await run(pool, request) }
      const results = await transaction(pool, isolationOf(headers['neon-batch-isolation-level']), request.queries)
      return { status: 200, body: { results } }
    } catch (error) {
      if (!(error instanceof pg.DatabaseError)) throw error
      return { status: 400, body: { ...error, message: error.message } }
    }
  })
  return {
    endpoint: `http://127.0.0.1:${server.port}/sql`,
    requests: () => requests,
    async close() {
      await server.close()
      await Promise.all([...pools.values()].map((pool) => pool.end()))
    },
  }
}

async function run(on: pg.Pool | pg.PoolClient, { query, params }: Query): Promise<object> {
  const asText = { getTypeParser: () => (text: string) => text }
  const result = await on.query({ text: query, values: [...params], rowMode: 'array', types: asText })
  const fields = result.fields.map(({ name, dataTypeID }) => ({ name, dataTypeID }))
  return { command: result.command, rowCount: result.rowCount, rows: result.rows, fields, rowAsArray: true }
}

async function transaction(pool: pg.Pool, isolation: string, queries: readonly Query[]): Promise<object[]> {
  const client = await pool.connect()
  try {
    await client.query(`begin ${isolation}`)
    const results: object[] = []
    for (const query of queries) results.push(await run(client, query))
    await client.query('commit')
    return results
  } catch (error) {
    // Where the connection has gone, there is nothing to take back.
    await client.query('rollback').catch(() => {})
    throw error
  } finally {
    client.release()
  }
}

/** `RepeatableRead` */
function isolationOf(header: string | string[] | undefined): string {
  if (typeof header !== 'string') return ''
  return `isolation level ${header.replace(/[a-z](?=[A-Z])/g, '$& ')}`
}

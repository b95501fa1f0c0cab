import mysql, { type FieldPacket, type PoolConnection, type ResultSetHeader, Types } from 'mysql2/promise'
import { type Reply, serveJson } from './http-server.ts'

interface Request {
  readonly query: string
  readonly session: { readonly id: string } | null
}

/** PlanetScale ends a transaction after 20 s; an abandoned one is in no test's way for that long. */
const TRANSACTION_TIMEOUT_MS = 5_000

/**
 * PlanetScale's protocol in front of a MySQL of one's own, as far as its client speaks it. A session is what the client
 * sends back with its next statement: here it is the connection that holds its transaction, from `BEGIN` to the end.
 * Rows come as the lengths and the bytes of MySQL's texts. As Vitess does by default, rows that an update finds and
 * leaves alone are not counted as affected; and as Vitess before version 22, it knows no `last_insert_id(expr)`.
 */
export async function servePlanetscale(uri: string): Promise<{
  readonly url: string
  /** How many requests it has answered. */
  requests(): number
  close(): Promise<void>
}> {
  const pool = mysql.createPool({ uri, connectionLimit: 64, flags: ['-FOUND_ROWS'] })
  const transactions = new Map<string, { readonly connection: PoolConnection; readonly timer: NodeJS.Timeout }>()
  let begun = 0
  let requests = 0

  async function execute({ query, session }: Request): Promise<object> {
    if (query === 'BEGIN') {
      const connection = await pool.getConnection()
      await connection.query(query)
      const id = String(++begun)
      // One whose client never learnt of it.
      const timer = setTimeout(() => {
        transactions.delete(id)
        connection.destroy()
      }, TRANSACTION_TIMEOUT_MS)
      transactions.set(id, { connection, timer })
      return { session: { id }, result: {} }
    }
    const { connection, timer } = (session && transactions.get(session.id)) ?? {}
    if (session && !connection && query !== 'ROLLBACK') {
      throw Object.assign(new Error('the transaction has ended'), { errno: 1105, sqlState: 'HY000' })
    }
    if (query !== 'COMMIT' && query !== 'ROLLBACK') return { session, result: await run(connection ?? pool, query) }
    if (session) transactions.delete(session.id)
    clearTimeout(timer)
    await connection?.query(query).catch((error: unknown) => {
      connection.destroy()
      throw error
    })
    connection?.release()
    return { session: null, result: {} }
  }

  const server = await serveJson(async (path, body): Promise<Reply> => {
    requests++
    if (path !== '/psdb.v1alpha1.Database/Execute') return { status: 404, body: {} }
    const request = body as Request
    try {
      return { status: 200, body: await execute(request) }
    } catch (error) {
      if (!isMysqlError(error)) throw error
      return { status: 200, body: { session: request.session, error: refusal(error) } }
    }
  })
  return {
    url: `http://user:password@127.0.0.1:${server.port}/`,
    requests: () => requests,
    async close() {
      await server.close()
      for (const { connection, timer } of transactions.values()) {
        clearTimeout(timer)
        connection.destroy()
      }
      await pool.end()
    },
  }
}

async function run(on: Pick<PoolConnection, 'query'>, sql: string): Promise<object> {
  if (/last_insert_id\s*\(/i.test(sql))
    throw Object.assign(new Error('unsupported'), { errno: 1235, sqlState: '42000' })
  const [answer, fields] = await on.query<ResultSetHeader>({
    sql,
    rowsAsArray: true,
    typeCast: (field) => field.buffer(),
  })
  if (!Array.isArray(answer)) return { rowsAffected: String(answer.affectedRows), insertId: String(answer.insertId) }
  const rows = (answer as (Buffer | null)[][]).map((row) => ({
    lengths: row.map((value) => String(value?.length ?? -1)),
    values: Buffer.concat(row.map((value) => value ?? Buffer.alloc(0))).toString('base64'),
  }))
  return { fields: fields.map(describeField), rows }
}

/** What Vitess calls the types; the others are texts to the client as well. */
const TYPES: Readonly<Record<number, string>> = {
  [Types.TINY]: 'INT8',
  [Types.LONG]: 'INT32',
  [Types.LONGLONG]: 'INT64',
  [Types.NEWDECIMAL]: 'DECIMAL',
  [Types.DATETIME]: 'DATETIME',
  [Types.JSON]: 'JSON',
}

function describeField({ name, columnType, characterSet }: FieldPacket & { readonly characterSet?: number }): object {
  return { name, type: TYPES[columnType ?? -1] ?? 'VARCHAR', charset: characterSet }
}

interface MysqlError extends Error {
  readonly errno: number
  readonly sqlState: string
}

function isMysqlError(error: unknown): error is MysqlError {
  return error instanceof Error && 'errno' in error && 'sqlState' in error
}

/** The numbers stand in the text, as vttablet writes them; Vitess' own codes are coarser, and nobody reads them. */
export function refusal({ message, errno, sqlState }: Pick<MysqlError, 'message' | 'errno' | 'sqlState'>): object {
  const text = `target: app.-.primary: vttablet: rpc error: code = Unknown desc = ${message}`
  return { code: 'UNKNOWN', message: `${text} (errno ${errno}) (sqlstate ${sqlState}) (CallerID: kit)` }
}

import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import Database from 'better-sqlite3'

interface Value {
  readonly type: 'null' | 'integer' | 'float' | 'text' | 'blob'
  readonly value?: string | number
}
interface Stmt {
  readonly sql?: string | null
  readonly sql_id?: number | null
  readonly args?: readonly Value[]
}
interface Condition {
  readonly type: string
  readonly step?: number
  readonly cond?: Condition
  readonly conds?: readonly Condition[]
}
interface Step {
  readonly condition?: Condition | null
  readonly stmt: Stmt
}
interface Request {
  readonly type: string
  readonly sql_id?: number
  readonly sql?: string
  readonly stmt?: Stmt
  readonly batch?: { readonly steps: readonly Step[] }
}

/** What the server is to answer in the place of the next request that writes; by HTTP where a status is given. */
export interface Refused {
  readonly code: string
  readonly message: string
  readonly status?: number
}

/** What a client holds between its requests: a connection, in whose transaction it may be. */
interface Stream {
  readonly database: Database.Database
  readonly timer: NodeJS.Timeout
}

/** libsql's own server gives a stream 10 s; an abandoned one is in no test's way for that long. */
const STREAM_TIMEOUT_MS = 1_000

/**
 * SQLite over HTTP as libsql's server speaks it (Hrana 2, in JSON), for libsql's own client: with the primary result code
 * and SQLite's text of an error, and no extended code.
 *
 * @param openStream - another connection, where transactions are to go on from one request to the next
 */
export async function serveLibsql(database: Database.Database, openStream?: () => Database.Database) {
  const refusals: Refused[] = []
  const streams = new Map<string, Stream>()
  let opened = 0
  const end = (baton: string) => {
    const stream = streams.get(baton)
    streams.delete(baton)
    clearTimeout(stream?.timer)
    // Rolls back what is open.
    stream?.database.close()
  }
  const begin = (open: () => Database.Database): string => {
    const baton = String(++opened)
    streams.set(baton, { database: open(), timer: setTimeout(end, STREAM_TIMEOUT_MS, baton) })
    return baton
  }
  const server = createServer(async (request, response) => {
    // Hrana 3 is not spoken: the client asks for it first.
    if (request.method !== 'POST') return void response.writeHead(404).end()
    const body: unknown = await json(request).catch(() => undefined)
    // The client has gone in the middle of its request.
    if (body === undefined) return void response.destroy()
    const { baton: given, requests } = body as { baton?: string | null; requests: readonly Request[] }
    const baton = openStream ? (given ?? begin(openStream)) : undefined
    const on = baton === undefined ? database : streams.get(baton)?.database
    if (!on) {
      const expired = { message: 'The stream has expired', code: 'STREAM_EXPIRED' }
      return void response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify(expired))
    }
    if (openStream) await whenUnlocked(on, requests)
    const writes = requests.some(({ type }) => type === 'batch')
    const refused = writes ? refusals.shift() : undefined
    response.setHeader('content-type', 'application/json')
    if (refused?.status) {
      const { code, message, status } = refused
      return void response.writeHead(status).end(JSON.stringify({ message, code }))
    }
    const results = requests.map((one) => {
      if (refused && one.type === 'batch') return { type: 'error', error: refused }
      try {
        return { type: 'ok', response: { type: one.type, result: answer(on, one) } }
      } catch (error) {
        return { type: 'error', error: errorOf(error) }
      }
    })
    const isOver = requests.some(({ type }) => type === 'close')
    if (baton !== undefined && isOver) end(baton)
    response.end(JSON.stringify({ baton: isOver ? null : (baton ?? null), base_url: null, results }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port.')
  const close = () => {
    server.close().closeAllConnections()
    for (const baton of streams.keys()) end(baton)
  }
  return { url: `http://127.0.0.1:${address.port}`, refusals, close }
}

/** The server lets writers wait for each other: the driver of these tests would stop the process meanwhile. */
async function whenUnlocked(database: Database.Database, requests: readonly Request[]): Promise<void> {
  const first = requests.find(({ batch }) => batch)?.batch?.steps[0]?.stmt.sql ?? ''
  if (!/^begin immediate/i.test(first)) return
  for (const until = performance.now() + STREAM_TIMEOUT_MS; performance.now() < until; ) {
    try {
      database.exec('begin immediate; rollback')
      return
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
}

/** What the client has sent for several statements of a request. */
const texts = new Map<number, string>()

function answer(database: Database.Database, { type, stmt, batch, sql, sql_id = 0 }: Request): unknown {
  if (type === 'execute' && stmt) return execute(database, stmt)
  if (type === 'batch' && batch) return runBatch(database, batch.steps)
  if (type === 'store_sql') return void texts.set(sql_id, sql ?? '')
  if (type === 'close_sql') return void texts.delete(sql_id)
  if (type === 'close') return undefined
  throw new Error(`The server of the tests does not know ${type}.`)
}

function runBatch(database: Database.Database, steps: readonly Step[]) {
  const results: unknown[] = []
  const errors: unknown[] = []
  const holds = (condition: Condition | null | undefined): boolean => {
    if (!condition) return true
    const { type, step = 0, cond, conds = [] } = condition
    if (type === 'ok') return results[step] !== null
    if (type === 'error') return errors[step] !== null
    if (type === 'not') return !holds(cond)
    if (type === 'and') return conds.every(holds)
    if (type === 'or') return conds.some(holds)
    if (type === 'is_autocommit') return !database.inTransaction
    throw new Error(`The server of the tests does not know the condition ${type}.`)
  }
  for (const { condition, stmt } of steps) {
    let result: unknown = null
    let failure: unknown = null
    if (holds(condition)) {
      try {
        result = execute(database, stmt)
      } catch (error) {
        failure = errorOf(error)
      }
    }
    results.push(result)
    errors.push(failure)
  }
  return { step_results: results, step_errors: errors }
}

function execute(database: Database.Database, { sql, sql_id, args = [] }: Stmt) {
  const prepared = database.prepare(sql ?? texts.get(sql_id ?? 0) ?? '')
  const values = args.map(({ type, value }) =>
    type === 'null' ? null : type === 'integer' ? BigInt(value ?? 0) : value,
  )
  if (!prepared.reader) {
    const { changes } = prepared.run(...values)
    return { cols: [], rows: [], affected_row_count: changes, last_insert_rowid: null }
  }
  const cols = prepared.columns().map(({ name }) => ({ name }))
  const rows = prepared.raw().all(...values) as unknown[][]
  return { cols, rows: rows.map((row) => row.map(encoded)), affected_row_count: 0, last_insert_rowid: null }
}

function encoded(value: unknown): Value {
  if (value === null) return { type: 'null' }
  if (typeof value === 'number') {
    return Number.isInteger(value) ? { type: 'integer', value: String(value) } : { type: 'float', value }
  }
  return { type: 'text', value: String(value) }
}

function errorOf(error: unknown) {
  if (!(error instanceof Database.SqliteError)) throw error
  return { code: /^SQLITE_[A-Z]+/.exec(error.code)?.[0], message: `SQLite error: ${error.message}` }
}

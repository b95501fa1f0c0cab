import { ClerkSyncError } from '@clerk-sync/core'
import { LONGEST_WAIT_MS, withRetries } from '@clerk-sync/core/adapter'
import type { Row } from '@clerk-sync/core/sql'

/** As much of a Supabase client as is used here. */
export interface Client {
  rpc(name: string, args: object): Request
  from(table: string): { select(columns: string): Selection }
}

/** A read of a table, which filters make smaller. */
export interface Selection extends Request {
  eq(column: string, value: string): Selection
  in(column: string, values: readonly string[]): Selection
  gt(column: string, value: string): Selection
  order(column: string): Selection
  limit(rows: number): Selection
}

interface Request extends PromiseLike<Answer> {
  abortSignal(signal: AbortSignal): PromiseLike<Answer>
}

interface Answer {
  readonly data: unknown
  readonly error: Refusal | null
  readonly status: number
}

/** What PostgREST, or the database behind it, says of a call that failed. */
export interface Refusal {
  readonly message: string
  readonly code?: string | undefined
}

/** SQLSTATE of the functions for what the database took without an error and did not keep. */
const LOST_WRITE = 'CS001'

/** For a table that has its versions in its rows, and is written with its versions beside it. */
const LEFT_COLUMN = 'CS002'

/** The functions of sql/functions.sql. */
export type FunctionName =
  | 'clerk_sync_write'
  | 'clerk_sync_write_many'
  | 'clerk_sync_write_once'
  | 'clerk_sync_replace'
  | 'clerk_sync_mark'
  | 'clerk_sync_prune'
  | 'clerk_sync_facts'
  | 'clerk_sync_refusing'
  | 'clerk_sync_park'
  | 'clerk_sync_find_letters'
  | 'clerk_sync_drop_letter'
  | 'clerk_sync_count_letters'

/** Whether an answer is what the function gives. */
type Accepts<T> = (data: unknown) => data is T

/** Calls a function of the migration: one round trip, one transaction, again while the database refuses it in passing. */
export type Call = <T>(name: FunctionName, args: object, accepts: Accepts<T>, signal?: AbortSignal) => Promise<T>

export function callerOf(client: Client): Call {
  return (name, args, accepts, signal) =>
    withRetries(
      async () => {
        const request = client.rpc(name, args)
        const { data, error, status } = await (signal
          ? withOwnSignal(signal, (own) => request.abortSignal(own))
          : request)
        if (error) throw errorOf(error, tablesOf(args), status, isBesideIn(args))
        if (accepts(data)) return data
        // The client takes an empty 404 for success, for one: what is not certain to be written is not acknowledged.
        throw new ClerkSyncError(
          'store_failed',
          `${name} was answered with status ${status} and without the function's result. Check that the URL is that ` +
            "of your Supabase project, and that the database has this version's sql/functions.sql.",
        )
      },
      undefined,
      signal,
    )
}

/** Each request has a signal of its own: `fetch` leaves its listener on the one that it is given. */
async function withOwnSignal<T>(signal: AbortSignal, request: (own: AbortSignal) => PromiseLike<T>): Promise<T> {
  signal.throwIfAborted()
  const own = new AbortController()
  const abort = () => own.abort(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await request(own.signal)
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/** The rows of a table that `filter` names. */
export function select(
  client: Client,
  table: string,
  filter: (rows: Selection) => Selection,
  signal: AbortSignal = AbortSignal.timeout(LONGEST_WAIT_MS),
): Promise<readonly Row[]> {
  return rowsOf(table, signal, () => filter(client.from(table).select('*')))
}

/** A part of a table: PostgREST gives no more than the project allows, 1,000 unless it says otherwise. */
export function selectSome(
  client: Client,
  table: string,
  columns: string,
  signal: AbortSignal,
): Promise<readonly Row[]> {
  return rowsOf(table, signal, () => client.from(table).select(columns).limit(1000))
}

function rowsOf(table: string, signal: AbortSignal, request: () => Request): Promise<readonly Row[]> {
  return withRetries(
    async () => {
      const { data, error, status } = await request().abortSignal(signal)
      if (error) throw errorOf(error, [table], status)
      if (Array.isArray(data)) return data
      throw new ClerkSyncError('store_failed', `A read of ${table} was answered with status ${status} and no rows.`)
    },
    undefined,
    signal,
  )
}

/** Addresses have a length that proxies take. */
const KEYS_PER_REQUEST = 100

/** The rows of a table with these values in this column. */
export async function selectByKeys(
  client: Client,
  table: string,
  column: string,
  keys: readonly string[],
  signal: AbortSignal,
  where: (rows: Selection) => Selection = (rows) => rows,
): Promise<readonly Row[]> {
  const found: Row[] = []
  for (let start = 0; start < keys.length; start += KEYS_PER_REQUEST) {
    const some = keys.slice(start, start + KEYS_PER_REQUEST)
    found.push(...(await select(client, table, (rows) => where(rows).in(column, some), signal)))
  }
  return found
}

/**
 * An error with the code of what refused the call: SQLSTATE, or PostgREST's own. `tables` are those that it was about, and
 * `isBeside` says whether their versions are beside them.
 */
export function errorOf(refusal: Refusal, tables: readonly string[], status?: number, isBeside = false): Error {
  const { code, message } = refusal
  const cause = Object.assign(new Error(message, { cause: refusal }), { code })
  // Functions of a version that knows no versions beside miss the sync columns.
  const isOlder = isBeside && code === '42703' && /cannot be synced, it has no column clerk_version/.test(message)
  if (code === 'PGRST202' || isOlder) {
    return config(
      'The functions of clerk-sync are not in the database, or are of another version. Copy sql/functions.sql of ' +
        "@clerk-sync/adapter-supabase into your migrations and run them; if you just did, run notify pgrst, 'reload schema'.",
      cause,
    )
  }
  if (code === '42501' && /\bclerk_sync_/.test(message)) {
    return config(
      'The database refused permission to the functions of clerk-sync: the client must be made with the service role ' +
        'key (sb_secret_…), and with no user signed in on it.',
      cause,
    )
  }
  if (code === '42501') {
    const where = tables.length > 0 ? `, in a call for the table ${tables.join(' and ')}` : ''
    return config(
      `The database refused it to the role of the key: ${message}${where}. service_role needs the grants of ` +
        'sql/tables.sql and sql/versions.sql, of which clerkSync.check() gives those that are missing; and the right to ' +
        "use the sequences and functions of the tables' own defaults and triggers.",
      cause,
    )
  }
  if (code === '42809' || code === LEFT_COLUMN) return config(`${message}.`, cause)
  if (code === LOST_WRITE) {
    return new ClerkSyncError('store_failed', `${message}. What is not stored is not acknowledged: it is sent again.`, {
      cause,
    })
  }
  if (status === 401) return config('Supabase refused the key: it must be the service role key of this project.', cause)
  return cause
}

/** The tables that a call of a function names. A batch's rows have errors of their own. */
function tablesOf(args: object): readonly string[] {
  const { change, ledger, letters, name } = args as {
    change?: { table?: unknown } | null
    ledger?: unknown
    letters?: unknown
    name?: unknown
  }
  return [change?.table, ledger, letters, name].filter((table) => typeof table === 'string')
}

function isBesideIn(args: object): boolean {
  const { change } = args as { change?: object | null }
  return change ? 'versions' in change : false
}

function config(message: string, cause: Error): ClerkSyncError {
  return new ClerkSyncError('config_invalid', message, { cause })
}

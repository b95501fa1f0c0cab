import { ClerkSyncError } from '@clerk-sync/core'
import { withRetries } from '@clerk-sync/core/adapter'
import { errorOf, type Refusal } from './errors.ts'

/** As much of a Supabase client as is used here. */
export interface Client {
  rpc(name: string, args: object): Request
  from(table: string): { select(columns: string, options?: { readonly count: 'exact' }): Selection }
}

/** A read of a table, which filters make smaller. */
export interface Selection extends Request {
  eq(column: string, value: string): Selection
  in(column: string, values: readonly string[]): Selection
  gt(column: string, value: string): Selection
  lt(column: string, value: string): Selection
  is(column: string, value: null): Selection
  order(column: string): Selection
  limit(rows: number): Selection
}

export interface Request extends PromiseLike<Answer> {
  abortSignal(signal: AbortSignal): PromiseLike<Answer>
}

export interface Answer {
  readonly data: unknown
  readonly error: Refusal | null
  readonly status: number
  /** How many rows there are, where that was asked. */
  readonly count?: number | null
}

/** The functions of sql/functions.sql. */
export type FunctionName =
  | 'clerk_sync_write'
  | 'clerk_sync_write_many'
  | 'clerk_sync_write_once'
  | 'clerk_sync_replace'
  | 'clerk_sync_mark'
  | 'clerk_sync_prune'
  | 'clerk_sync_prune_tombstones'
  | 'clerk_sync_count_events'
  | 'clerk_sync_facts'
  | 'clerk_sync_refusing'
  | 'clerk_sync_park'
  | 'clerk_sync_find_letters'
  | 'clerk_sync_drop_letter'
  | 'clerk_sync_count_letters'
  | 'clerk_sync_find_parts'
  | 'clerk_sync_find_to_link'
  | 'clerk_sync_link'

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

/** The tables that a call of a function names. A batch's rows have errors of their own. */
function tablesOf(args: object): readonly string[] {
  const { change, which, link, ledger, letters, name } = args as {
    change?: { table?: unknown } | null
    which?: { table?: unknown }
    link?: { table?: unknown }
    ledger?: unknown
    letters?: unknown
    name?: unknown
  }
  return [change?.table, which?.table, link?.table, ledger, letters, name].filter((table) => typeof table === 'string')
}

function isBesideIn(args: object): boolean {
  const { change } = args as { change?: object | null }
  return change ? 'versions' in change : false
}

import { ClerkSyncError } from '@clerk-sync/core'
import { LONGEST_WAIT_MS, withRetries } from '@clerk-sync/core/adapter'
import type { Row } from '@clerk-sync/core/sql'
import type { Answer, Client, Request, Selection } from './client.ts'
import { errorOf } from './errors.ts'

/** The rows of a table that `filter` names. */
export function select(
  client: Client,
  table: string,
  filter: (rows: Selection) => Selection,
  signal: AbortSignal = AbortSignal.timeout(LONGEST_WAIT_MS),
  columns = '*',
): Promise<readonly Row[]> {
  return rowsOf(table, signal, () => filter(client.from(table).select(columns)))
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
  return answerOf(table, signal, request, ({ data }) => (Array.isArray(data) ? data : undefined))
}

/** What an answer says, once it is one. */
export function answerOf<T>(
  table: string,
  signal: AbortSignal,
  request: () => Request,
  read: (answer: Answer) => T | undefined,
): Promise<T> {
  return withRetries(
    async () => {
      const answer = await request().abortSignal(signal)
      if (answer.error) throw errorOf(answer.error, [table], answer.status)
      const found = read(answer)
      if (found !== undefined) return found
      const message = `A read of ${table} was answered with status ${answer.status} and no rows.`
      throw new ClerkSyncError('store_failed', message)
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

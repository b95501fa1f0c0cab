import { createQueue, DELIVERY_TIMEOUT_MS, LONGEST_WAIT_MS, prop } from '@clerk-sync/core/adapter'
import {
  asyncRunner,
  type DialectName,
  type Row,
  type Runner,
  type RunResult,
  type Statement,
} from '@clerk-sync/core/sql'
import type { RawClient } from './client.ts'

/** How long Prisma is to wait, in ms. */
export interface PrismaTransactionOptions {
  /** For a connection to begin a transaction on. Default: 10,000. */
  readonly maxWait?: number
  /** For a transaction to end, its hook included: then it is rolled back. Default: 15,000, when Svix has given up. */
  readonly timeout?: number
}

/** Prisma's own limits of 2 s and 5 s refuse what a burst, or a slow hook, only delays. */
const PATIENCE = { maxWait: LONGEST_WAIT_MS, timeout: DELIVERY_TIMEOUT_MS }

export interface TransactionalClient<Tx> extends RawClient {
  $transaction<T>(run: (tx: Tx) => Promise<T>, options: Required<PrismaTransactionOptions>): Promise<T>
}

type Transaction<Tx> = <T>(run: (tx: Tx) => Promise<T>) => Promise<T>

/** How a client is asked. */
export interface Access<Tx> {
  readonly runner: Runner<Tx, unknown>
  /** Reads what is committed, through the client or a transaction of it. */
  read<T>(query: (on: object) => Promise<T>): Promise<T>
}

export function accessTo<Tx>(
  client: TransactionalClient<Tx>,
  database: DialectName,
  options: PrismaTransactionOptions,
): Access<Tx> {
  const pooled: Transaction<Tx> = (run) => client.$transaction(run, { ...PATIENCE, ...options })
  if (database !== 'sqlite') {
    const send = (statements: readonly Statement[]) => Promise.all(statements.map((one) => execute(client, one)))
    return { runner: asyncRunner<Tx>({ send, sendIn, transaction: pooled }), read: (query) => query(client) }
  }
  // The client has one connection: what is sent outside a transaction rides in whichever is open, sees what is not
  // committed, and is lost with it.
  const transaction = onOneConnection(client, pooled)
  const send = (statements: readonly Statement[]) =>
    transaction(async (tx) => {
      const results: RunResult[] = []
      for (const statement of statements) results.push(await sendIn(tx, statement))
      return results
    })
  return {
    runner: asyncRunner<Tx>({ send, sendIn, transaction }),
    read: (query) => transaction((tx) => query(tx as object)),
  }
}

/** One queue for all: several adapters may share a client, and its one connection. */
const queue = createQueue()

/**
 * Transactions one after another, of which none stays open. When SQLite refuses a commit, as it does while another process
 * reads, the transaction stays; Prisma lets go of it, and the next one to begin would fail and never give the
 * connection back.
 */
function onOneConnection<Tx>(client: RawClient, transaction: Transaction<Tx>): Transaction<Tx> {
  return (run) =>
    queue(async () => {
      let committing = false
      try {
        return await transaction(async (tx) => {
          const result = await run(tx)
          committing = true
          return result
        })
      } catch (error) {
        // A transaction that timed out is rolled back, and another one may be open by now.
        if (committing && !isTransactionFault(error)) {
          // It fails where nothing is open, and then nothing is to be done.
          await client.$executeRawUnsafe('rollback').catch(() => {})
        }
        throw error
      }
    })
}

/** Prisma's own trouble with a transaction: it could not begin in time, or took too long. */
function isTransactionFault(error: unknown): boolean {
  return prop(error, 'code') === 'P2028'
}

/** A transaction's client is a client without what would leave the transaction. */
function sendIn(tx: unknown, statement: Statement): Promise<RunResult> {
  return execute(tx as RawClient, statement)
}

async function execute(on: RawClient, { sql, params, returnsRows }: Statement): Promise<RunResult> {
  if (!returnsRows) return { rows: [], affected: await on.$executeRawUnsafe(sql, ...params) }
  const rows = (await on.$queryRawUnsafe(sql, ...params)) as readonly Row[]
  return { rows, affected: 0 }
}

import { createQueue, LONGEST_WAIT_MS, prop, SVIX_TIMEOUT_MS } from '@clerk-sync/core/adapter'
import {
  asyncRunner,
  type DialectName,
  type HookHandle,
  onlyOne,
  type Row,
  type Runner,
  type RunResult,
  type Statement,
} from '@clerk-sync/core/sql'
import type { RawClient } from './client.ts'
import type { PrismaTransactionOptions } from './transactional-client.ts'
import { UnrunWrites } from './unrun-writes.ts'
import { type ExtensibleClient, type WatchedTransaction, watchedTransaction } from './watched-transaction.ts'

/** Prisma's own limits of 2 s and 5 s refuse what a burst, or a slow hook, only delays. */
const PATIENCE = { maxWait: LONGEST_WAIT_MS, timeout: SVIX_TIMEOUT_MS }

type Transaction<Tx> = <T>(run: (transaction: WatchedTransaction<Tx>) => Promise<T>) => Promise<T>

/** How a client is asked. */
export interface Access<Tx> {
  readonly runner: Runner<Tx, unknown>
  /** Reads what is committed, through the client or a transaction of it. */
  read<T>(query: (on: object) => Promise<T>): Promise<T>
}

export function accessTo<Tx>(
  client: ExtensibleClient<Tx>,
  database: DialectName,
  options: PrismaTransactionOptions,
): Access<Tx> {
  const pooled: Transaction<Tx> = (run) => watchedTransaction(client, { ...PATIENCE, ...options }, run, database)
  if (database !== 'sqlite') {
    const send = async (statements: readonly Statement[]) => [await execute(client, onlyOne(statements))]
    return {
      runner: asyncRunner({ send, sendIn, transaction: pooled, handle: handleOf<Tx> }),
      read: (query) => query(client),
    }
  }
  // The client has one connection: what is sent outside a transaction rides in whichever is open, sees what is not
  // committed, and is lost with it.
  const transaction = onOneConnection(client, pooled)
  const send = (statements: readonly Statement[]) =>
    transaction(async (open) => {
      const results: RunResult[] = []
      for (const statement of statements) results.push(await sendIn(open, statement))
      return results
    })
  return {
    runner: asyncRunner({ send, sendIn, transaction, handle: handleOf<Tx> }),
    read: (query) => transaction(({ tx }) => query(tx as object)),
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
        return await transaction(async (open) => {
          const result = await run(open)
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
function sendIn({ tx, own }: WatchedTransaction<unknown>, statement: Statement): Promise<RunResult> {
  own.add(statement.sql)
  return execute(tx as RawClient, statement)
}

function handleOf<Tx>(transaction: WatchedTransaction<Tx>): HookHandle<Tx> {
  const writes = new UnrunWrites()
  return {
    tx: writes.watch(transaction.tx as object) as Tx,
    check() {
      transaction.statements.check()
      writes.refuse()
    },
    end: () => {
      transaction.hookIsOver = true
    },
  }
}

async function execute(on: RawClient, { sql, params, returnsRows }: Statement): Promise<RunResult> {
  if (!returnsRows) return { rows: [], affected: await on.$executeRawUnsafe(sql, ...params) }
  const rows = (await on.$queryRawUnsafe(sql, ...params)) as readonly Row[]
  return { rows, affected: 0 }
}

import { asyncRunner, type Row, type Runner, type RunResult, type Statement } from '@clerk-sync/core/sql'
import type { ClientFacts, RawClient } from './client.ts'

/** How long Prisma is to wait, in ms. */
export interface TransactionOptions {
  /** For a connection to begin a transaction on. Default: 10,000. */
  readonly maxWait?: number
  /** For a transaction to end: its hook as well. Then it is rolled back. Default: 15,000, when Svix has given up. */
  readonly timeout?: number
}

export interface TransactionalClient<Tx> extends RawClient {
  $transaction<T>(run: (tx: Tx) => Promise<T>, options: Required<TransactionOptions>): Promise<T>
}

/** Prisma's own 2 s and 5 s turn away what a burst, or a slow hook, only delays. */
const PATIENCE = { maxWait: 10_000, timeout: 15_000 }

export function prismaRunner<Tx>(
  client: TransactionalClient<Tx>,
  database: ClientFacts['database'],
  options: TransactionOptions,
): Runner<Tx, unknown> {
  const transaction = <T>(run: (tx: Tx) => Promise<T>) => client.$transaction(run, { ...PATIENCE, ...options })
  const inTransaction = (statements: readonly Statement[]) =>
    transaction(async (tx) => {
      const results: RunResult[] = []
      for (const statement of statements) results.push(await executeIn(tx, statement))
      return results
    })
  return asyncRunner<Tx>({
    // On SQLite the client has one connection: what is not in a transaction of its own rides in whichever is open, and
    // is lost with it. Transactions wait for each other.
    send: (statements) =>
      database === 'sqlite'
        ? inTransaction(statements)
        : Promise.all(statements.map((statement) => execute(client, statement))),
    sendIn: executeIn,
    transaction,
  })
}

/** A transaction's client is a client without what would leave the transaction. */
function executeIn(tx: unknown, statement: Statement): Promise<RunResult> {
  return execute(tx as RawClient, statement)
}

async function execute(on: RawClient, { sql, params, returnsRows }: Statement): Promise<RunResult> {
  if (!returnsRows) return { rows: [], affected: await on.$executeRawUnsafe(sql, ...params), insertId: 0 }
  const rows = (await on.$queryRawUnsafe(sql, ...params)) as readonly Row[]
  return { rows, affected: 0, insertId: 0 }
}

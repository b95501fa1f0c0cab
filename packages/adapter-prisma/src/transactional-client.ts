import type { RawClient } from './client.ts'

/** How long Prisma is to wait, in ms. */
export interface PrismaTransactionOptions {
  /** For a connection to begin a transaction on. Default: 10,000. */
  readonly maxWait?: number
  /** For a transaction to end, its hook included: then it is rolled back. Default: 15,000, when Svix has given up. */
  readonly timeout?: number
}

/** A client that has interactive transactions. */
export interface TransactionalClient<Tx> extends RawClient {
  $transaction<T>(run: (tx: Tx) => Promise<T>, options: Required<PrismaTransactionOptions>): Promise<T>
}

import { ClerkSyncError } from '@clerk-sync/core'
import { prop } from '@clerk-sync/core/adapter'
import { type DialectName, HookStatements } from '@clerk-sync/core/sql'
import { prismaFault } from './fault.ts'
import type { PrismaTransactionOptions, TransactionalClient } from './transactional-client.ts'

/** A transaction, and what our own extension needs to know of it. */
export interface WatchedTransaction<Tx> {
  readonly tx: Tx
  /** The texts of our own statements, which go on after the hook. */
  readonly own: Set<unknown>
  hookIsOver: boolean
  /** Why nothing of it may be kept, whatever a hook makes of the error. */
  refusal: ClerkSyncError | undefined
  /** What the hook sends. */
  readonly statements: HookStatements
}

/** What a query extension is called with. */
interface Operation {
  readonly args: unknown
  readonly query: (args: unknown) => Promise<unknown>
  /** Not in Prisma's types. */
  readonly __internalParams?: unknown
}

/** What is used of a client, and of one that is extended. */
export interface ExtensibleClient<Tx> extends TransactionalClient<Tx> {
  $extends(extension: {
    readonly name: string
    readonly query: { $allOperations(operation: Operation): Promise<unknown> }
  }): TransactionalClient<Tx>
}

/**
 * Prisma's `transaction`, which no operation leaves, and that takes none of a hook's after the hook.
 *
 * An extension of the application's may run `query(args)` in a transaction of its own, as the one for row-level security
 * in Prisma's documentation does: it is then committed by itself, and the claim with it. An extension that is added last
 * is called last, so ours sees where an operation goes, and before it goes there.
 */
export async function watchedTransaction<Tx, T>(
  client: ExtensibleClient<Tx>,
  options: Required<PrismaTransactionOptions>,
  run: (transaction: WatchedTransaction<Tx>) => Promise<T>,
  database: DialectName,
): Promise<T> {
  let watched: WatchedTransaction<Tx> | undefined
  const extended = client.$extends({
    name: 'clerk-sync',
    query: {
      async $allOperations({ args, query, __internalParams }) {
        if (watched && prop(prop(__internalParams, 'transaction'), 'kind') !== 'itx') {
          watched.refusal ??= leavesTransaction()
          throw watched.refusal
        }
        if (watched?.hookIsOver && !watched.own.has(prop(args, '0'))) {
          throw new ClerkSyncError('hook_failed', 'The transaction has ended: the hook must await all that it does.')
        }
        if (!watched || watched.own.has(prop(args, '0'))) return query(args)
        // A text with its values, or what a template has made.
        watched.statements.before(prop(args, '0') ?? prop(args, 'sql'))
        try {
          return await query(args)
        } catch (error) {
          watched.statements.failed(error)
          throw error
        }
      },
    },
  })
  try {
    return await extended.$transaction(async (tx) => {
      const statements = new HookStatements(database, prismaFault)
      watched = { tx, own: new Set(), hookIsOver: false, refusal: undefined, statements }
      const result = await run(watched)
      if (watched.refusal) throw watched.refusal
      return result
    }, options)
  } catch (error) {
    throw watched?.refusal ? leavesTransaction(error) : error
  }
}

function leavesTransaction(cause?: unknown): ClerkSyncError {
  return new ClerkSyncError(
    'config_invalid',
    'An extension of this PrismaClient runs queries of a transaction outside of it, in a $transaction of its own, where ' +
      'they would be committed whatever becomes of the event. Nothing was kept. Give prismaAdapter the client without ' +
      'that extension; what the extension sets for each query, a hook can set for its transaction with tx.$executeRaw.',
    { cause },
  )
}

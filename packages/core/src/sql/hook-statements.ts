import { ClerkSyncError } from '../errors.ts'
import { databaseFault } from '../port/database-fault.ts'

/** `rollback to savepoint` is none of them. */
const ENDS_TRANSACTION = /^\s*(begin|start\s+transaction|commit|rollback(?!\s+(work\s+)?to\b))\b/i

/**
 * What a hook sends on MySQL, one statement after another. A deadlock rolls the whole transaction back there, and the
 * connection goes on: what follows, from a hook that catches the error or from a query that was sent beside, would commit
 * by itself, and once more when the event is sent again. So nothing follows.
 */
export class HookStatements {
  #last: Promise<unknown> = Promise.resolve()
  #refusal: ClerkSyncError | undefined
  #lost: ClerkSyncError | undefined

  send<T>(text: unknown, run: () => PromiseLike<T>): Promise<T> {
    const sent = this.#last.then(async () => {
      if (this.#refusal) throw this.#refusal
      this.#refusal = endedByHook(text)
      try {
        return await run()
      } catch (error) {
        if (databaseFault(error) === 'transient') {
          this.#lost ??= rolledBack(error)
          this.#refusal ??= this.#lost
        }
        throw error
      }
    })
    this.#last = sent.catch(() => {})
    return sent
  }

  /** After a hook that did not throw: it may have caught the error. */
  check(): void {
    if (this.#lost) throw this.#lost
  }

  end(): void {
    this.#refusal ??= new ClerkSyncError(
      'hook_failed',
      'The transaction has ended: the hook must await all that it does.',
    )
  }
}

/** After a deadlock or a lock that was not had in time, whose error a hook has caught. */
export function rolledBack(cause: unknown): ClerkSyncError {
  return new ClerkSyncError(
    'store_failed',
    'A deadlock, or a lock that was not had in time, may have rolled the transaction back, and the hook went on: what it ' +
      'wrote afterwards would be committed by itself. Nothing was kept. Let errors of the database out of the hook.',
    { cause },
  )
}

/** What to refuse all that follows this statement with, where it ends the transaction. */
export function endedByHook(statement: unknown): ClerkSyncError | undefined {
  const text = String(statement)
  if (!ENDS_TRANSACTION.test(text)) return undefined
  return new ClerkSyncError(
    'hook_failed',
    `The hook has ended the transaction that it is in (${text.trim().slice(0, 40)}): what it writes afterwards would be ` +
      'committed by itself. Leave begin, commit and rollback out of the hook.',
  )
}

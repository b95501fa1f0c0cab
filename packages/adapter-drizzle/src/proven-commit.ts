import { ClerkSyncError } from '@clerk-sync/core'

/**
 * PostgreSQL answers the commit of a transaction that has failed with ROLLBACK, and without an error.
 *
 * @param result - of the `commit`, as node-postgres and postgres.js give it
 */
export function provenCommit(result: unknown): void {
  const command: unknown = typeof result === 'object' && result !== null ? Reflect.get(result, 'command') : undefined
  if (command === 'COMMIT') return
  throw new ClerkSyncError(
    'store_failed',
    `The commit was answered with ${String(command)}, so nothing is stored: a statement of the transaction had failed, ` +
      'and its error went unnoticed. Let the hook await all that it does, and catch no error of ' +
      'the database.',
  )
}

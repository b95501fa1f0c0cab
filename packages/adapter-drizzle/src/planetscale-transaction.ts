import { endSession } from './hook-handle.ts'
import type { DrizzleTransaction, Transaction } from './session.ts'

/** Drizzle's `transaction` on PlanetScale, whose client begins a session for each and ends it by itself. */
export function planetscaleTransaction<Tx extends object>(db: {
  readonly transaction: DrizzleTransaction<Tx>
}): Transaction<Tx> {
  return async (run) => {
    const thrown: { error?: unknown } = {}
    try {
      return await db.transaction(async (tx) => {
        try {
          return await run(tx)
        } catch (error) {
          thrown.error = error
          throw error
        } finally {
          // What a hook left running would be written after the end, by itself. Commit and rollback go past this.
          endSession(tx)
        }
      })
    } catch (error) {
      // Not that the rollback failed as well: the server rolls back by itself.
      throw 'error' in thrown ? thrown.error : error
    }
  }
}

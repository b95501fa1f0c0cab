import { chainOf } from '@clerk-sync/core/adapter'
import type { RunResult, Statement } from '@clerk-sync/core/sql'
import { postgresResult } from './driver-result.ts'
import { mayBeOfName, type Names } from './prepared.ts'
import { type Session, sessionOf, type Transaction } from './session.ts'

/** How the statements of a transaction are sent, and the transaction itself. */
interface Sending<Tx> {
  readonly sendIn: (tx: Tx, statement: Statement) => Promise<RunResult>
  readonly transaction: Transaction<Tx>
}

/**
 * Sends what may be named under its name. One that is refused for that fails its transaction, which is then run again
 * without names. No hook has run by then: only what comes before it has a name.
 */
export function namedTransaction<Tx extends object>({ sendIn, transaction }: Sending<Tx>, names: Names): Sending<Tx> {
  const unnamed = new WeakSet<Tx>()
  const refusals = new WeakSet<object>()
  return {
    async sendIn(tx, statement) {
      if (!names.takes(statement) || unnamed.has(tx)) return sendIn(tx, statement)
      const { client, logger } = sessionOf(tx) as Session<Tx>
      // Drizzle's logger, since the statement does not pass through Drizzle.
      logger?.logQuery(statement.sql, [...statement.params])
      try {
        return postgresResult(await names.send(client, statement))
      } catch (error) {
        if (mayBeOfName(error)) refusals.add(Object(error))
        throw error
      }
    },
    async transaction(run, signal) {
      try {
        return await transaction(run, signal)
      } catch (error) {
        if (![...chainOf(error)].some((link) => refusals.has(Object(link)))) throw error
        const result = await transaction((tx) => {
          unnamed.add(tx)
          return run(tx)
        }, signal)
        names.giveUp()
        return result
      }
    },
  }
}

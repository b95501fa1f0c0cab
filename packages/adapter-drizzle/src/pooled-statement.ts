import { chainOf, prop } from '@clerk-sync/core/adapter'
import type { Statement } from '@clerk-sync/core/sql'
import { checkoutOf } from './pool.ts'
import type { Names } from './prepared.ts'
import { Rendered } from './rendered.ts'
import { onOneConnection, type Session, sessionOf } from './session.ts'

interface Executor {
  execute(query: Rendered): PromiseLike<unknown>
}

/** Sends a statement outside a transaction; gives the driver's own result. */
export type SendPooled = (statement: Statement, signal?: AbortSignal) => Promise<unknown>

/** A statement through Drizzle, on a connection that can be destroyed where there is a pool. */
export function pooledStatement(db: Executor, names: Names | undefined): SendPooled {
  const session = sessionOf(db)
  const checkout = checkoutOf(session?.client)
  const sendOn = async (on: Executor, client: unknown, statement: Statement, isNamed: boolean): Promise<unknown> => {
    if (!names || !isNamed) return on.execute(new Rendered(statement))
    // Drizzle's logger, since the statement does not pass through Drizzle.
    session?.logger?.logQuery(statement.sql, [...statement.params])
    return names.send(client, statement)
  }
  const send = (statement: Statement, signal: AbortSignal | undefined, isNamed: boolean): Promise<unknown> =>
    session && checkout
      ? onOneConnection(
          session,
          checkout,
          signal,
          (own) => sendOn(databaseOn(db, own), own.client, statement, isNamed),
          isOfStatement,
        )
      : sendOn(db, session?.client, statement, isNamed)
  return async (statement, signal) => {
    if (!names?.takes(statement)) return send(statement, signal, false)
    try {
      return await send(statement, signal, true)
    } catch (error) {
      if (!names.mayBeAtFault(error)) throw error
      const result = await send(statement, signal, false)
      names.giveUp()
      return result
    }
  }
}

/** SQLSTATE, of errors that leave a connection of PostgreSQL as it was: of data, constraints, locks, names and functions. */
const OF_STATEMENT = /^(?:0A|21|22|23|26|40|42|44|54|55|P0)[0-9A-Z]{3}$/

/**
 * Whether the server refused the statement, outside of any transaction, so that the connection is as good as before. After
 * any other error it is destroyed.
 */
function isOfStatement(error: unknown): boolean {
  return [...chainOf(error)].some((link) => {
    const isOfMysql = prop(link, 'sqlState') !== undefined && prop(link, 'fatal') !== true
    return isOfMysql || OF_STATEMENT.test(String(prop(link, 'code')))
  })
}

/** The same database of Drizzle's, with another session. */
function databaseOn<D extends object>(db: D, session: Session<unknown>): D {
  return Object.create(db, { session: { value: session } })
}

import { chainOf, prop } from '@clerk-sync/core/adapter'
import type { Statement } from '@clerk-sync/core/sql'
import { checkoutOf } from './pool.ts'
import type { SendPrepared } from './prepared.ts'
import { Rendered } from './rendered.ts'
import { onOneConnection, type Session, sessionOf } from './session.ts'

interface Executor {
  execute(query: Rendered): PromiseLike<unknown>
}

/** Sends a statement outside a transaction; gives the driver's own result. */
export type SendPooled = (statement: Statement, signal?: AbortSignal) => Promise<unknown>

/** A statement through Drizzle, on a connection that can be destroyed where there is a pool. */
export function pooledStatement(db: Executor, prepared: SendPrepared | undefined): SendPooled {
  const session = sessionOf(db)
  const sendOn = async (on: Executor, client: unknown, statement: Statement): Promise<unknown> =>
    prepared && statement.name ? prepared(client, statement) : on.execute(new Rendered(statement))
  const checkout = checkoutOf(session?.client)
  if (!session || !checkout) return (statement) => sendOn(db, session?.client, statement)
  return (statement, signal) =>
    onOneConnection(session, checkout, signal, (own) => sendOn(databaseOn(db, own), own.client, statement), isFromMysql)
}

/**
 * Whether MySQL refused the statement, which is its answer to a sum out of range too. After any other error the
 * connection is destroyed, as the pool of node-postgres does with a query of its own.
 */
function isFromMysql(error: unknown): boolean {
  return [...chainOf(error)].some((link) => prop(link, 'sqlState') !== undefined && prop(link, 'fatal') !== true)
}

/** The same database of Drizzle's, with another session. */
function databaseOn<D extends object>(db: D, session: Session<unknown>): D {
  return Object.create(db, { session: { value: session } })
}

import { ended, endSession } from './hook-handle.ts'
import { postgresJsTransaction } from './postgres-js-transaction.ts'
import { provenCommit } from './proven-commit.ts'
import type { Session, Transaction } from './session.ts'

/** What is used of the pools of node-postgres and mysql2. */
interface PostgresPool {
  connect(): Promise<PostgresConnection>
  on(event: 'error', listener: (error: unknown) => void): unknown
  listeners(event: 'error'): unknown[]
}
interface PostgresConnection {
  query(...args: unknown[]): Promise<unknown>
  release(destroy: boolean): void
  on(event: 'error', listener: (error: unknown) => void): unknown
  off(event: 'error', listener: (error: unknown) => void): unknown
}
interface MysqlPool {
  getConnection(): Promise<{ release(): void; destroy(): void }>
}

/** A connection out of a pool; `sound` says whether it may be used again. */
interface Checkout {
  readonly connection: object
  giveBack(sound: boolean): void
}

/**
 * Drizzle's `transaction`, on a connection that the adapter checks out itself where there is a pool.
 *
 * On a pool Drizzle checks one out by itself, and never gives it back when `begin` fails: a failover, and the pool is
 * empty for good. And it gives one back when `rollback` fails, with the transaction still open: the next write would
 * ride in it. So a transaction that ended with an error other than its own takes its connection with it.
 */
export function pooledTransaction<Tx>(db: { readonly transaction: Transaction<Tx> }): Transaction<Tx> {
  const session: unknown = Reflect.get(db, 'session')
  if (isSession<Tx>(session) && isPostgresJs(session.client)) return postgresJsTransaction(session)
  const pool = isSession<Tx>(session) ? checkoutOf(session.client) : undefined
  if (!pool) return (run) => db.transaction((tx) => run(tx).finally(() => endSession(tx)))
  return async (run) => {
    const { connection, giveBack } = await pool()
    // The same session on that one connection: then Drizzle opens the transaction on it, and leaves it there.
    const own: Session<Tx> = Object.create(session as Session<Tx>, { client: { value: connection, writable: true } })
    const end = (sound: boolean) => {
      // What a hook left running must not write after the end, on its own or into another delivery's transaction.
      Reflect.set(own, 'client', ended)
      giveBack(sound)
    }
    let thrown: { readonly error: unknown } | undefined
    try {
      const result = await own.transaction((tx) =>
        run(tx).catch((error: unknown) => {
          thrown = { error }
          throw error
        }),
      )
      end(true)
      return result
    } catch (error) {
      end(thrown !== undefined && thrown.error === error)
      throw error
    }
  }
}

/** Whether a database of node-postgres or mysql2 has a pool, or a single connection. */
export function hasPool(db: object): boolean {
  const session: unknown = Reflect.get(db, 'session')
  return isSession(session) && checkoutOf(session.client) !== undefined
}

function isSession<Tx>(value: unknown): value is Session<Tx> {
  return typeof value === 'object' && value !== null && 'client' in value && 'transaction' in value
}

function isPostgresJs(client: unknown): boolean {
  return typeof client === 'function' && 'begin' in client && 'reserve' in client
}

function checkoutOf(client: unknown): (() => Promise<Checkout>) | undefined {
  if (typeof client !== 'object' || client === null) return undefined
  if ('getConnection' in client) {
    const pool = client as MysqlPool
    return async () => {
      const connection = await pool.getConnection()
      return { connection, giveBack: (sound) => (sound ? connection.release() : connection.destroy()) }
    }
  }
  if (isPostgresPool(client)) {
    const pool = client
    return async () => {
      const connection = await pool.connect()
      connection.on('error', toldByTheQuery)
      const giveBack = (sound: boolean) => {
        connection.off('error', toldByTheQuery)
        connection.release(!sound)
      }
      return { connection: withProvenCommit(connection), giveBack }
    }
  }
  return undefined
}

// A single client of node-postgres can connect as well, and has no count of others.
function isPostgresPool(client: unknown): client is PostgresPool {
  return typeof client === 'object' && client !== null && 'connect' in client && 'totalCount' in client
}

/**
 * Keeps the process alive when the server restarts. An idle connection that breaks is reported by the pool of
 * node-postgres as an error, which ends a process without a listener; the pool has replaced it by then, and no
 * statement is lost. Listeners of the application's hear of it as before.
 */
export function outliveIdleConnections(client: unknown): void {
  if (isPostgresPool(client) && !client.listeners('error').includes(replacedByPool)) client.on('error', replacedByPool)
}

function replacedByPool(): void {}

/** The same connection, for Drizzle, which does not look at what its `commit` is answered. */
function withProvenCommit(connection: PostgresConnection): PostgresConnection {
  const query = async (...args: unknown[]): Promise<unknown> => {
    const result = await connection.query(...args)
    const [statement] = args
    if (typeof statement === 'object' && statement !== null && Reflect.get(statement, 'text') === 'commit') {
      provenCommit(result)
    }
    return result
  }
  return Object.create(connection, { query: { value: query } })
}

/**
 * A connection that breaks emits an error, which ends a process without a listener. It rejects the query that is
 * under way, or else the next one, as well: that is where it is dealt with.
 */
function toldByTheQuery(): void {}

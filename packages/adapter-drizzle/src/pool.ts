import { prop } from '@clerk-sync/core/adapter'
import { provenCommit } from './proven-commit.ts'

/** What is used of the pools of node-postgres and mysql2. */
interface PostgresPool {
  connect(): Promise<PostgresConnection>
  on(event: 'error', listener: (error: unknown) => void): unknown
  listeners(event: 'error'): unknown[]
}
interface PostgresConnection {
  readonly connection?: { readonly stream?: Socket }
  query(...args: unknown[]): Promise<unknown>
  release(destroy: boolean): void
  on(event: 'error', listener: (error: unknown) => void): unknown
  off(event: 'error', listener: (error: unknown) => void): unknown
}
interface MysqlPool {
  getConnection(): Promise<MysqlConnection>
}
interface MysqlConnection {
  readonly connection?: { readonly stream?: Socket }
  release(): void
  destroy(): void
}
interface Socket {
  destroy(): void
}

/** A connection out of a pool. */
export interface Checkout {
  readonly connection: object
  /** Where it is not known to be sound, it is destroyed, and the pool makes a new one. */
  giveBack(sound: boolean): void
}

/** Where the client is a pool: what checks a connection out. */
export function checkoutOf(client: unknown): (() => Promise<Checkout>) | undefined {
  if (typeof client !== 'object' || client === null) return undefined
  if ('getConnection' in client) {
    const pool = client as MysqlPool
    return async () => {
      const connection = await pool.getConnection()
      const giveBack = (sound: boolean) => {
        if (sound) return connection.release()
        connection.destroy()
        // The driver says goodbye and waits to hear the same, which a silent network never brings.
        connection.connection?.stream?.destroy()
      }
      return { connection, giveBack }
    }
  }
  if (isPostgresPool(client)) {
    const pool = client
    return async () => {
      const connection = await pool.connect()
      connection.on('error', toldByTheQuery)
      const giveBack = (sound: boolean) => {
        if (!sound) connection.connection?.stream?.destroy()
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
  return prop(client, 'connect') !== undefined && prop(client, 'totalCount') !== undefined
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

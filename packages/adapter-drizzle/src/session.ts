import { ended } from './hook-handle.ts'
import { type Checkout, checkoutOf } from './pool.ts'

/** Drizzle's own. */
export type DrizzleTransaction<Tx> = <T>(run: (tx: Tx) => Promise<T>) => Promise<T>
/** Rolls back when `run` rejects. Once the signal is aborted, the connection is destroyed where that can be. */
export type Transaction<Tx> = <T>(run: (tx: Tx) => Promise<T>, signal?: AbortSignal) => Promise<T>

/** What a database of Drizzle's sends its statements through. */
export interface Session<Tx> {
  readonly client: unknown
  readonly transaction: DrizzleTransaction<Tx>
  /** One that does nothing where the application has none. */
  readonly logger?: { logQuery(sql: string, params: unknown[]): void }
}

export function sessionOf<Tx>(db: object): Session<Tx> | undefined {
  const session: unknown = Reflect.get(db, 'session')
  return isSession<Tx>(session) ? session : undefined
}

function isSession<Tx>(value: unknown): value is Session<Tx> {
  return typeof value === 'object' && value !== null && 'client' in value && 'transaction' in value
}

/** Whether a database of node-postgres or mysql2 has a pool, or a single connection. */
export function hasPool(db: object): boolean {
  return checkoutOf(sessionOf(db)?.client) !== undefined
}

/** The same session on another client: a connection of its own, say. */
function sessionOn<Tx>(session: Session<Tx>, client: unknown): Session<Tx> {
  return Object.create(session, { client: { value: client, writable: true } })
}

/**
 * Uses a session on one connection of the pool. Once the signal is aborted the connection is destroyed: it may be stuck,
 * and whoever comes next would be stuck with it.
 *
 * @param isSound - whether the connection may be used again after this error
 */
export async function onOneConnection<Tx, T>(
  session: Session<Tx>,
  checkout: () => Promise<Checkout>,
  signal: AbortSignal | undefined,
  use: (own: Session<Tx>) => Promise<T>,
  isSound: (error: unknown) => boolean,
): Promise<T> {
  const { connection, giveBack } = await checkout()
  if (signal?.aborted) {
    giveBack(true)
    throw signal.reason
  }
  const own = sessionOn(session, connection)
  let isOver = false
  const end = (sound: boolean) => {
    if (isOver) return
    isOver = true
    // What a hook left running must not write after the end, on its own or into another delivery's transaction.
    Reflect.set(own, 'client', ended)
    giveBack(sound)
  }
  const destroy = () => end(false)
  // Not in a `finally` alone: mysql2 never settles what a destroyed connection was asked.
  signal?.addEventListener('abort', destroy, { once: true })
  try {
    const result = await use(own)
    end(true)
    return result
  } catch (error) {
    end(isSound(error))
    throw error
  } finally {
    signal?.removeEventListener('abort', destroy)
  }
}

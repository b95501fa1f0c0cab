import { CompiledQuery, type DatabaseConnection, type Kysely } from 'kysely'

/** How long a connection has to get through a rollback, in ms, before it counts as stuck. */
const GRACE_MS = 250

/**
 * Kysely's `connection()`. When the signal is aborted and `use` does not end soon after, the connection is destroyed: its
 * pool would keep a stuck one for ever.
 */
export function onOneConnection<DB, T>(
  db: Kysely<DB>,
  signal: AbortSignal | undefined,
  use: (connection: Kysely<DB>) => Promise<T>,
): Promise<T> {
  if (!signal) return db.connection().execute(use)
  return db.connection().execute(async (own) => {
    const destroy = await destroyerOf(await own.getExecutor().provideConnection(async (one) => one))
    signal.throwIfAborted()
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = () => {
      timer = setTimeout(destroy, GRACE_MS)
    }
    signal.addEventListener('abort', late, { once: true })
    try {
      return await use(own)
    } finally {
      signal.removeEventListener('abort', late)
      clearTimeout(timer)
    }
  })
}

interface Socket {
  destroy(): void
}

/** What ends a session of mysql2, since Kysely 0.29. */
interface Killable {
  killSession?(control: (use: unknown) => Promise<void>): Promise<void>
}

const sockets = new WeakMap<DatabaseConnection, Socket>()

/** Kysely keeps its connections to itself: what ends one, by its kind. */
async function destroyerOf(connection: DatabaseConnection): Promise<() => void> {
  if (connection.constructor.name === 'PostgresConnection') {
    if (!sockets.has(connection)) {
      await connection.executeQuery(
        CompiledQuery.raw(new Reach((socket) => sockets.set(connection, socket)) as unknown as string),
      )
    }
    return () => sockets.get(connection)?.destroy()
  }
  const killable = connection as Killable
  // It destroys the connection, and asks for another to tell the server: which needs no telling.
  return () => void killable.killSession?.(async () => {}).catch(() => {})
}

/**
 * A query of node-postgres' that sends nothing. The driver hands its connection to whatever has a `submit` in place of a
 * text, and takes an error from it for "not sent". A text too, for those who log queries.
 */
class Reach extends String {
  callback?: (error: unknown) => void
  readonly #reached: (socket: Socket) => void

  constructor(reached: (socket: Socket) => void) {
    super('-- clerk-sync looks for the connection: nothing is sent')
    this.#reached = reached
  }

  submit({ stream }: { readonly stream: Socket }): Error {
    this.#reached(stream)
    return new Error('Nothing is to be sent.')
  }

  handleError(error: unknown): void {
    this.callback?.(error)
  }
}

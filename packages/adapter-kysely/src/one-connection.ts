import { CompiledQuery, type DatabaseConnection, type Kysely } from 'kysely'

/** How long a connection has to get through a rollback, in ms, before it counts as stuck. */
const GRACE_MS = 250

/**
 * Kysely's `connection()`, on which a break is an error of what runs there, and nothing more. When the signal is aborted and `use` does not end soon after, the connection is destroyed: its
 * pool would keep a stuck one for ever.
 */
export function onOneConnection<DB, T>(
  db: Kysely<DB>,
  signal: AbortSignal | undefined,
  use: (connection: Kysely<DB>) => Promise<T>,
): Promise<T> {
  return db.connection().execute(async (own) => {
    const destroy = await destroyerOf(await own.getExecutor().provideConnection(async (one) => one))
    if (!signal) return use(own)
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

/** What is used of node-postgres' connection. */
interface PgConnection {
  readonly stream: { destroy(): void }
  emit(name: string, ...given: unknown[]): boolean
}

/** What ends a session of mysql2, since Kysely 0.29. */
interface Killable {
  killSession?(control: (use: unknown) => Promise<void>): Promise<void>
}

const reached = new WeakMap<DatabaseConnection, PgConnection>()

/** Kysely keeps its connections to itself: what ends one, by its kind. */
async function destroyerOf(connection: DatabaseConnection): Promise<() => void> {
  if (connection.constructor.name === 'PostgresConnection') {
    if (!reached.has(connection)) {
      const reach = new Reach((own) => {
        reached.set(connection, own)
        outliveBreaks(own)
      })
      await connection.executeQuery(CompiledQuery.raw(reach as unknown as string))
    }
    return () => reached.get(connection)?.stream.destroy()
  }
  const killable = connection as Killable
  // It destroys the connection, and asks for another to tell the server: which needs no telling.
  return () => void killable.killSession?.(async () => {}).catch(() => {})
}

/**
 * A connection that breaks is an error event of its client or, while idle, of its pool. Nobody needs to hear it: what
 * runs is rejected with it, and the pool drops the connection. But an event without a listener is thrown, out of the
 * socket's own event, and ends the process. Kysely shows neither client nor pool.
 */
function outliveBreaks(connection: PgConnection): void {
  // Another instance of Kysely may have the same pool: its connections are other objects, around the same one.
  if (outliving.has(connection)) return
  outliving.add(connection)
  const emit = connection.emit.bind(connection)
  connection.emit = (name, ...given) => {
    try {
      return emit(name, ...given)
    } catch (error) {
      if (BREAKS.has(name) && (error === given[0] || isUnexpectedEnd(error))) return true
      throw error
    }
  }
}

const outliving = new WeakSet<PgConnection>()

const BREAKS: ReadonlySet<string> = new Set(['error', 'errorMessage', 'end'])

/** What node-postgres makes of an end that nobody has asked for. */
function isUnexpectedEnd(error: unknown): boolean {
  return error instanceof Error && error.message === 'Connection terminated unexpectedly'
}

/**
 * A query of node-postgres' that sends nothing. The driver hands its connection to whatever has a `submit` in place of a
 * text, and takes an error from it for "not sent". A text too, for those who log queries.
 */
class Reach extends String {
  callback?: (error: unknown) => void
  readonly #reached: (connection: PgConnection) => void

  constructor(reached: (connection: PgConnection) => void) {
    super('-- clerk-sync looks for the connection: nothing is sent')
    this.#reached = reached
  }

  submit(connection: PgConnection): Error {
    this.#reached(connection)
    return new Error('Nothing is to be sent.')
  }

  handleError(error: unknown): void {
    this.callback?.(error)
  }
}

import { ClerkSyncError } from '../errors.ts'
import { prop } from '../port/prop.ts'

/** What is used of node-postgres' own connection. */
export interface PgConnection {
  readonly stream: { cork?(): void; uncork?(): void; destroy(): void }
  parse(query: { readonly text: string }): void
  bind(config: object): void
  execute(config: object): void
  emit(name: string, ...given: unknown[]): boolean
}

/** What the server answers to a `begin` that nobody waits for. */
const BEGUN = ['parseComplete', 'bindComplete', 'commandComplete']
const sessions = new WeakMap<PgConnection, PgSession>()

/** A transaction on a connection of node-postgres: what its messages say of it costs no round trip. */
export class PgSession {
  #status: unknown
  #command: unknown
  #skipped: string[] = []

  private constructor(connection: PgConnection) {
    const emit = connection.emit.bind(connection)
    connection.emit = (name, ...given) => {
      if (name === this.#skipped[0]) {
        this.#skipped.shift()
        return true
      }
      if (name === 'errorMessage') {
        this.#skipped = []
        // The state that it leads to is told later.
        this.#status = undefined
      }
      if (name === 'commandComplete') this.#command = prop(given[0], 'text')
      if (name === 'readyForQuery') this.#status = prop(given[0], 'status')
      return emit(name, ...given)
    }
  }

  /** @param connection - of a client; undefined for what sends no messages itself, as native clients */
  static of(connection: unknown): PgSession | undefined {
    if (typeof prop(connection, 'parse') !== 'function') return undefined
    const own = connection as PgConnection
    const session = sessions.get(own) ?? new PgSession(own)
    sessions.set(own, session)
    return session
  }

  /**
   * Whether it is in a transaction that has not failed, by the last answer. What is still under way may fail: the answer to
   * the commit is to be looked at as well.
   */
  get stands(): boolean {
    return this.#status === 'T'
  }

  /** After the `commit`. */
  proveCommit(): void {
    provenCommit(this.#command)
  }

  /**
   * Sends `begin` along with the statement that follows it, in one round trip. An error of it is that statement's, which
   * the server then leaves out.
   *
   * @param query - sends what has a `submit` through the driver, which does so in its turn
   */
  begin(query: (begin: unknown) => unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const sent = () => {
        this.#skipped = [...BEGUN]
      }
      const begin = new UnansweredBegin(sent, (error, result) => (error ? reject(error) : resolve(result)))
      // What stands in front of the driver may answer in its place.
      Promise.resolve(query(begin)).catch(reject)
    })
  }
}

const UNANSWERED = /* @__PURE__ */ new Error('Nobody waits for the answer.')

/**
 * node-postgres hands its connection to whatever has a `submit`, and takes an error from it for "not sent": it goes on with
 * the next statement, and waits for no answer. A text too, for those who log queries; but no object with a text, which
 * tracing may send a copy of.
 */
class UnansweredBegin extends String {
  readonly #sent: () => void

  constructor(
    sent: () => void,
    readonly callback: (error: unknown, result?: unknown) => void,
  ) {
    super('begin')
    this.#sent = sent
  }

  submit(connection: PgConnection): Error {
    const { stream } = connection
    // Until what follows at once is written as well: a write costs more than all else that a statement takes here.
    stream.cork?.()
    process.nextTick(() => queueMicrotask(() => process.nextTick(() => stream.uncork?.())))
    connection.parse({ text: 'begin' })
    connection.bind({})
    connection.execute({})
    this.#sent()
    return UNANSWERED
  }

  handleError(error: unknown): void {
    this.callback(error === UNANSWERED ? null : error, { command: 'BEGIN', rows: [] })
  }
}

/**
 * PostgreSQL answers the commit of a transaction that has failed with ROLLBACK, and without an error.
 *
 * @param command - what the `commit` was answered with
 */
export function provenCommit(command: unknown): void {
  if (command === 'COMMIT') return
  throw new ClerkSyncError(
    'store_failed',
    `The commit was answered with ${String(command)}, so nothing is stored: a statement of the transaction had failed, ` +
      'and its error went unnoticed. The event comes again; let the hook await all that it does, and catch no error of ' +
      'the database.',
  )
}

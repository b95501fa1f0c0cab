import { ClerkSyncError } from '../errors.ts'

/** What is used of node-postgres' own connection. Its native clients have none. */
export interface PgConnection {
  readonly stream: { cork?(): void; uncork?(): void; destroy(): void }
  parse(query: { readonly text: string }): void
  bind(config: object): void
  execute(config: object): void
  emit(name: string, ...given: unknown[]): boolean
}

export function isPgConnection(value: unknown): value is PgConnection {
  const has = (name: string) => typeof Reflect.get(Object(value), name) === 'function'
  return ['parse', 'bind', 'execute', 'emit'].every(has) && Reflect.get(Object(value), 'stream') !== undefined
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
      if (name === 'commandComplete') this.#command = Reflect.get(Object(given[0]), 'text')
      if (name === 'readyForQuery') this.#status = Reflect.get(Object(given[0]), 'status')
      return emit(name, ...given)
    }
  }

  static of(connection: PgConnection): PgSession {
    const session = sessions.get(connection) ?? new PgSession(connection)
    sessions.set(connection, session)
    return session
  }

  /**
   * Whether it is in a transaction that has not failed, by the last answer. What is still under way may fail: the answer to
   * the commit is to be looked at as well.
   */
  get stands(): boolean {
    return this.#status === 'T'
  }

  /** PostgreSQL answers the commit of a transaction that has failed with ROLLBACK, and without an error. */
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
      const begin = new UnansweredBegin(
        () => {
          this.#skipped = [...BEGUN]
        },
        (error, result) => (error ? reject(error) : resolve(result)),
      )
      // What stands in front of the driver may answer in its place.
      Promise.resolve(query(begin)).catch(reject)
    })
  }
}

const UNANSWERED = new Error('Nobody waits for the answer.')

/**
 * node-postgres hands its connection to whatever has a `submit`, and takes an error from it for "not sent": it goes on with
 * the next statement, and waits for no answer. A text too, for those who log queries; but no object with a text, which
 * tracing may send a copy of.
 */
class UnansweredBegin extends String {
  readonly #sent: () => void
  #stream: PgConnection['stream'] | undefined

  constructor(
    sent: () => void,
    readonly callback: (error: unknown, result?: unknown) => void,
  ) {
    super('begin')
    this.#sent = sent
  }

  submit(connection: PgConnection): Error {
    this.#stream = connection.stream
    // Until the next statement is written as well: a write costs more than all else that a statement takes here.
    this.#stream.cork?.()
    connection.parse({ text: 'begin' })
    connection.bind({})
    connection.execute({})
    this.#sent()
    return UNANSWERED
  }

  handleError(error: unknown): void {
    if (error !== UNANSWERED) {
      this.callback(error)
      return
    }
    this.callback(null, { command: 'BEGIN', rowCount: null, rows: [] })
    // After all that follows at once.
    queueMicrotask(() => process.nextTick(() => this.#stream?.uncork?.()))
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

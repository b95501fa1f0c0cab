import { HookStatements } from '@clerk-sync/core/sql'
import { provenCommit } from './proven-commit.ts'
import type { Session, Transaction } from './session.ts'

/** What is used of postgres.js. */
interface PostgresJs {
  readonly options: { readonly socket?: unknown; readonly fetch_types?: unknown }
  begin(run: (connection: Connection) => Promise<never>): Promise<never>
}
interface Connection {
  unsafe(text: string, values?: unknown[], options?: object): PendingQuery
}
interface PendingQuery extends Promise<unknown> {
  values(): PendingQuery
}

export function isPostgresJs(client: unknown): client is PostgresJs {
  return typeof client === 'function' && 'begin' in client && 'reserve' in client
}

/** What Drizzle uses of the connection that postgres.js gives to a transaction. */
interface TransactionClient extends Connection {
  savepoint<T>(run: (client: TransactionClient) => Promise<T>): Promise<T>
}

/**
 * A transaction on a connection that postgres.js has begun it on, and that we end.
 *
 * Left to itself, the driver sends `commit` under a name that a transaction pooler's next connection does not know; the
 * transaction fails with that, and the driver's second try is answered ROLLBACK and reported as success. And when the
 * connection has broken under a hook that waits, the driver sends what comes later (a statement, the `rollback`) to
 * nowhere, which ends the process, or into the transaction of whoever has the slot by then.
 */
export function postgresJsTransaction<Tx>(session: Session<Tx>): Transaction<Tx> {
  const driver = session.client as PostgresJs
  const client = { begin: <T>(run: (client: TransactionClient) => Promise<T>) => begin(driver, run) }
  const own: Session<Tx> = Object.create(session, { client: { value: client } })
  return (run) => own.transaction(run)
}

function begin<T>(driver: PostgresJs, run: (client: TransactionClient) => Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    let transaction: OpenTransaction | undefined
    const whileOpen = driver.begin((connection) => {
      transaction = new OpenTransaction(connection)
      resolve(transaction.run(run))
      // Never settled, so the driver ends nothing by itself. It takes the connection back with the server's answer to
      // our commit or rollback, and rejects `whileOpen` when the connection closes, be it long after.
      return new Promise<never>(() => {})
    })
    whileOpen.catch((error: unknown) => {
      transaction?.breakOff(error)
      reject(error)
    })
  })
}

class OpenTransaction {
  readonly #connection: Connection
  readonly #broken = Promise.withResolvers<never>()
  /** Why nothing may be sent any more. */
  #refusal: Error | undefined
  #isBroken = false
  /** Of the nested transactions of a hook too, whose clients are made here. */
  readonly #statements = new HookStatements('postgres')
  #savepoints = 0

  constructor(connection: Connection) {
    this.#connection = connection
    this.#broken.promise.catch(() => {})
  }

  breakOff(error: unknown): void {
    this.#isBroken = true
    this.#refusal ??= new Error('The connection of this transaction is lost, and the transaction with it.', {
      cause: error,
    })
    this.#broken.reject(error)
  }

  /** `run`, and the end of the transaction. A hook that waits for something else does not hold up a lost connection. */
  async run<T>(run: (client: TransactionClient) => Promise<T>): Promise<T> {
    let result: T
    try {
      result = await Promise.race([run(this.#client()), this.#broken.promise])
      this.#statements.check()
    } catch (error) {
      await this.#rollBack()
      throw error
    }
    this.#refusal ??= ended()
    // After this the connection is another's, whatever the answer: nothing may follow.
    provenCommit(await this.#connection.unsafe('commit'))
    return result
  }

  async #rollBack(): Promise<void> {
    this.#refusal ??= ended()
    // A connection that breaks rejects its statement first, and closes before the event loop goes on.
    await new Promise((resolve) => setTimeout(resolve))
    // Where this fails, the connection is broken; the error that led here is the one to report.
    if (!this.#isBroken) await this.#connection.unsafe('rollback').catch(() => {})
  }

  #client(): TransactionClient {
    return {
      unsafe: (text, values, options) => {
        if (this.#refusal) throw this.#refusal
        this.#statements.before(text)
        const query = this.#connection.unsafe(text, values, options)
        // A failure that the server did not report leaves the connection in an unknown state.
        query.catch((error: unknown) => {
          if (!isFromServer(error)) this.#refusal ??= error instanceof Error ? error : new Error(String(error))
        })
        return query
      },
      savepoint: async (run) => {
        const client = this.#client()
        const name = `clerk_sync_${++this.#savepoints}`
        await client.unsafe(`savepoint ${name}`)
        try {
          return await run(client)
        } catch (error) {
          await client.unsafe(`rollback to ${name}`)
          throw error
        }
      },
    }
  }
}

const ended = () => new Error('The transaction has ended: the hook must await all that it does.')

/** postgres.js gives the severity of what the server says, and none of its own errors have one. */
function isFromServer(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'severity' in error
}

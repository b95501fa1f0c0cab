import { endLink, type Link, type PostgresJs, type Query } from './postgres-js.ts'
import { provenCommit } from './proven-commit.ts'
import { type Session, sessionOn, type Transaction } from './session.ts'

/** What Drizzle uses of the connection that postgres.js gives to a transaction. */
interface TransactionClient extends PostgresJs {
  savepoint<T>(run: (client: TransactionClient) => Promise<T>): Promise<T>
}

/**
 * A transaction of postgres.js that we begin and end, on a connection that we can end too.
 *
 * Left to itself, the driver sends `commit` under a name that a transaction pooler's next connection does not know; the
 * transaction fails with that, and the driver's second try is answered ROLLBACK and reported as success. When the
 * connection has broken under a hook that waits, the driver sends what comes later (a statement, the `rollback`) to
 * nowhere, which ends the process, or into the transaction of whoever has the slot by then. And where the network is
 * silent, it waits for ever.
 */
export function postgresJsTransaction<Tx>(session: Session<Tx>, driver: PostgresJs): Transaction<Tx> {
  return (run, signal) => {
    const begin = async <T>(inside: (client: TransactionClient) => Promise<T>): Promise<T> => {
      const transaction = new OpenTransaction(driver)
      const giveUp = () => transaction.breakOff(signal?.reason)
      signal?.throwIfAborted()
      signal?.addEventListener('abort', giveUp, { once: true })
      try {
        return await transaction.run(inside)
      } finally {
        signal?.removeEventListener('abort', giveUp)
      }
    }
    return sessionOn(session, { begin }).transaction(run)
  }
}

class OpenTransaction {
  readonly #driver: PostgresJs
  readonly #broken = Promise.withResolvers<never>()
  #begun: Query | undefined
  #isOpen = false
  /** Where its statements go, from `begin` until the end or the loss of the connection. */
  #link: Link | undefined
  /** Statements that wait until the connection is ready for the next. */
  readonly #waiting: Query[] = []
  #current: Query | undefined
  #isReady = false
  /** Why nothing may be sent any more. */
  #refusal: Error | undefined
  #isBroken = false
  #savepoints = 0

  constructor(driver: PostgresJs) {
    this.#driver = driver
    this.#broken.promise.catch(() => {})
  }

  /** The connection is lost, or may be stuck: whoever waits for it waits no more, and it is ended. */
  breakOff(error: unknown): void {
    if (this.#isBroken) return
    this.#isBroken = true
    this.#refusal ??= new Error('The connection of this transaction is lost, and the transaction with it.', {
      cause: error,
    })
    this.#broken.reject(error)
    for (const query of this.#waiting.splice(0)) query.reject(this.#refusal)
    if (this.#isOpen || this.#begun?.active) {
      if (this.#link) endLink(this.#link, this.#current)
      this.#link = undefined
    } else {
      // It waits behind the statements of others, which are not ours to end.
      this.#begun?.then(() => this.#send('rollback')).catch(() => {})
    }
  }

  /** `run`, and the end of the transaction. A hook that waits for something else does not hold up a lost connection. */
  async run<T>(run: (client: TransactionClient) => Promise<T>): Promise<T> {
    this.#begun = this.#begin()
    await Promise.race([this.#begun, this.#broken.promise])
    this.#isOpen = true
    let result: T
    try {
      result = await Promise.race([run(this.#client()), this.#broken.promise])
    } catch (error) {
      await this.#rollBack()
      throw error
    }
    this.#refusal ??= ended()
    provenCommit(await this.#end('commit'))
    return result
  }

  /** As the driver's own `begin`. It takes the connection back with the server's answer to our commit or rollback. */
  #begin(): Query {
    return this.#driver.unsafe('begin', [], {
      onexecute: (link) => {
        link.queue.remove(link)
        link.queue = { remove: () => {} }
        link.reserved = () => this.#sendNext(link)
        link.onclose = (error) => {
          this.#link = undefined
          this.breakOff(error)
        }
        this.#link = link
        return false
      },
    })
  }

  #sendNext(link: Link): void {
    const query = this.#waiting.shift()
    this.#isReady = query === undefined
    this.#current = query
    if (query) link.execute(query)
  }

  #send(text: string, values?: readonly unknown[], options?: object): Query {
    const query = this.#driver.unsafe(text, values, options)
    query.handler = (sent) => {
      if (!this.#link) return sent.reject(this.#refusal)
      this.#waiting.push(sent)
      if (this.#isReady) this.#sendNext(this.#link)
    }
    return query
  }

  async #rollBack(): Promise<void> {
    this.#refusal ??= ended()
    // A connection that breaks rejects its statement first, and closes within the turn.
    await new Promise((resolve) => setTimeout(resolve))
    // Where this fails, the connection is broken; the error that led here is the one to report.
    if (!this.#isBroken) await this.#end('rollback').catch(() => {})
  }

  /** After this the connection is another's, whatever the answer: nothing may follow. */
  async #end(statement: 'commit' | 'rollback'): Promise<unknown> {
    try {
      return await Promise.race([this.#send(statement), this.#broken.promise])
    } finally {
      this.#link = undefined
    }
  }

  #client(): TransactionClient {
    return {
      unsafe: (text, values, options) => {
        if (this.#refusal) throw this.#refusal
        if (ENDS_TRANSACTION.test(text)) throw new Error(`A hook must not end the transaction that it is in: ${text}`)
        const query = this.#send(text, values, options)
        // What else fails than a statement on the server leaves the connection in a state that nobody knows.
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
const ENDS_TRANSACTION = /^\s*(commit|end|abort|rollback(?!\s+(work\s+|transaction\s+)?to\b))\b/i

/** postgres.js gives the severity of what the server says, and none of its own errors have one. */
function isFromServer(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'severity' in error
}

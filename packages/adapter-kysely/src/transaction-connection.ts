import { ClerkSyncError } from '@clerk-sync/core'
import { type DialectName, HookStatements } from '@clerk-sync/core/sql'
import { CompiledQuery, type DatabaseConnection, type Kysely } from 'kysely'

const own = new WeakSet<object>()

/** A statement of the adapter's. */
export function ownQuery(sql: string, params: readonly unknown[] = []): CompiledQuery {
  const query = CompiledQuery.raw(sql, [...params])
  own.add(query)
  return query
}

/**
 * The driver's connection as one transaction sees it, whatever a hook derives from its `tx`. After the hook it takes the
 * adapter's statements, and then the end of the transaction; afterwards, nothing: the driver's connection is another's.
 */
export class TransactionConnection {
  #phase: 'open' | 'hook' | 'after the hook' | 'ending' | 'over' = 'open'
  #statements: HookStatements | undefined

  /** @param db - bound to one connection, whose next transaction is to go through here */
  static async of<DB>(db: Kysely<DB>): Promise<TransactionConnection> {
    const executor = db.getExecutor()
    const driver = await executor.provideConnection(async (connection) => connection)
    const transaction = new TransactionConnection()
    const connection = transaction.#over(driver)
    const provideConnection: typeof executor.provideConnection = (use) => use(connection)
    Object.defineProperty(executor, 'provideConnection', { value: provideConnection })
    return transaction
  }

  beginHook(dialect: DialectName): HookStatements {
    this.#phase = 'hook'
    this.#statements = new HookStatements(dialect)
    return this.#statements
  }

  endHook(): void {
    this.#statements?.end()
    this.#phase = 'after the hook'
  }

  expectEnd(): void {
    this.#phase = 'ending'
  }

  close(): void {
    this.#phase = 'over'
  }

  /** A proxy, since a dialect's connections may have private fields. */
  #over(driver: DatabaseConnection): DatabaseConnection {
    const executeQuery: DatabaseConnection['executeQuery'] = (query, ...others) => {
      const run = () => driver.executeQuery<never>(query, ...others)
      if (this.#phase === 'hook' && this.#statements && !own.has(query)) return this.#statements.send(query.sql, run)
      this.#refuse(query)
      return run()
    }
    const streamQuery: DatabaseConnection['streamQuery'] = (query, ...others) => {
      if (this.#phase === 'hook') this.#statements?.before(query.sql)
      else this.#refuse(query)
      return driver.streamQuery(query, ...others)
    }
    return new Proxy<DatabaseConnection>(Object.create(driver), {
      get(_, name) {
        if (name === 'executeQuery') return executeQuery
        if (name === 'streamQuery') return streamQuery
        const value: unknown = Reflect.get(driver, name)
        return typeof value === 'function' ? value.bind(driver) : value
      },
    })
  }

  #refuse(query: CompiledQuery): void {
    if (this.#phase === 'open' || this.#phase === 'hook') return
    if (this.#phase === 'after the hook' && own.has(query)) return
    if (this.#phase === 'ending' && /^(commit|rollback)\b/i.test(query.sql)) return
    throw new ClerkSyncError('hook_failed', 'The transaction has ended: the hook must await all that it does.')
  }
}

import type { DatabaseConnection, Dialect, QueryResult } from 'kysely'

type Answer = Promise<QueryResult<unknown>>

/** A dialect whose every statement, `begin`, `commit` and `rollback` too, passes through a test's hands. */
export function intercepted(dialect: Dialect, intercept: (sql: string, send: () => Answer) => Answer): Dialect {
  const known = new WeakSet<DatabaseConnection>()
  return {
    createAdapter: () => dialect.createAdapter(),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createDriver() {
      const driver = dialect.createDriver()
      const acquire = driver.acquireConnection.bind(driver)
      const acquireConnection: typeof acquire = async (options) => {
        const connection = await acquire(options)
        if (!known.has(connection)) {
          known.add(connection)
          const execute = connection.executeQuery.bind(connection)
          // The same connection: drivers know their own.
          Object.assign(connection, {
            executeQuery: (...query: Parameters<typeof execute>) => intercept(query[0].sql, () => execute(...query)),
          })
        }
        return connection
      }
      return Object.assign(driver, { acquireConnection })
    },
  }
}

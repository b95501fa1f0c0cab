import { ClerkSyncError } from '@clerk-sync/core'
import { type Dialect, type DialectName, mysql, postgres, sqliteStepwise } from '@clerk-sync/core/sql'
import { type Kysely, MysqlAdapter, PostgresAdapter, SqliteAdapter } from 'kysely'

export const DIALECTS: Readonly<Record<DialectName, Dialect>> = { postgres, mysql, sqlite: sqliteStepwise }

/** @throws ClerkSyncError `config_invalid` for a database of another kind. */
export function dialectOf<DB>(db: Pick<Kysely<DB>, 'getExecutor'>): DialectName {
  const { adapter } = db.getExecutor()
  if (adapter instanceof PostgresAdapter) return 'postgres'
  if (adapter instanceof MysqlAdapter) return 'mysql'
  if (adapter instanceof SqliteAdapter) return 'sqlite'
  throw new ClerkSyncError(
    'config_invalid',
    `The dialect of this Kysely instance has a ${adapter.constructor.name}, and clerk-sync writes to PostgreSQL, MySQL, ` +
      'MariaDB and SQLite. If it is one of them, two copies of Kysely are installed: the dialect must use yours.',
  )
}

/** Whether all that the process does with the database shares one connection. */
export function isSingleConnection<DB>(db: Pick<Kysely<DB>, 'getExecutor'>): boolean {
  const { adapter } = db.getExecutor()
  // Before 0.29 there was no such property, and among Kysely's own dialects only SQLite had one connection.
  return adapter instanceof SqliteAdapter || Reflect.get(adapter, 'supportsMultipleConnections') === false
}

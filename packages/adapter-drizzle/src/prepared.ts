import { ClerkSyncError } from '@clerk-sync/core'
import type { Statement } from '@clerk-sync/core/sql'
import { entityKind } from 'drizzle-orm'

/** Sends a named statement to the driver, to be prepared on the server; gives the driver's own result. */
export type SendPrepared = (statement: Statement) => Promise<unknown>

/** What is used of the drivers. */
interface NodePostgres {
  query(config: { name: string | undefined; text: string; values: unknown[] }): Promise<unknown>
}
interface PostgresJs {
  unsafe(text: string, values: unknown[], options: { prepare: true }): Promise<unknown>
}
interface Mysql2 {
  execute(text: string, values: unknown[]): Promise<unknown>
  /** Only on its variant with callbacks. */
  promise?(): Mysql2
}

/** @throws ClerkSyncError `config_invalid` for a driver that has no prepared statements of this kind. */
export function sendPrepared(db: object): SendPrepared {
  const kind: unknown = Reflect.get(db.constructor, entityKind)
  const client: unknown = Reflect.get(db, '$client')
  if (kind === 'NodePgDatabase') {
    const pool = client as NodePostgres
    return ({ name, sql, params }) => pool.query({ name, text: sql, values: [...params] })
  }
  if (kind === 'PostgresJsDatabase') {
    const postgres = client as PostgresJs
    return ({ sql, params }) => postgres.unsafe(sql, [...params], { prepare: true })
  }
  if (kind === 'MySql2Database') {
    const given = client as Mysql2
    const pool = given.promise?.() ?? given
    return ({ sql, params }) => pool.execute(sql, [...params])
  }
  throw new ClerkSyncError(
    'config_invalid',
    `prepare is for node-postgres, postgres.js and mysql2, and this is ${String(kind)}: leave it out.`,
  )
}

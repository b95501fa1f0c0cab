import { ClerkSyncError } from '@clerk-sync/core'
import type { Statement } from '@clerk-sync/core/sql'
import type { Driver } from './database.ts'

/** Sends a named statement through a pool or a connection, to be prepared on the server; gives the driver's own result. */
export type SendPrepared = (client: unknown, statement: Statement) => Promise<unknown>

/** What is used of the drivers. */
interface NodePostgres {
  query(config: { name: string | undefined; text: string; values: unknown[] }): Promise<unknown>
}
interface PostgresJs {
  unsafe(text: string, values: unknown[], options: { prepare: true }): Promise<unknown>
}
interface Mysql2 {
  execute(text: string, values: unknown[]): Promise<unknown>
}

/** @throws ClerkSyncError `config_invalid` for a driver that has no prepared statements of this kind. */
export function sendPrepared(driver: Driver): SendPrepared {
  if (driver === 'node-postgres') {
    return (client, { name, sql, params }) => (client as NodePostgres).query({ name, text: sql, values: [...params] })
  }
  if (driver === 'postgres-js') {
    return (client, { sql, params }) => (client as PostgresJs).unsafe(sql, [...params], { prepare: true })
  }
  if (driver === 'mysql2') {
    return (client, { sql, params }) => (client as Mysql2).execute(sql, [...params])
  }
  throw new ClerkSyncError(
    'config_invalid',
    `prepare is for node-postgres, postgres.js and mysql2, and this is ${driver}: leave it out.`,
  )
}

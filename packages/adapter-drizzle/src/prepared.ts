import { ClerkSyncError } from '@clerk-sync/core'
import { chainOf, prop } from '@clerk-sync/core/adapter'
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

/** Which statements are sent under a name, and what becomes of those that are refused. */
export interface Names {
  readonly send: SendPrepared
  takes(statement: Statement): boolean
  /**
   * What is refused and {@link mayBeOfName} is sent again without a name. Otherwise its connection is given up, and the
   * names that the server has for it.
   */
  readonly fallsBack: boolean
  /** A statement was taken without a name that was refused with it. */
  giveUp(): void
}

/**
 * A pooler that gave the connection another server, or a column whose type was altered since: protocol violations, results
 * that a plan cannot change to, data exceptions, names that are unknown or there already, and types that do not match.
 */
const MAY_BE_OF_NAME = /^(?:08P01|0A000|26000|42P05|42804|22[0-9A-Z]{3})$/

/** Whether PostgreSQL may have refused a statement for its name. */
export function mayBeOfName(error: unknown): boolean {
  return [...chainOf(error)].some((link) => MAY_BE_OF_NAME.test(String(prop(link, 'code'))))
}

/**
 * @param prepare - `undefined`: by node-postgres, what may be named safely, until a name is refused
 * @throws ClerkSyncError `config_invalid` for a driver that has no prepared statements of this kind.
 */
export function namesOf(driver: Driver, prepare: boolean | undefined): Names | undefined {
  if (prepare) {
    return { send: sendPrepared(driver), takes: ({ name }) => name !== undefined, fallsBack: false, giveUp() {} }
  }
  if (prepare === false || driver !== 'node-postgres') return undefined
  let isRefused = false
  return {
    send: sendPrepared(driver),
    takes: ({ name, outlivesTypes }) => !isRefused && name !== undefined && outlivesTypes === true,
    fallsBack: true,
    giveUp() {
      isRefused = true
    },
  }
}

function sendPrepared(driver: Driver): SendPrepared {
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

import { prop } from '@clerk-sync/core/adapter'
import type { RunResult, Statement } from '@clerk-sync/core/sql'
import { sqliteResult } from './driver-result.ts'
import { sessionOf } from './session.ts'

/** The expressions that an application fills columns with could differ each time. */
const MOST_KEPT = 200

/** What is used of better-sqlite3. */
interface Client {
  prepare(sql: string): KeptStatement
}

interface KeptStatement {
  readonly reader: boolean
  all(...params: readonly unknown[]): unknown
  run(...params: readonly unknown[]): unknown
}

/**
 * Sends statements to better-sqlite3 as it has prepared them, since that takes longer than to run them; undefined for
 * another driver. SQLite prepares them again where the schema has changed.
 */
export function keptStatements(db: object): ((statement: Statement) => RunResult) | undefined {
  const session = sessionOf(db)
  if (!session || !isBetterSqlite(session.client)) return undefined
  const { client, logger } = session
  const kept = new Map<string, KeptStatement>()
  return ({ sql, params }) => {
    // Drizzle's logger, since the statement does not pass through Drizzle.
    logger?.logQuery(sql, [...params])
    const prepared = kept.get(sql) ?? client.prepare(sql)
    if (kept.size < MOST_KEPT) kept.set(sql, prepared)
    return sqliteResult(prepared.reader ? prepared.all(...params) : prepared.run(...params))
  }
}

function isBetterSqlite(client: unknown): client is Client {
  return prop(client, 'prepare') !== undefined && (client as Client).prepare('select 1').reader === true
}

import { prop } from '@clerk-sync/core/adapter'
import type { RunResult } from '@clerk-sync/core/sql'

/** node-postgres and PGlite give an object with rows; postgres.js gives the rows themselves, with a count. */
export function postgresResult(result: unknown): RunResult {
  const rows = Array.isArray(result) ? result : prop(result, 'rows')
  const affected = prop(result, 'rowCount') ?? prop(result, 'affectedRows') ?? prop(result, 'count')
  return { rows: Array.isArray(rows) ? rows : [], affected: Number(affected ?? 0), insertId: 0 }
}

/** mysql2 gives a header, or rows, and the fields beside it; PlanetScale's client an object with all of them. */
export function mysqlResult(result: unknown): RunResult {
  const rows = prop(result, 'rows')
  if (Array.isArray(rows)) return { rows, affected: Number(prop(result, 'rowsAffected')), insertId: 0 }
  const first: unknown = Array.isArray(result) ? result[0] : result
  if (Array.isArray(first)) return { rows: first, affected: 0, insertId: 0 }
  return {
    rows: [],
    affected: Number(prop(first, 'affectedRows') ?? 0),
    insertId: Number(prop(first, 'insertId') ?? 0),
  }
}

/** better-sqlite3, libsql and D1, for `all` and `run`. */
export function sqliteResult(result: unknown): RunResult {
  if (Array.isArray(result)) return { rows: result, affected: 0, insertId: 0 }
  const affected = prop(result, 'changes') ?? prop(result, 'rowsAffected') ?? prop(prop(result, 'meta'), 'changes')
  return { rows: [], affected: Number(affected ?? 0), insertId: 0 }
}

import type { RunResult } from '@clerk-sync/core/sql'

/** node-postgres and PGlite give an object with rows; postgres.js gives the rows themselves, with a count. */
export function postgresResult(result: unknown): RunResult {
  const rows = Array.isArray(result) ? result : field(result, 'rows')
  const affected = field(result, 'rowCount') ?? field(result, 'affectedRows') ?? field(result, 'count')
  return { rows: Array.isArray(rows) ? rows : [], affected: Number(affected ?? 0) }
}

/** mysql2 gives a header, or rows, and the fields beside it; PlanetScale's client an object with all of them. */
export function mysqlResult(result: unknown): RunResult {
  const rows = field(result, 'rows')
  if (Array.isArray(rows)) return { rows, affected: Number(field(result, 'rowsAffected')) }
  const first: unknown = Array.isArray(result) ? result[0] : result
  if (Array.isArray(first)) return { rows: first, affected: 0 }
  return {
    rows: [],
    affected: Number(field(first, 'affectedRows') ?? 0),
  }
}

/** better-sqlite3, libsql and D1, for `all` and `run`. */
export function sqliteResult(result: unknown): RunResult {
  if (Array.isArray(result)) return { rows: result, affected: 0 }
  const affected = field(result, 'changes') ?? field(result, 'rowsAffected') ?? field(field(result, 'meta'), 'changes')
  return { rows: [], affected: Number(affected ?? 0) }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

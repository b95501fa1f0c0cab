import { SqlExpression } from '@clerk-sync/core/sql'
import type { BuildQueryConfig, SQL } from 'drizzle-orm'

/** Stands where a parameter does: no text of SQL has it. */
const MARK = '\0'

/** Renders what `$defaultFn` or `$onUpdate` gave, in the spelling of a database: its casing and its quotes. */
export function expressionsOf(db: object): (value: SQL) => SqlExpression {
  const { casing, escapeName, escapeString } = Reflect.get(db, 'dialect') as BuildQueryConfig
  return (value) => {
    const { sql, params } = value.toQuery({ casing, escapeName, escapeString, escapeParam: () => MARK })
    return new SqlExpression(sql.split(MARK), params)
  }
}

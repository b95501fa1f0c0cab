import { failingIf } from '../beside/postgres-batch.ts'
import { bytes } from '../dialects/postgres-write.ts'
import type { BatchDialect } from './batch-dialect.ts'

const HELD_ROWS = 'clerk_sync.rows'

export const postgresBatch: BatchDialect = {
  failing: (mark, condition) => failingIf(condition, mark),
  texts,
  // By the index, and then byte by byte.
  among: (column, select) => `${column} in (${select}) and ${bytes(column)} in (${select})`,
  counted(statement, mark, count) {
    const fails = failingIf(`(select count(*) from written) <> ${count}`, mark)
    return [{ ...statement, sql: `with written as (${statement.sql}) select ${fails} as clerk_proof` }]
  },
  // Each statement has a snapshot of its own: what follows goes by the rows that this one has locked.
  holding({ sql, params }) {
    const keys = `coalesce((select jsonb_agg(clerk_key::text) from (${sql}) held), '[]')`
    const hold = { sql: `select set_config('${HELD_ROWS}', ${keys}::text, true)`, params, returnsRows: true }
    return [[hold], { sql: texts(`current_setting('${HELD_ROWS}')`), params: [] }]
  },
}

function texts(json: string): string {
  return `select jsonb_array_elements_text(${json}::jsonb)`
}

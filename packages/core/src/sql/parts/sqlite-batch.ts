import type { BatchDialect } from './batch-dialect.ts'

export const sqliteBatch: BatchDialect = {
  // SQLite quotes a path that is none in its error. In two pieces, since an ORM may quote the statement.
  failing: (mark, condition) =>
    `json_extract('{}', case when ${condition} then 'clerk_sync_' || '${mark}' else '$' end)`,
  texts: (json) => `select value from json_each(${json})`,
  among: (column, select) => `${column} collate binary in (${select})`,
  counted(statement, mark, count) {
    const counts = `select ${this.failing(mark, `changes() <> ${count}`)} as clerk_proof`
    return [statement, { sql: counts, params: [], returnsRows: true }]
  },
  // A batch has the database to itself.
  holding: (select) => [[], select],
}

import { type Dialect, sqlite } from '@clerk-sync/core/sql'

/**
 * SQLite through Prisma, which begins every transaction as a reader: one that has read may not become a writer after
 * another process wrote. So the first statement writes, and tells whether there was a row; nothing changes by it.
 */
export const sqliteThroughPrisma: Dialect = {
  ...sqlite,
  *write(statements, change) {
    const { table } = statements
    const version = table.column(table.clerkVersion)
    const where = `${table.column(table.key)} = ${sqlite.parameter(1)}`
    const touch = `update ${table.quoted} set ${version} = ${version} where ${where} returning 1 as found`
    const [before, write] = yield [{ sql: touch, params: [change.key], returnsRows: true }, statements.one(change)]
    if (write?.affected === 0) return 'unchanged'
    return before?.rows.length === 0 ? 'created' : 'updated'
  },
}

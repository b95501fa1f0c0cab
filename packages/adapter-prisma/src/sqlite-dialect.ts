import { type Dialect, type RunResult, sqlite, writtenBetween } from '@clerk-sync/core/sql'

/**
 * SQLite through Prisma, which begins every transaction as a reader: one that has read may not become a writer after
 * another process wrote. So the first statement is a write, of no row.
 */
export const sqliteThroughPrisma: Dialect = {
  ...sqlite,
  *write(statements, change) {
    const { table } = statements
    const version = table.column(table.clerkVersion)
    const begin = {
      sql: `update ${table.quoted} set ${version} = ${version} where 0`,
      params: [],
      returnsRows: false,
    }
    const look = statements.look(change)
    const results = yield [begin, look, statements.one(change), look]
    const [, before, , after] = results as [RunResult, RunResult, RunResult, RunResult]
    return writtenBetween(before, after, statements, change)
  },
  async beside() {
    const beside = await sqlite.beside()
    return {
      ...beside,
      // In one batch, the version is raised where `changes()` says that the row was written: what the application writes
      // on the client's one connection meanwhile would answer in its place. Raised first, it also begins as a writer.
      alone: () => undefined,
    }
  },
}

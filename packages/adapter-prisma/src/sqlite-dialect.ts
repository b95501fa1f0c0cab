import { type Dialect, sqliteStepwise } from '@clerk-sync/core/sql'

/** SQLite through Prisma, which begins every transaction as a reader: one that has read may not become a writer after another process wrote. */
export const sqliteThroughPrisma: Dialect = {
  ...sqliteStepwise,
  async beside() {
    const beside = await sqliteStepwise.beside()
    return {
      ...beside,
      // In one batch, the version is raised where `changes()` says that the row was written: what the application writes
      // on the client's one connection meanwhile would answer in its place. Raised first, it also begins as a writer.
      alone: () => undefined,
    }
  },
}

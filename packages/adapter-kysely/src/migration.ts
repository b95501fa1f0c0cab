import type { Kysely } from 'kysely'

/** What Kysely's `Migrator` takes. */
export interface ClerkMigration {
  up<DB>(db: Kysely<DB>): Promise<void>
  down<DB>(db: Kysely<DB>): Promise<void>
}

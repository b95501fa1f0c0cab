import { clerkId, syncColumnsMigration } from '@clerk-sync/adapter-kysely/migrations'
import type { Migration } from 'kysely/migration'

export const migrations: Record<string, Migration> = {
  '2026-01-01_users': {
    up: (db) =>
      db.schema
        .createTable('users')
        .addColumn('id', clerkId(db), (column) => column.primaryKey())
        .addColumn('email', 'text')
        .addColumn('first_name', 'text')
        .addColumn('last_name', 'text')
        .addColumn('image_url', 'text')
        .execute(),
    down: (db) => db.schema.dropTable('users').execute(),
  },
  '2026-01-02_clerk_sync': syncColumnsMigration('users'),
}

// migrations.ts
import { clerkEventsMigration, clerkId, syncColumnsMigration } from '@clerk-sync/adapter-kysely/migrations'
import type { Migration } from 'kysely/migration'

export const migrations: Record<string, Migration> = {
  '2026-01-01_app_user': {
    up: (db) =>
      db.schema
        .createTable('app_user')
        .addColumn('id', 'serial', (column) => column.primaryKey())
        .addColumn('clerk_id', clerkId(db), (column) => column.notNull().unique())
        .addColumn('email', 'text', (column) => column.notNull())
        .addColumn('display_name', 'text')
        .addColumn('tagline', 'text', (column) => column.defaultTo('hello'))
        .execute(),
    down: (db) => db.schema.dropTable('app_user').execute(),
  },
  '2026-01-02_clerk_sync': syncColumnsMigration('app_user'),
  // Only for hooks.
  '2026-01-03_clerk_events': clerkEventsMigration(),
}

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
        .execute(),
    down: (db) => db.schema.dropTable('app_user').execute(),
  },
  '2026-01-02_clerk_sync': syncColumnsMigration('app_user'),
  // Only for hooks.
  '2026-01-03_clerk_events': clerkEventsMigration(),
  '2026-01-04_workspaces': {
    up: (db) =>
      db.schema
        .createTable('workspaces')
        .addColumn('owner_id', clerkId(db), (column) => column.primaryKey())
        .addColumn('name', 'text', (column) => column.notNull())
        .execute(),
    down: (db) => db.schema.dropTable('workspaces').execute(),
  },
}

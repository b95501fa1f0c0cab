import type { DialectName } from '@clerk-sync/core/sql'
import { type ColumnDataType, type Expression, type Kysely, sql } from 'kysely'
import { dialectOf } from './dialects.ts'
import type { ClerkMigration } from './migration.ts'

export { liveRowsMigration } from './live-rows-migration.ts'
export type { ClerkMigration } from './migration.ts'

type DataType = ColumnDataType | Expression<unknown>

const TEXT: Readonly<Record<DialectName, DataType>> = { postgres: 'text', mysql: 'varchar(255)', sqlite: 'text' }
const VERSION: Readonly<Record<DialectName, DataType>> = { postgres: 'text', mysql: 'varchar(34)', sqlite: 'text' }
const DATE: Readonly<Record<DialectName, DataType>> = {
  postgres: 'timestamptz(3)',
  mysql: 'datetime(3)',
  sqlite: 'integer',
}

/**
 * The type of a column for a Clerk id, for a migration of your own:
 * `.addColumn('id', clerkId(db), (column) => column.primaryKey())`, or
 * `.addColumn('clerk_id', clerkId(db), (column) => column.notNull().unique())` beside a key of your own. Columns that
 * refer to one (`user_id`) take the same.
 *
 * `text`; on MySQL `varchar(255)`, in the table's own collation: two columns in different ones are joined without an
 * index, and no foreign key can stand between them.
 *
 * @example
 * ```ts
 * import { clerkId } from '@clerk-sync/adapter-kysely/migrations'
 * import type { Kysely } from 'kysely'
 *
 * export async function up(db: Kysely<unknown>) {
 *   await db.schema
 *     .createTable('users')
 *     .addColumn('id', clerkId(db), (column) => column.primaryKey())
 *     .addColumn('email', 'text')
 *     .execute()
 * }
 * ```
 */
export function clerkId<DB>(db: Pick<Kysely<DB>, 'getExecutor'>): DataType {
  return TEXT[dialectOf(db)]
}

/**
 * Adds the sync columns to a table that is there. Its rows start below every event.
 *
 * ```sql
 * alter table "app_user" add column "clerk_version" text default '0' not null, add column "deleted_at" timestamptz(3)
 * ```
 *
 * @param names - what the columns are called, if not `clerk_version` and `deleted_at`
 *
 * @example
 * ```ts
 * import { syncColumnsMigration } from '@clerk-sync/adapter-kysely/migrations'
 *
 * export const { up, down } = syncColumnsMigration('users')
 * ```
 */
export function syncColumnsMigration(
  table: string,
  { version = 'clerk_version', deletedAt = 'deleted_at' }: { version?: string; deletedAt?: string } = {},
): ClerkMigration {
  return {
    async up(db) {
      const dialect = dialectOf(db)
      const first = db.schema
        .alterTable(table)
        .addColumn(version, VERSION[dialect], (column) => column.notNull().defaultTo('0'))
      // SQLite alters one column at a time, and MySQL commits after each statement.
      if (dialect !== 'sqlite') return first.addColumn(deletedAt, DATE[dialect]).execute()
      await first.execute()
      await db.schema.alterTable(table).addColumn(deletedAt, DATE[dialect]).execute()
    },
    async down(db) {
      const first = db.schema.alterTable(table).dropColumn(version)
      if (dialectOf(db) !== 'sqlite') return first.dropColumn(deletedAt).execute()
      await first.execute()
      await db.schema.alterTable(table).dropColumn(deletedAt).execute()
    },
  }
}

/**
 * Creates the ledger, which hooks need, unless it is there.
 *
 * @example
 * ```ts
 * import { clerkEventsMigration } from '@clerk-sync/adapter-kysely/migrations'
 *
 * export const { up, down } = clerkEventsMigration()
 * ```
 */
export function clerkEventsMigration(table = 'clerk_events'): ClerkMigration {
  return {
    async up(db) {
      const dialect = dialectOf(db)
      await db.schema
        .createTable(table)
        .ifNotExists()
        .addColumn('id', TEXT[dialect], (column) => column.notNull().primaryKey())
        .addColumn('type', TEXT[dialect], (column) => column.notNull())
        .addColumn('entity_id', TEXT[dialect])
        .addColumn('occurred_at', DATE[dialect], (column) => column.notNull())
        .addColumn('processed_at', DATE[dialect], (column) => column.notNull())
        .execute()
      await addIndex(db, table, 'processed_at')
    },
    down: (db) => db.schema.dropTable(table).ifExists().execute(),
  }
}

/**
 * Creates the table of dead letters, which keeps events that the tables refused until the last attempts, unless it is
 * there. They are kept whole, and so hold users' data: see
 * https://clerk-sync.github.io/clerk-sync/dead-letters for who may read them.
 *
 * @example
 * ```ts
 * import { clerkDeadLettersMigration } from '@clerk-sync/adapter-kysely/migrations'
 *
 * export const { up, down } = clerkDeadLettersMigration()
 * ```
 */
export function clerkDeadLettersMigration(table = 'clerk_dead_letters'): ClerkMigration {
  return {
    async up(db) {
      const dialect = dialectOf(db)
      await db.schema
        .createTable(table)
        .ifNotExists()
        .addColumn('id', TEXT[dialect], (column) => column.notNull().primaryKey())
        .addColumn('type', TEXT[dialect], (column) => column.notNull())
        .addColumn('entity_id', TEXT[dialect])
        .addColumn('code', TEXT[dialect], (column) => column.notNull())
        .addColumn('payload', dialect === 'mysql' ? sql`mediumtext` : 'text', (column) => column.notNull())
        .addColumn('parked_at', DATE[dialect], (column) => column.notNull())
        .execute()
      await addIndex(db, table, 'entity_id')
    },
    down: (db) => db.schema.dropTable(table).ifExists().execute(),
  }
}

/**
 * Creates the table with the versions of the tables that have no sync columns, unless it is there.
 *
 * ```sql
 * create table "clerk_versions" ("table_name" text not null, "id" text not null, "version" text not null,
 *   "deleted_at" timestamptz(3), constraint "clerk_versions_key" primary key ("table_name", "id"))
 * ```
 *
 * @example
 * ```ts
 * import { clerkVersionsMigration } from '@clerk-sync/adapter-kysely/migrations'
 *
 * export const { up, down } = clerkVersionsMigration()
 * ```
 */
export function clerkVersionsMigration(table = 'clerk_versions'): ClerkMigration {
  return {
    async up(db) {
      const dialect = dialectOf(db)
      await db.schema
        .createTable(table)
        .ifNotExists()
        // With a schema before it.
        .addColumn('table_name', dialect === 'mysql' ? 'varchar(129)' : 'text', (column) => column.notNull())
        .addColumn('id', TEXT[dialect], (column) => column.notNull())
        .addColumn('version', VERSION[dialect], (column) => column.notNull())
        .addColumn('deleted_at', DATE[dialect])
        .addPrimaryKeyConstraint(`${table.replace('.', '_')}_key`, ['table_name', 'id'])
        .execute()
    },
    down: (db) => db.schema.dropTable(table).ifExists().execute(),
  }
}

async function addIndex<DB>(db: Kysely<DB>, table: string, column: string): Promise<void> {
  const name = `${table.replace('.', '_')}_${column}_idx`
  const index = db.schema.createIndex(name).on(table).column(column)
  if (dialectOf(db) !== 'mysql') return index.ifNotExists().execute()
  // MySQL knows no `create index if not exists`.
  const { rows } = await sql`select 1 from information_schema.statistics
    where table_schema = database() and index_name = ${name}`.execute(db)
  if (rows.length === 0) await index.execute()
}

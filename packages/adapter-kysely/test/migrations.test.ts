import { type ClerkEventsTable, kyselyAdapter, type SyncColumns } from '@clerk-sync/adapter-kysely'
import { clerkEventsMigration, clerkId, syncColumnsMigration } from '@clerk-sync/adapter-kysely/migrations'
import { createClerkSync } from '@clerk-sync/core'
import { userEvent, withEmail } from '@clerk-sync/test-support/events'
import { CamelCasePlugin, Kysely, type KyselyPlugin } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import { describe, expect, it } from 'vitest'
import { stores } from './kit/stores.ts'

interface Database {
  app_user: SyncColumns<Date | number> & { id: string; email: string | null }
  clerk_events: ClerkEventsTable<Date | number>
}

/** An application that had a table of users before. */
const migrations: Record<string, Migration> = {
  '1_users': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('app_user')
        .addColumn('id', clerkId(db), (column) => column.notNull().primaryKey())
        .addColumn('email', 'varchar(255)')
        .execute()
    },
    async down(db: Kysely<unknown>) {
      await db.schema.dropTable('app_user').execute()
    },
  },
  '2_sync_columns': syncColumnsMigration('app_user'),
  '3_clerk_events': clerkEventsMigration(),
}

async function migrated(db: Kysely<Database>, migrate: (migrator: Migrator) => ReturnType<Migrator['migrateUp']>) {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } })
  const { error, results } = await migrate(migrator)
  if (error) throw error
  return results?.map(({ migrationName, status }) => `${migrationName} ${status}`)
}

const plugins: readonly [string, KyselyPlugin[]][] = [
  ['without plugins', []],
  ['with the CamelCasePlugin', [new CamelCasePlugin()]],
]

describe.for(stores)('The migrations on %s', ([, open]) => {
  it.for(plugins)('make what check() wants, go down and come up again, %s', async ([, plugins]) => {
    const { dialect, rows } = await open('kysely_migrations')
    const db = new Kysely<Database>({ dialect, plugins })
    const clerkSync = createClerkSync({
      adapter: kyselyAdapter(db, { users: { table: 'app_user', columns: ['email'] }, events: 'clerk_events' }),
      on: { 'user.created': () => {} },
    })
    await migrated(db, (migrator) => migrator.migrateTo('1_users'))
    await rows("insert into app_user (id, email) values ('user_before', 'old@example.com')")

    expect(await migrated(db, (migrator) => migrator.migrateToLatest())).toEqual([
      '2_sync_columns Success',
      '3_clerk_events Success',
    ])
    expect(await clerkSync.check()).toEqual([])
    const at = 1_760_000_000_000
    const event = userEvent('user.created', 'user_before', at, withEmail('new@example.com'))
    expect(await clerkSync.apply(event)).toBe('updated')
    expect(await clerkSync.apply(event)).toBe('duplicate')
    expect(await rows('select email from app_user')).toEqual([{ email: 'new@example.com' }])

    await clerkSync.apply(userEvent('user.deleted', 'user_deleted', at + 123))
    const [deleted] = await rows("select deleted_at from app_user where id = 'user_deleted'")
    expect(Number(deleted?.deleted_at)).toBe(at + 123)
    await rows("delete from app_user where id = 'user_deleted'")

    expect(await migrated(db, (migrator) => migrator.migrateTo('1_users'))).toEqual([
      '3_clerk_events Success',
      '2_sync_columns Success',
    ])
    expect(Object.keys((await rows('select * from app_user'))[0] ?? {})).toEqual(['id', 'email'])

    await migrated(db, (migrator) => migrator.migrateToLatest())
    expect(await clerkSync.check()).toEqual([])
    expect(await clerkSync.apply(event)).toBe('updated')

    // A process may end between a migration and its being remembered: MySQL commits each of its statements.
    await clerkEventsMigration().up(db)
    expect(await clerkSync.apply(event)).toBe('duplicate')
  })
})

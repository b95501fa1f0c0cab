import {
  type ClerkDeadLettersTable,
  type ClerkEventsTable,
  kyselyAdapter,
  type SyncColumns,
} from '@clerk-sync/adapter-kysely'
import {
  clerkDeadLettersMigration,
  clerkEventsMigration,
  clerkId,
  syncColumnsMigration,
} from '@clerk-sync/adapter-kysely/migrations'
import { createClerkSync } from '@clerk-sync/core'
import { type LettersStore, testDeadLetters } from '@clerk-sync/test-support/dead-letters'
import { Kysely, SqliteDialect, sql, type Transaction } from 'kysely'
import { type Store, stores } from './kit/stores.ts'

interface Database {
  users: SyncColumns<Date | number> & { id: string; email: string | null }
  clerk_events: ClerkEventsTable<Date | number>
  dead_letters: ClerkDeadLettersTable<Date | number>
  effects: { id: string }
}

async function opened(openStore: (suite: string) => Promise<Store>): Promise<LettersStore> {
  const { dialect, rows } = await openStore('kysely_dead_letters')
  const db = new Kysely<Database>({ dialect })
  await db.schema
    .createTable('users')
    .addColumn('id', clerkId(db), (column) => column.primaryKey())
    .addColumn('email', 'varchar(255)')
    .addCheckConstraint('short', sql`length(email) < 11`)
    .execute()
  await db.schema.createTable('effects').addColumn('id', 'varchar(255)').execute()
  await syncColumnsMigration('users').up(db)
  await clerkEventsMigration().up(db)
  const letters = clerkDeadLettersMigration('dead_letters')
  await letters.up(db)
  // Again, as a migration that failed half-way is.
  await letters.up(db)
  const users = { table: 'users', columns: ['email'] } as const
  const hook = async ({ event, tx }: { event: { id: string }; tx: Transaction<Database> }) => {
    await tx.insertInto('effects').values({ id: event.id }).execute()
  }
  return {
    query: rows,
    clerkSync: ({ hooks }) =>
      createClerkSync({
        adapter: kyselyAdapter(db, { users, events: 'clerk_events', deadLetters: 'dead_letters' }),
        ...(hooks && { on: { 'user.updated': hook } }),
      }),
    async mend() {
      if (!(dialect instanceof SqliteDialect)) return db.schema.alterTable('users').dropConstraint('short').execute()
      await rows('alter table users rename to old')
      await rows(
        "create table users (id text primary key, email text, clerk_version text not null default '0', deleted_at integer)",
      )
    },
  }
}

testDeadLetters(stores.map(([name, open]) => [name, () => opened(open)]))

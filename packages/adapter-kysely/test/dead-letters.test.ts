import {
  type ClerkDeadLettersTable,
  type ClerkEventsTable,
  type ClerkVersionsTable,
  kyselyAdapter,
  type SyncColumns,
} from '@clerk-sync/adapter-kysely'
import {
  clerkDeadLettersMigration,
  clerkEventsMigration,
  clerkId,
  clerkVersionsMigration,
  syncColumnsMigration,
} from '@clerk-sync/adapter-kysely/migrations'
import { createClerkSync } from '@clerk-sync/core'
import { type LettersStore, testDeadLetters } from '@clerk-sync/test-support/dead-letters'
import type { Versions } from '@clerk-sync/test-support/kit-tables'
import { Kysely, SqliteDialect, sql, type Transaction } from 'kysely'
import { type Store, stores } from './kit/stores.ts'

interface Database {
  users: SyncColumns<Date | number> & { id: string; email: string | null }
  clerk_events: ClerkEventsTable<Date | number>
  dead_letters: ClerkDeadLettersTable<Date | number>
  effects: { id: string }
}

/** The same with the versions beside it. */
type BesideDatabase = Omit<Database, 'users'> & {
  users: { id: string; email: string | null }
  clerk_versions: ClerkVersionsTable<Date | number>
}

async function opened(openStore: (suite: string) => Promise<Store>, versions: Versions): Promise<LettersStore> {
  const { dialect, rows } = await openStore('kysely_dead_letters')
  const db = new Kysely<Database>({ dialect })
  const beside = new Kysely<BesideDatabase>({ dialect })
  await db.schema
    .createTable('users')
    .addColumn('id', clerkId(db), (column) => column.primaryKey())
    .addColumn('email', 'varchar(255)')
    .addCheckConstraint('short', sql`length(email) < 11`)
    .execute()
  await db.schema.createTable('effects').addColumn('id', 'varchar(255)').execute()
  await (versions === 'row' ? syncColumnsMigration('users') : clerkVersionsMigration()).up(db)
  await clerkEventsMigration().up(db)
  const letters = clerkDeadLettersMigration('dead_letters')
  await letters.up(db)
  // Again, as a migration that failed half-way is.
  await letters.up(db)
  const tables = {
    users: { table: 'users', columns: ['email'] },
    events: 'clerk_events',
    deadLetters: 'dead_letters',
  } as const
  const hook = async ({ event, tx }: { event: { id: string }; tx: Transaction<Pick<Database, 'effects'>> }) => {
    await tx.insertInto('effects').values({ id: event.id }).execute()
  }
  return {
    query: rows,
    clerkSync({ hooks }) {
      const on = hooks ? { 'user.updated': hook } : {}
      return versions === 'row'
        ? createClerkSync({ adapter: kyselyAdapter(db, tables), on })
        : createClerkSync({ adapter: kyselyAdapter(beside, { ...tables, versions: 'clerk_versions' }), on })
    },
    async mend() {
      if (!(dialect instanceof SqliteDialect)) return db.schema.alterTable('users').dropConstraint('short').execute()
      await rows('alter table users rename to old')
      const sync = versions === 'row' ? ", clerk_version text not null default '0', deleted_at integer" : ''
      await rows(`create table users (id text primary key, email text${sync})`)
    },
  }
}

testDeadLetters(
  stores.flatMap(([name, open]) => [
    [name, () => opened(open, 'row')],
    [`${name}, versions beside`, () => opened(open, 'beside')],
  ]),
)

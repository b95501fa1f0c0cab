import { kyselyAdapter, type SyncColumns } from '@clerk-sync/adapter-kysely'
import { clerkId, syncColumnsMigration } from '@clerk-sync/adapter-kysely/migrations'
import { createClerkSync } from '@clerk-sync/core'
import { type RefusingDialect, testRefusedValues } from '@clerk-sync/test-support/refused-values'
import { Kysely } from 'kysely'
import { stores } from './kit/stores.ts'

interface Database {
  users: SyncColumns<Date | number> & { id: string; email: string | null }
}

const DIALECTS: Readonly<Record<string, RefusingDialect>> = { PostgreSQL: 'postgres', SQLite: 'sqlite' }

testRefusedValues(
  stores.map(([name, open]) => [
    name,
    DIALECTS[name] ?? 'mysql',
    async (column, before) => {
      const { dialect, rows } = await open('kysely_refused_values')
      const db = new Kysely<Database>({ dialect })
      if (before) await rows(before)
      const compiled = db.schema.createTable('t').addColumn('c', clerkId(db)).compile().sql
      await rows(`create table users (id ${/c[`"] (.*)\)$/.exec(compiled)?.[1]} primary key, email ${column})`)
      await syncColumnsMigration('users').up(db)
      const adapter = kyselyAdapter(db, { users: { table: 'users', columns: ['email'] } })
      return { query: rows, clerkSync: createClerkSync({ adapter }) }
    },
  ]),
)

import { type ClerkEventsTable, kyselyAdapter } from '@clerk-sync/adapter-kysely'
import { createClerkSync } from '@clerk-sync/core'
import { createPeople, PEOPLE, peopleAfter } from '@clerk-sync/test-support/named-columns'
import { type Generated, Kysely } from 'kysely'
import { expect, it } from 'vitest'
import { stores } from './kit/stores.ts'

interface Database {
  people: {
    id: Generated<number>
    auth_id: string | null
    email: string | null
    deleted_at: Date | number | null
    sync_version: Generated<string>
    clerk_deleted_at: Date | number | null
  }
  clerk_events: ClerkEventsTable<Date | number>
}

const names = { key: 'auth_id', version: 'sync_version', deletedAt: 'clerk_deleted_at' } as const

it.for(stores)(
  '%s: a nullable Clerk id and sync columns of other names, beside deletes of the application',
  async ([name, open]) => {
    const { dialect, rows } = await open('kysely_named')
    const kind = name === 'PostgreSQL' ? 'postgres' : name === 'SQLite' ? 'sqlite' : 'mysql'
    await createPeople(kind, rows)
    const adapter = kyselyAdapter(new Kysely<Database>({ dialect }), {
      users: { table: 'people', columns: ['email'], ...names },
      events: 'clerk_events',
    })
    const seen: unknown[] = []
    const clerkSync = createClerkSync({
      adapter,
      on: { 'user.updated': { before: true, run: ({ before }) => void seen.push(before?.email) } },
    })
    expect(await peopleAfter(kind, rows, clerkSync)).toEqual(PEOPLE)
    expect(seen).toEqual(['ada@example.com', null])
  },
)

import { createClerkSync } from '@clerk-sync/core'
import { sqliteTables, type Versions } from '@clerk-sync/test-support/kit-tables'
import { tripsOf } from '@clerk-sync/test-support/round-trips'
import Database from 'better-sqlite3'
import { SqliteDialect } from 'kysely'
import { describe, expect, it, onTestFinished } from 'vitest'
import { adapterOf, hooks, open } from './kit/adapter.ts'
import { relayed } from './kit/relayed.ts'

// PostgreSQL tells what it wrote, and what changed nothing is looked at. MySQL does not tell: each write is looked at.
const trips = { PostgreSQL: [1, 1, 2, 1], MySQL: [2, 2, 2, 2] }
const hooked = { PostgreSQL: [6, 1, 2, 6], MySQL: [7, 2, 2, 7] }

// Beside: a removal takes a transaction, and on MySQL each event.
const beside = { PostgreSQL: [1, 1, 2, 4], MySQL: [5, 6, 4, 5] }
const besideHooked = { PostgreSQL: [6, 1, 2, 7], MySQL: [8, 6, 4, 8] }

describe.for(relayed)('On %s', ([name, store]) => {
  it('with versions beside, an upsert is one round trip on PostgreSQL, and a transaction on MySQL', async () => {
    const { relay, dialect } = await store('kysely_trips', 'beside')
    const adapter = adapterOf(open(dialect(1)), 'plain', { versions: 'beside' })
    expect(await tripsOf(createClerkSync({ adapter }), relay.trips)).toEqual(beside[name])
    const welcome = async ({ event, tx }: { event: { id: string }; tx: Parameters<typeof hooks.effect>[0] }) => {
      await hooks.effect(tx, { userId: 'user_2', eventId: event.id })
    }
    const hooked = createClerkSync({ adapter, on: { 'user.created': welcome, 'user.deleted': welcome } })
    expect(await tripsOf(hooked, relay.trips, 'user_2')).toEqual(besideHooked[name])
  })

  it('an event without a hook is one round trip, and one more to know what became of it', async () => {
    const { relay, dialect } = await store('kysely_trips')
    const clerkSync = createClerkSync({ adapter: adapterOf(open(dialect(1)), 'plain') })
    expect(await tripsOf(clerkSync, relay.trips)).toEqual(trips[name])
  })

  it('an event with a hook is four more, and those of the hook', async () => {
    const { relay, dialect } = await store('kysely_trips_hook')
    const adapter = adapterOf(open(dialect(1)), 'plain')
    const welcome = async ({ event, tx }: { event: { id: string }; tx: Parameters<typeof hooks.effect>[0] }) => {
      await hooks.effect(tx, { userId: 'user_1', eventId: event.id })
    }
    const clerkSync = createClerkSync({ adapter, on: { 'user.created': welcome, 'user.deleted': welcome } })
    // begin, claim, write (and a look at the row), the hook's insert, the look whether all still stands, commit
    expect(await tripsOf(clerkSync, relay.trips)).toEqual(hooked[name])
  })
})

async function onSqlite(versions: Versions) {
  const { file } = await sqliteTables(onTestFinished, versions)
  const statements: string[] = []
  const database = new Database(file, { verbose: (statement) => statements.push(String(statement)) })
  onTestFinished(() => {
    database.close()
  })
  const adapter = adapterOf(open(new SqliteDialect({ database })), 'plain', { versions })
  return { statements, trips: await tripsOf(createClerkSync({ adapter }), () => statements.length) }
}

it('On SQLite an event without a hook is one statement; a stale one is three', async () => {
  expect((await onSqlite('row')).trips).toEqual([1, 1, 3, 1])
})

it('and one transaction with versions beside', async () => {
  const { statements } = await onSqlite('beside')
  // Not a plain begin: a reader cannot become a writer after another process's commit.
  expect(statements.filter((statement) => /^begin/i.test(statement))).toEqual(Array(5).fill('begin immediate'))
})

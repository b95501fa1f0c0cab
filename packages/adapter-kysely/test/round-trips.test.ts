import { createClerkSync } from '@clerk-sync/core'
import { sqliteTables } from '@clerk-sync/test-support/kit-tables'
import { tripsOf } from '@clerk-sync/test-support/round-trips'
import Database from 'better-sqlite3'
import { SqliteDialect } from 'kysely'
import { describe, expect, it, onTestFinished } from 'vitest'
import { adapterOf, hooks, open } from './kit/adapter.ts'
import { relayed } from './kit/relayed.ts'

// PostgreSQL tells what it wrote, and what changed nothing is looked at. MySQL does not tell: each write is looked at.
const trips = { PostgreSQL: [1, 1, 2, 1], MySQL: [2, 2, 2, 2] }
const hooked = { PostgreSQL: [6, 1, 2, 6], MySQL: [7, 2, 2, 7] }

describe.for(relayed)('On %s', ([name, store]) => {
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

it('On SQLite an event without a hook is one transaction of three statements', async () => {
  const { file } = await sqliteTables(onTestFinished)
  const statements: string[] = []
  const database = new Database(file, { verbose: (statement) => statements.push(String(statement)) })
  onTestFinished(() => {
    database.close()
  })
  const clerkSync = createClerkSync({ adapter: adapterOf(open(new SqliteDialect({ database })), 'plain') })
  const begun = () => statements.filter((statement) => /^begin/i.test(statement)).length
  expect(await tripsOf(clerkSync, begun)).toEqual([1, 1, 1, 1])
  expect(statements.slice(-5)).toEqual([
    // Not a plain begin: a reader cannot become a writer after another process's commit.
    'begin immediate',
    expect.stringMatching(/^select/),
    expect.stringMatching(/^insert/),
    expect.stringMatching(/^select/),
    'commit',
  ])
})

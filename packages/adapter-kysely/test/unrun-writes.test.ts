// A write that a hook built and forgot to run is an error, and not a message that passes for processed.
import { createClerkSync } from '@clerk-sync/core'
import { userEvent } from '@clerk-sync/test-support/events'
import { mysqlTables, sqliteTables } from '@clerk-sync/test-support/kit-tables'
import SqliteDatabase from 'better-sqlite3'
import { CompiledQuery, MysqlDialect, SqliteDialect, sql, type Transaction } from 'kysely'
import { createPool } from 'mysql2'
import { expect, it, onTestFinished } from 'vitest'
import { adapterOf, open } from './kit/adapter.ts'
import type { Database } from './kit/database.ts'

const event = userEvent('user.created', 'user_ada', 1_760_000_000_000)
const welcome = { userId: 'user_ada', eventId: event.id }
type Tx = Transaction<Database>

async function applied(hook: (tx: Tx) => unknown) {
  const { file, query } = await sqliteTables(onTestFinished)
  const db = open(new SqliteDialect({ database: new SqliteDatabase(file) }))
  onTestFinished(() => db.destroy())
  const clerkSync = createClerkSync({ adapter: adapterOf(db, 'plain'), on: { 'user.created': ({ tx }) => hook(tx) } })
  const outcome = await clerkSync.apply(event).catch((error: unknown) => error)
  const count = async (table: string) => (await query(`select 1 from ${table}`)).length
  return { outcome, users: await count('users'), events: await count('events'), welcomes: await count('welcomes') }
}

it.for<[string, (tx: Tx) => unknown]>([
  ["insertInto('welcomes')", (tx) => void tx.insertInto('welcomes').values(welcome)],
  ["insertInto('welcomes')", (tx) => void tx.insertInto('welcomes')],
  ["replaceInto('welcomes')", (tx) => void tx.replaceInto('welcomes').values(welcome)],
  ["updateTable('welcomes')", (tx) => void tx.updateTable('welcomes').set({ userId: 'user_eve' })],
  ["deleteFrom('welcomes')", (tx) => void tx.deleteFrom('welcomes').where('userId', '=', 'user_ada')],
  ["deleteFrom('welcomes')", (tx) => tx.deleteFrom('welcomes')],
  [
    "insertInto('welcomes')",
    (tx) =>
      void tx
        .with('one', (query) => query.selectFrom('users').selectAll())
        .insertInto('welcomes')
        .values(welcome),
  ],
  ["insertInto('welcomes')", (tx) => void tx.withSchema('main').insertInto('welcomes').values(welcome)],
  [
    "updateTable('welcomes')",
    async (tx) => {
      await tx.insertInto('welcomes').values(welcome).execute()
      tx.updateTable('welcomes').set({ userId: 'user_eve' })
    },
  ],
])('tx.%s without .execute()', async ([built, hook]) => {
  const { outcome, ...rows } = await applied(hook)
  expect(outcome).toMatchObject({
    code: 'hook_failed',
    message: expect.stringContaining(`The hook built tx.${built} and did not run it`),
  })
  expect(rows).toEqual({ users: 0, events: 0, welcomes: 0 })
})

it.for<[string, (tx: Tx) => unknown]>([
  ['execute()', (tx) => tx.insertInto('welcomes').values(welcome).execute()],
  ['executeTakeFirst()', (tx) => tx.insertInto('welcomes').values(welcome).executeTakeFirst()],
  ['a schema', (tx) => tx.withSchema('main').insertInto('welcomes').values(welcome).execute()],
  [
    'a common table expression',
    (tx) =>
      tx
        .with('one', (query) => query.selectFrom('users').select('users.id as userId'))
        .insertInto('welcomes')
        .columns(['userId', 'eventId'])
        .expression((query) => query.selectFrom('one').select(['one.userId', sql.lit(event.id).as('eventId')]))
        .execute(),
  ],
  ['executeQuery()', (tx) => tx.executeQuery(tx.insertInto('welcomes').values(welcome).compile())],
  ['a raw query', (tx) => tx.executeQuery(CompiledQuery.raw('insert into welcomes values (?, ?)', ['a', 'b']))],
])('a write that ran by %s is kept', async ([, hook]) => {
  expect(await applied(hook)).toEqual({ outcome: 'created', users: 1, events: 1, welcomes: 1 })
})

it('on MySQL as well, where statements of a hook go one after another', async () => {
  const { url, query } = await mysqlTables('mysql', 'kysely_unrun', onTestFinished)
  const pool = createPool({ uri: url, connectionLimit: 1 })
  onTestFinished(() => pool.promise().end())
  const adapter = adapterOf(open(new MysqlDialect({ pool })), 'plain')
  const hook = ({ tx }: { tx: Tx }) => void tx.insertInto('welcomes').values(welcome)
  await expect(createClerkSync({ adapter, on: { 'user.created': hook } }).apply(event)).rejects.toMatchObject({
    code: 'hook_failed',
    message: expect.stringContaining("The hook built tx.insertInto('welcomes') and did not run it"),
  })
  expect(await query('select 1 from users')).toEqual([])
})

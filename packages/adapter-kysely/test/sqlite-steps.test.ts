import { createClerkSync } from '@clerk-sync/core'
import { userEvent } from '@clerk-sync/test-support/events'
import Database from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'
import { expect, it, onTestFinished } from 'vitest'
import { kyselyAdapter, type SyncColumns } from '../src/index.ts'

const AT = 1_700_000_000_000
const USERS = "(id text primary key, first_name text, clerk_version text not null default '0', deleted_at integer)"

interface Users extends SyncColumns {
  id: string
  first_name: string | null
}

/** @param before - runs before a statement is prepared */
function opened(before: (sql: string) => void = () => {}) {
  const connection = new Database(':memory:')
  onTestFinished(() => {
    connection.close()
  })
  connection.exec(`create table users ${USERS}`)
  const database = {
    prepare(sql: string) {
      before(sql)
      return connection.prepare(sql)
    },
    close: () => connection.close(),
  }
  const db = new Kysely<{ users: Users; 'aux.users': Users }>({ dialect: new SqliteDialect({ database }) })
  return { connection, db }
}

it('a row that appears between the update and the insert takes the event all the same', async () => {
  let appears = false
  const { connection, db } = opened((sql) => {
    if (!appears || !sql.startsWith('insert')) return
    appears = false
    connection.exec("insert into users (id, first_name, clerk_version) values ('user_1', 'older', '1')")
  })
  const { apply } = createClerkSync({
    adapter: kyselyAdapter(db, { users: { table: 'users', columns: ['first_name'] } }),
  })
  appears = true
  expect(await apply(userEvent('user.updated', 'user_1', AT, { first_name: 'Ada' }))).toBe('updated')
  expect(connection.prepare('select first_name from users').pluck().all()).toEqual(['Ada'])
})

it.each([
  ['the table', 'users', 'create trigger back after update on users'],
  ['the connection', 'users', 'create temp trigger back after update on main.users'],
  ['an attached database', 'aux.users', 'create trigger aux.back after update on users'],
] as const)('a trigger of %s that takes a write back is noticed', async (_, table, trigger) => {
  const { connection, db } = opened()
  connection.exec(`attach ':memory:' as aux; create table aux.users ${USERS}`)
  const { apply } = createClerkSync({ adapter: kyselyAdapter(db, { users: { table, columns: ['first_name'] } }) })
  expect(await apply(userEvent('user.created', 'user_1', AT))).toBe('created')
  connection.exec(`${trigger} begin update users set clerk_version = old.clerk_version where id = new.id; end`)
  await expect(apply(userEvent('user.updated', 'user_1', AT + 1_000))).rejects.toMatchObject({ code: 'store_failed' })
})

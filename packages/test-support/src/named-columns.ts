import type { ClerkEvent } from '@clerk-sync/core'
import { userEvent, withEmail } from './events.ts'

type Dialect = 'postgres' | 'mysql' | 'sqlite'
type Rows = (statement: string) => Promise<unknown>

/** What is used of a `ClerkSync`, whatever its rows are. */
interface Synced {
  apply(event: ClerkEvent): Promise<unknown>
  find(entity: 'user', key: string): Promise<{ readonly deleted: boolean; readonly synced: boolean } | undefined>
  check(): Promise<readonly { readonly message: string }[]>
}

const TYPES = {
  postgres: { key: 'serial primary key', text: 'text', time: 'timestamptz(3)' },
  mysql: { key: 'int auto_increment primary key', text: 'varchar(255)', time: 'datetime(3)' },
  sqlite: { key: 'integer primary key', text: 'text', time: 'integer' },
}

/**
 * A table that was there before the library: the Clerk id may be NULL, `deleted_at` is the application's own, and the
 * library's columns have names beside these. And the ledger.
 *
 * @param time - the type of times, where it is not the usual one
 */
export async function createPeople(dialect: Dialect, rows: Rows, time = TYPES[dialect].time): Promise<void> {
  const { key, text } = TYPES[dialect]
  await rows(`create table people (id ${key}, auth_id ${text} unique, email ${text}, deleted_at ${time},
    sync_version ${text} not null default '0', clerk_deleted_at ${time})`)
  const id = text === 'text' ? text : 'varchar(255)'
  await rows(`create table clerk_events (id ${id} primary key, type ${text} not null, entity_id ${text},
    occurred_at ${time} not null, processed_at ${time} not null)`)
}

const AT = 1_760_000_000_000

/** Two rows that were there, and two users who come, of whom the application deletes one, and Clerk too. */
export async function peopleAfter(dialect: Dialect, rows: Rows, clerkSync: Synced): Promise<object> {
  const now = dialect === 'sqlite' ? '1760000000000' : 'current_timestamp'
  await rows(`insert into people (email, deleted_at) values ('gone@example.com', ${now}), ('here@example.com', null)`)
  const outcomes = [
    await clerkSync.apply(userEvent('user.created', 'user_1', AT, withEmail('ada@example.com'))),
    await clerkSync.apply(userEvent('user.created', 'user_2', AT, withEmail('grace@example.com'))),
  ]
  await rows(`update people set deleted_at = ${now} where auth_id = 'user_1'`)
  const update = (at: number, address: string) => userEvent('user.updated', 'user_1', at, withEmail(address))
  outcomes.push(await clerkSync.apply(update(AT + 2, 'countess@example.com')))
  const found = [await clerkSync.find('user', 'user_1')]
  outcomes.push(await clerkSync.apply(userEvent('user.deleted', 'user_1', AT + 3)))
  outcomes.push(await clerkSync.apply(update(AT + 1, 'late@example.com')))
  found.push(await clerkSync.find('user', 'user_1'))
  const people = await rows(`select auth_id, email, (deleted_at is not null) as own_deletion,
    (clerk_deleted_at is not null) as clerks_deletion, (sync_version = '0') as untouched from people order by id`)
  return {
    outcomes,
    found: found.map((one) => one && { deleted: one.deleted, synced: one.synced }),
    people: (people as Record<string, unknown>[]).map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [name, isFlag(name) ? Boolean(value) : value])),
    ),
    problems: (await clerkSync.check()).map(({ message }) => message),
  }
}

const isFlag = (name: string) => name.endsWith('_deletion') || name === 'untouched'

const row = (auth_id: string | null, email: string | null, ...flags: readonly [boolean, boolean, boolean]) => ({
  auth_id,
  email,
  own_deletion: flags[0],
  clerks_deletion: flags[1],
  untouched: flags[2],
})

/** What {@link peopleAfter} gives where all is right. */
export const PEOPLE = {
  outcomes: ['created', 'created', 'updated', 'deleted', 'already_deleted'],
  found: [
    { deleted: false, synced: true },
    { deleted: true, synced: true },
  ],
  people: [
    row(null, 'gone@example.com', true, false, true),
    row(null, 'here@example.com', false, false, true),
    row('user_1', null, true, true, false),
    row('user_2', 'grace@example.com', false, false, false),
  ],
  problems: [] as string[],
}

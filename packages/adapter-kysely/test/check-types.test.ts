// What a column of the database is, beside what is written into it.
import { kyselyAdapter, type SyncColumns } from '@clerk-sync/adapter-kysely'
import { createClerkSync } from '@clerk-sync/core'
import { Kysely } from 'kysely'
import { describe, expect, it } from 'vitest'
import { stores } from './kit/stores.ts'

interface Database {
  users: SyncColumns<Date | number> & { id: string; value: string | null }
  sessions: SyncColumns<Date | number> & { id: string; status: string | null }
}

type Name = 'PostgreSQL' | 'MySQL' | 'MariaDB' | 'SQLite'
const NAMES: readonly Name[] = ['PostgreSQL', 'MySQL', 'MariaDB', 'SQLite']
const matching = (pattern: RegExp) => expect.stringMatching(pattern)

const VALUES = {
  text: 'ada@example.com',
  ms: 1_760_000_000_000,
  number: 7,
  flag: true,
  time: new Date(1_760_000_000_000),
  json: { plan: 'free' },
  list: ['a'],
}

/** Per kind of value: columns that are wrong, with what the warning says, and columns that are right. */
const COLUMNS: Readonly<
  Record<keyof typeof VALUES, { readonly [N in Name]: { wrong: Readonly<Record<string, RegExp>>; right: string[] } }>
> = {
  text: {
    PostgreSQL: {
      wrong: {
        'varchar(10)':
          /is character varying\(10\) and is filled with texts such as one of 15 characters.*Give it text, or/,
        'char(10)': /is character\(10\)/,
        integer: /is integer and is filled with text: such an event is answered 503 value_refused/,
        boolean: /is boolean/,
        uuid: /is uuid/,
        timestamptz: /is timestamp with time zone/,
        jsonb: /is jsonb/,
        'text[]': /is text\[\]/,
        mood: /has the type mood, without the value ada@example\.com/,
      },
      right: ['text', 'varchar(15)', 'citext_like', 'bytea'],
    },
    MySQL: {
      wrong: {
        'varchar(10)': /is varchar\(10\) and is filled with texts/,
        'int unsigned': /is int unsigned/,
        'decimal(10,2)': /is decimal\(10,2\)/,
        'datetime(3)': /is datetime\(3\)/,
        json: /is json/,
        "enum('a','it''s')": /has the type enum, without the value ada@example\.com/,
      },
      right: ['varchar(15)', 'mediumtext', 'text'],
    },
    MariaDB: {
      wrong: { 'varchar(10)': /is varchar\(10\)/, json: /is json and is filled with text/, uuid: /is uuid/ },
      right: ['varchar(15)', 'longtext'],
    },
    SQLite: {
      wrong: {
        integer: /is INTEGER and is filled with text: SQLite makes a number of text that looks like one/,
        string: /is string and is filled with text/,
      },
      right: ['text', 'varchar(10)', 'blob', ''],
    },
  },
  ms: {
    PostgreSQL: {
      wrong: {
        integer: /is integer and is filled with numbers such as 1760000000000.*Give it bigint/,
        timestamptz: /is timestamp with time zone and is filled with numbers/,
        boolean: /is boolean/,
      },
      right: ['bigint', 'numeric', 'double precision', 'text'],
    },
    MySQL: { wrong: { int: /is int and/, 'int unsigned': /is int unsigned/ }, right: ['bigint', 'bigint unsigned'] },
    MariaDB: { wrong: { 'int(11)': /is int\(11\)/ }, right: ['bigint(20)'] },
    SQLite: {
      wrong: { text: /is TEXT and is filled with a number/ },
      right: ['integer', 'int', 'numeric', 'datetime'],
    },
  },
  number: {
    PostgreSQL: { wrong: { date: /is date and is filled with a number/ }, right: ['smallint', 'integer'] },
    MySQL: { wrong: { datetime: /is datetime and/ }, right: ['tinyint', 'int'] },
    MariaDB: { wrong: { datetime: /is datetime and/ }, right: ['tinyint', 'int'] },
    SQLite: { wrong: { text: /is TEXT/ }, right: ['integer', 'real'] },
  },
  flag: {
    PostgreSQL: { wrong: { integer: /is integer and is filled with true and false/ }, right: ['boolean', 'text'] },
    MySQL: { wrong: { datetime: /is datetime and/ }, right: ['boolean', 'tinyint(1)', 'int'] },
    MariaDB: { wrong: { datetime: /is datetime and/ }, right: ['boolean'] },
    SQLite: { wrong: { text: /is TEXT/ }, right: ['integer', 'boolean'] },
  },
  time: {
    PostgreSQL: {
      wrong: { integer: /is integer and is filled with a time/, bigint: /is bigint/, jsonb: /is jsonb/ },
      right: ['timestamptz', 'timestamp(3)', 'date', 'text'],
    },
    MySQL: { wrong: { bigint: /is bigint and is filled with a time/ }, right: ['datetime(3)', 'timestamp', 'date'] },
    MariaDB: { wrong: { int: /is int\(11\) and is filled with a time/ }, right: ['datetime', 'timestamp(3)'] },
    SQLite: { wrong: { text: /is TEXT and is filled with a number/ }, right: ['integer', 'datetime'] },
  },
  json: {
    PostgreSQL: {
      wrong: {
        text: /is text and is filled with JSON: it reads back as text. Give it json, or/,
        integer: /is integer and is filled with JSON: such an event is answered 503/,
      },
      right: ['jsonb', 'json'],
    },
    MySQL: { wrong: { text: /is text and is filled with JSON/ }, right: ['json'] },
    MariaDB: { wrong: { text: /is text and is filled with JSON/ }, right: ['json'] },
    SQLite: { wrong: {}, right: ['text', 'json', 'jsonb'] },
  },
  list: {
    PostgreSQL: { wrong: { jsonb: /is not given what it takes: users\.value is given an array/ }, right: [] },
    MySQL: { wrong: { text: /is text and is filled with a list: it reads back as text/ }, right: ['json'] },
    MariaDB: { wrong: { text: /is text and is filled with a list/ }, right: ['json'] },
    SQLite: { wrong: {}, right: ['text'] },
  },
}

const DATES = { PostgreSQL: 'timestamptz(3)', MySQL: 'datetime(3)', MariaDB: 'datetime(3)', SQLite: 'integer' } as const
const databases = stores.filter((store) => NAMES.includes(store[0] as Name))

const synced = (deletedAt: string) =>
  `id varchar(255) primary key, clerk_version varchar(34) not null default '0', deleted_at ${deletedAt}`

async function opened([name, open]: (typeof stores)[number]) {
  const { dialect, rows } = await open('kysely_check_types')
  if (name === 'PostgreSQL') {
    await rows(`create type mood as enum ('good', 'bad')`)
    await rows('create domain citext_like as text')
  }
  const db = new Kysely<Database>({ dialect })
  const found = async (value: unknown, type: string, deletedAt: string = DATES[name as Name]) => {
    await rows('drop table if exists users')
    await rows(`create table users (${synced(deletedAt)}, value ${type})`)
    const adapter = kyselyAdapter(db, { users: { table: 'users', columns: ['value'] } })
    const map = { user: () => ({ value: value as string }) }
    return (await createClerkSync({ adapter, map }).check()).map(({ severity, message }) => `${severity}: ${message}`)
  }
  return { db, rows, found }
}

describe.for(databases)('check on %s knows the types of mapped columns', (store) => {
  it.for(Object.entries(VALUES))('for %s', async ([kind, value]) => {
    const { found } = await opened(store)
    const { wrong, right } = COLUMNS[kind as keyof typeof VALUES][store[0] as Name]
    for (const [type, message] of Object.entries(wrong)) {
      expect([type, ...(await found(value, type))]).toEqual([type, matching(message)])
      expect((await found(value, type))[0]).toMatch(/^warning: users\.value /)
    }
    for (const type of right) expect([type, ...(await found(value, type))]).toEqual([type])
  })

  it('and of the time of deletion', async () => {
    const { found } = await opened(store)
    const wrong = store[0] === 'SQLite' ? 'text' : 'bigint'
    expect(await found(null, 'varchar(9)', wrong)).toEqual([matching(/^warning: users\.deleted_at is .* filled with/)])
  })
})

it.for(databases.filter(([name]) => name !== 'SQLite'))(
  'check on %s finds an enum without a status that Clerk sends later',
  async (store) => {
    const [name] = store
    const { db, rows } = await opened(store)
    const kept = ['active', 'pending', 'ended', 'removed', 'expired', 'abandoned', 'replaced']
    const of = (labels: readonly string[]) => labels.map((label) => `'${label}'`).join(', ')
    const found = async (labels: readonly string[], map?: (session: { status: string }) => { status: string }) => {
      await rows('drop table if exists sessions')
      if (name === 'PostgreSQL') {
        await rows('drop type if exists state')
        await rows(`create type state as enum (${of(labels)})`)
      }
      const type = name === 'PostgreSQL' ? 'state' : `enum(${of(labels)})`
      await rows(`create table sessions (${synced(DATES[name as Name])}, status ${type})`)
      const adapter = kyselyAdapter(db, { sessions: { table: 'sessions', columns: ['status'] } })
      const clerkSync = createClerkSync({ adapter, map: { session: map ?? (({ status }) => ({ status })) } })
      return (await clerkSync.check()).map(({ message }) => message)
    }
    expect(await found(kept)).toEqual([
      matching(
        /^sessions\.status has the type (state|enum), without the value revoked, which it is filled with: .*value_refused/,
      ),
    ])
    expect(await found([...kept, 'revoked'])).toEqual([])

    const narrowed = ({ status }: { status: string }) => ({ status: status === 'active' ? 'on' : 'off' })
    expect(await found(['on', 'off'], narrowed)).toEqual([])
    expect(await found(['on'], narrowed)).toEqual([matching(/without the value off, which it is filled with:/)])

    const unready = (session: { status: string }) => {
      if (session.status === 'replaced') throw new Error('unknown')
      return narrowed(session)
    }
    expect(await found(['on', 'off'], unready)).toEqual([
      matching(/^sessions: Clerk sends status "replaced", .* 500: map\.session threw/),
    ])
  },
)

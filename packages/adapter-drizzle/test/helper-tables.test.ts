// What migrations get from the helpers: each column's type, what may be null, defaults, keys and indexes.
import * as ofMysql from '@clerk-sync/adapter-drizzle/mysql'
import * as ofPg from '@clerk-sync/adapter-drizzle/pg'
import * as ofSqlite from '@clerk-sync/adapter-drizzle/sqlite'
import { getTableConfig as mysqlConfig, mysqlTable } from 'drizzle-orm/mysql-core'
import { getTableConfig as pgConfig, pgTable } from 'drizzle-orm/pg-core'
import { getTableConfig as sqliteConfig, sqliteTable } from 'drizzle-orm/sqlite-core'
import { describe, expect, it } from 'vitest'

interface Config {
  readonly name: string
  readonly columns: readonly Column[]
  readonly primaryKeys: readonly { readonly columns: readonly Column[] }[]
  readonly indexes: readonly { readonly config: { readonly name?: string; readonly columns: readonly object[] } }[]
}
interface Column {
  readonly name: string
  readonly primary: boolean
  readonly notNull: boolean
  readonly default: unknown
  getSQLType(): string
}

const columnOf = ({ name, primary, notNull, default: byDefault, getSQLType }: Column, own: Column) =>
  [
    `${name} ${getSQLType.call(own)}`,
    primary && 'primary key',
    notNull && 'not null',
    byDefault !== undefined && `default '${byDefault}'`,
  ]
    .filter(Boolean)
    .join(' ')

/** A table in words. */
function described({ name, columns, primaryKeys, indexes }: Config) {
  return {
    name,
    columns: columns.map((column) => columnOf(column, column)),
    keys: primaryKeys.map((key) => key.columns.map((column) => column.name)),
    indexes: indexes.map(({ config }) => [config.name, ...config.columns.map((column) => Reflect.get(column, 'name'))]),
  }
}

interface Helpers {
  events(name?: string): Config
  letters(name?: string): Config
  versions(name?: string): Config
  synced(): Config
}

const dialects: readonly [
  string,
  Helpers,
  { readonly [type in 'id' | 'text' | 'time' | 'version' | 'table' | 'long']: string },
][] = [
  [
    'PostgreSQL',
    {
      events: (name) => pgConfig(ofPg.clerkEventsTable(name)),
      letters: (name) => pgConfig(ofPg.clerkDeadLettersTable(name)),
      versions: (name) => pgConfig(ofPg.clerkVersionsTable(name)),
      synced: () =>
        pgConfig(
          pgTable('users', { id: ofPg.clerkId().primaryKey(), own: ofPg.clerkId('owner_id'), ...ofPg.syncColumns() }),
        ),
    },
    {
      id: 'text',
      text: 'text',
      time: 'timestamp (3) with time zone',
      version: 'text',
      table: 'text',
      long: 'text',
    },
  ],
  [
    'MySQL',
    {
      events: (name) => mysqlConfig(ofMysql.clerkEventsTable(name)),
      letters: (name) => mysqlConfig(ofMysql.clerkDeadLettersTable(name)),
      versions: (name) => mysqlConfig(ofMysql.clerkVersionsTable(name)),
      synced: () =>
        mysqlConfig(
          mysqlTable('users', {
            id: ofMysql.clerkId().primaryKey(),
            own: ofMysql.clerkId('owner_id'),
            ...ofMysql.syncColumns(),
          }),
        ),
    },
    {
      id: 'varchar(255)',
      text: 'varchar(255)',
      time: 'datetime(3)',
      version: 'varchar(34)',
      table: 'varchar(129)',
      long: 'mediumtext',
    },
  ],
  [
    'SQLite',
    {
      events: (name) => sqliteConfig(ofSqlite.clerkEventsTable(name)),
      letters: (name) => sqliteConfig(ofSqlite.clerkDeadLettersTable(name)),
      versions: (name) => sqliteConfig(ofSqlite.clerkVersionsTable(name)),
      synced: () =>
        sqliteConfig(
          sqliteTable('users', {
            id: ofSqlite.clerkId().primaryKey(),
            own: ofSqlite.clerkId('owner_id'),
            ...ofSqlite.syncColumns(),
          }),
        ),
    },
    { id: 'text', text: 'text', time: 'integer', version: 'text', table: 'text', long: 'text' },
  ],
]

describe.for(dialects)('%s', ([, { events, letters, versions, synced }, type]) => {
  it.for([undefined, 'own'])('the ledger, called %s', (name) => {
    const is = name ?? 'clerk_events'
    expect(described(events(name))).toEqual({
      name: is,
      columns: [
        `id ${type.id} primary key not null`,
        `type ${type.text} not null`,
        `entity_id ${type.id}`,
        `occurred_at ${type.time} not null`,
        `processed_at ${type.time} not null`,
      ],
      keys: [],
      indexes: [[`${is}_processed_at_idx`, 'processed_at']],
    })
  })

  it.for([undefined, 'own'])('the dead letters, called %s', (name) => {
    const is = name ?? 'clerk_dead_letters'
    expect(described(letters(name))).toEqual({
      name: is,
      columns: [
        `id ${type.id} primary key not null`,
        `type ${type.text} not null`,
        `entity_id ${type.id}`,
        `code ${type.text} not null`,
        `payload ${type.long} not null`,
        `parked_at ${type.time} not null`,
      ],
      keys: [],
      indexes: [[`${is}_entity_id_idx`, 'entity_id']],
    })
  })

  it.for([undefined, 'own'])('the versions, called %s', (name) => {
    expect(described(versions(name))).toEqual({
      name: name ?? 'clerk_versions',
      columns: [
        `table_name ${type.table} not null`,
        `id ${type.id} not null`,
        `version ${type.version} not null`,
        `deleted_at ${type.time}`,
      ],
      keys: [['table_name', 'id']],
      indexes: [],
    })
  })

  it('the sync columns, and the column of a Clerk id, by its own name or by that of its property', () => {
    expect(described(synced()).columns).toEqual([
      `id ${type.id} primary key not null`,
      `owner_id ${type.id}`,
      `clerk_version ${type.version} not null default '0'`,
      `deleted_at ${type.time}`,
    ])
  })
})

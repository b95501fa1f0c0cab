import type { UserRow } from '../by-hand.ts'

export const DATABASES = ['postgres', 'mysql', 'sqlite'] as const
export type Database = (typeof DATABASES)[number]

export const ORMS = ['drizzle', 'kysely', 'prisma'] as const
export type Orm = (typeof ORMS)[number]

/** Where the versions are. */
export type Mode = 'row' | 'beside'

/** One ORM on one database, in a process of its own. */
export interface Store {
  /** What `createClerkSync` takes. */
  adapter(orm: Orm, mode: Mode): Promise<Adapter>
  /** The ORM's own upsert of one row, as a loop has it. */
  upsert(orm: Orm): Promise<(user: UserRow) => PromiseLike<unknown>>
  /** PostgreSQL: writes rows of one kind by `COPY`. */
  copy?(table: string, rows: readonly Readonly<Record<string, string>>[]): Promise<void>
  /** PostgreSQL: writes them by one guarded statement for 500, two at a time, through the raw driver. */
  floor?(table: string, rows: readonly Readonly<Record<string, string>>[]): Promise<void>
  /** A statement. Gives the first value of its first row. */
  query(sql: string): Promise<unknown>
  close(): Promise<void>
}

export type Adapter = Parameters<typeof import('@clerk-sync/core').createClerkSync>[0]['adapter']

const TYPES = {
  postgres: { key: 'text', text: 'text', time: 'timestamptz(3)' },
  mysql: { key: 'varchar(255)', text: 'varchar(255)', time: 'datetime(3)' },
  sqlite: { key: 'text', text: 'text', time: 'integer' },
} as const

/** The tables of every ORM, empty: `x_users`, `x_hand_users`, and `x_beside_users` with `x_beside_versions`. */
export function tablesOf(database: Database): string[] {
  const { key, text, time } = TYPES[database]
  const users = `id ${key} primary key, email ${text}, first_name ${text}, last_name ${text}, image_url ${text}`
  const sync = `clerk_version varchar(34) not null default '0', deleted_at ${time}`
  const versions =
    `table_name varchar(129) not null, id ${key} not null, version varchar(34) not null, deleted_at ${time}, ` +
    'primary key (table_name, id)'
  return [...ORMS, 'copy'].flatMap((name) =>
    Object.entries({
      [`${name}_users`]: `${users}, ${sync}`,
      [`${name}_hand_users`]: `${users}, ${sync}`,
      [`${name}_beside_users`]: users,
      [`${name}_beside_versions`]: versions,
    }).flatMap(([table, columns]) => [`drop table if exists ${table}`, `create table ${table} (${columns})`]),
  )
}

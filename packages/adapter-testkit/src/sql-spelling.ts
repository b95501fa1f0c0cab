import type { DialectName } from '@clerk-sync/core/sql'
import type { KitColumn } from './kit-column.ts'

/** How a database spells what the kit needs. */
interface Spelling {
  readonly types: Readonly<Record<KitColumn['kind'], string>>
  readonly quote: '"' | '`'
  readonly asText: (column: string) => string
  readonly parameter: (n: number) => string
  /** A value as the raw connection takes it. */
  readonly encode: (value: unknown) => unknown
}

const same = <T>(value: T): T => value

export const spellings: Readonly<Record<DialectName, Spelling>> = {
  postgres: {
    types: {
      key: 'text collate "C"',
      text: 'text',
      json: 'jsonb',
      date: 'timestamptz(3)',
      boolean: 'boolean',
      integer: 'integer',
      serial: 'serial',
    },
    quote: '"',
    asText: (column) => `${column}::text`,
    parameter: (n) => `$${n}`,
    encode: same,
  },
  mysql: {
    types: {
      key: 'varchar(255) character set ascii collate ascii_bin',
      text: 'varchar(255) character set utf8mb4',
      json: 'json',
      date: 'datetime(3)',
      boolean: 'boolean',
      integer: 'int',
      serial: 'bigint auto_increment',
    },
    quote: '`',
    asText: (column) => `cast(${column} as char)`,
    parameter: () => '?',
    encode: same,
  },
  sqlite: {
    types: {
      key: 'text',
      text: 'text',
      json: 'text',
      date: 'integer',
      boolean: 'integer',
      integer: 'integer',
      serial: 'integer',
    },
    quote: '"',
    asText: same,
    parameter: () => '?',
    encode: (value) => (value instanceof Date ? value.getTime() : typeof value === 'boolean' ? Number(value) : value),
  },
}

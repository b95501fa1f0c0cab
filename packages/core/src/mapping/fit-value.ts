import type { ColumnInfo } from '../port/table-info.ts'
import { invalidMap, kindOf } from './run-map.ts'
import { isPlain, storable } from './storable.ts'

/**
 * What a column is sent for what its map returned: only what it takes, the same through every driver. Left to them, an
 * array in a text column becomes `a,b`, `{a,b}`, or a piece of SQL.
 *
 * @param name - of the map, for messages
 * @throws ClerkSyncError `config_invalid`, which names the column and the kind of value, and never the value.
 */
export function fitValue(name: string, column: string, info: ColumnInfo, value: unknown): unknown {
  const fitting = info.takes === undefined ? value : fitKind(info.takes, storable(value))
  if (fitting === NONE) {
    throw invalidMap(
      `${name} returns ${kindOf(value)} for "${column}", which takes ${NAMES[info.takes ?? 'text']}. Convert it in the map, or ` +
        'return null.',
    )
  }
  return storable(fitting) ?? null
}

type Kind = NonNullable<ColumnInfo['takes']>

const NAMES: Readonly<Record<Kind, string>> = {
  text: 'text',
  number: 'a number',
  boolean: 'true or false',
  date: 'a Date',
  json: 'JSON',
  list: 'an array',
  bytes: 'bytes',
}

const NONE = Symbol('no value that fits')

/** What classes make is left to the adapter: `Prisma.DbNull`, decimals and so on. */
function fitKind(kind: Kind, value: unknown): unknown {
  if (value === null || value === undefined) return null
  if (typeof value === 'function' || typeof value === 'symbol') return NONE
  return FITTING[kind](value)
}

const FITTING: Readonly<Record<Kind, (value: unknown) => unknown>> = {
  text(value) {
    if (value instanceof Date) return value.toISOString()
    if (value instanceof Uint8Array) return NONE
    if (typeof value === 'object') return isData(value) ? JSON.stringify(value) : value
    return String(value)
  },
  number(value) {
    if (typeof value === 'boolean') return Number(value)
    if (typeof value === 'string') return /^-?\d+(\.\d+)?$/.test(value) ? value : NONE
    return scalar(value)
  },
  boolean(value) {
    if (value === 0 || value === 1) return value === 1
    return typeof value === 'boolean' ? value : NONE
  },
  date(value) {
    const date = typeof value === 'string' || typeof value === 'number' ? new Date(value) : value
    return date instanceof Date && !Number.isNaN(date.getTime()) ? date : NONE
  },
  json(value) {
    if (value instanceof Uint8Array) return NONE
    return typeof value === 'bigint' ? (storable([value]) as unknown[])[0] : value
  },
  list: (value) => (Array.isArray(value) ? value : NONE),
  bytes: (value) => (value instanceof Uint8Array ? value : NONE),
}

function scalar(value: unknown): unknown {
  return isData(value) || value instanceof Date || value instanceof Uint8Array ? NONE : value
}

function isData(value: unknown): boolean {
  return Array.isArray(value) || isPlain(value)
}

import { isPlain } from '../port/is-plain.ts'
import type { ColumnInfo } from '../port/table-info.ts'
import { invalidMap, kindOf } from './run-map.ts'
import { storable } from './storable.ts'

/**
 * What a column is sent for what its map returned: only what it takes, the same through every driver. Left to them, an
 * array in a text column becomes `a,b`, `{a,b}`, or a piece of SQL.
 *
 * @param name - of the map, for messages
 * @throws ClerkSyncError `config_invalid`, which names the column and the kind of value, and never the value.
 */
export function fitValue(name: string, column: string, info: ColumnInfo, value: unknown): unknown {
  const clean = storable(value)
  const fitting = info.takes === undefined ? clean : fitKind(info.takes, clean)
  if (fitting === NONE) {
    const hint = info.takes === 'date' && typeof value === 'string' ? `${TEXTS_OF_DATES} ` : ''
    throw invalidMap(
      `${name} returns ${kindOf(value)} for "${column}", which takes ${NAMES[info.takes ?? 'text']}. ${hint}Convert it in the ` +
        'map, or return null.',
    )
  }
  // A date that was made of text or ms may be out of range.
  return (fitting instanceof Date && fitting !== clean ? storable(fitting) : fitting) ?? null
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

const TEXTS_OF_DATES = 'Of texts, it takes ISO 8601 with Z or an offset, or a date alone.'

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
    if (typeof value === 'string' && !isIsoDate(value)) return NONE
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

const ISO_DATE = /^((?:\d{4}|[+-]\d{6})-\d\d-\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/

/** Other texts are guessed at: `5` is the month of May, and a time without a zone is in that of the process. */
function isIsoDate(text: string): boolean {
  const day = ISO_DATE.exec(text)?.[1]
  if (day === undefined) return false
  // JavaScript takes the 30th of February for the 1st of March.
  const date = new Date(day)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day)
}

function scalar(value: unknown): unknown {
  return isData(value) || value instanceof Date || value instanceof Uint8Array ? NONE : value
}

function isData(value: unknown): boolean {
  return Array.isArray(value) || isPlain(value)
}

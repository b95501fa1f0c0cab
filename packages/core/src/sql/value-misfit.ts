import { isPlain } from '../port/is-plain.ts'
import type { ColumnType, Kind } from './column-type.ts'

/** A value as the map gave it, and as it is sent. */
export interface SentValue {
  readonly value: unknown
  readonly sent: unknown
  /** Whether it goes as JSON, of which the database makes what the column takes. */
  readonly sentAsJson: boolean
  /** Of the column, in the database's words. */
  readonly type: string
}

export interface Misfit {
  /** The value, by its kind. */
  readonly what: string
  /** What becomes of it. */
  readonly so: string
  /** A type that takes it. */
  readonly should: string
}

const REFUSED = 'such an event is answered 503 value_refused.'

/** Why a column does not take a value, or gives it back as another; undefined where nothing is wrong, or known. */
export function misfit(is: ColumnType, { value, sent, sentAsJson, type }: SentValue): Misfit | undefined {
  const refused = (what: string, should: string): Misfit => ({ what, so: REFUSED, should })
  if (value instanceof Date) return NO_TIMES.has(is.kind) ? refused('a time', 'timestamp(3)') : undefined
  if (Array.isArray(value)) {
    if (is.kind === 'text') return { what: 'a list', so: READ_AS_TEXT, should: 'json' }
    return is.kind === 'list' || is.kind === 'json' ? undefined : refused('a list', 'json')
  }
  if (isPlain(value)) {
    if (is.kind === 'text') return { what: 'JSON', so: READ_AS_TEXT, should: 'json' }
    return is.kind === 'json' ? undefined : refused('JSON', 'json')
  }
  switch (typeof value) {
    case 'boolean':
      return NO_FLAGS.has(is.kind) || POSTGRES_NUMBER.test(type) ? refused('true and false', 'boolean') : undefined
    case 'number':
    case 'bigint':
      return fitsNumber(is, value) ? undefined : refused(ofNumber(value), isLarge(value) ? 'bigint' : 'integer')
    case 'string':
      return ofText(is, value, sentAsJson ? undefined : sent)
    default:
      return undefined
  }
}

const READ_AS_TEXT = 'it reads back as text.'
const NO_TIMES: ReadonlySet<Kind> = new Set(['integer', 'decimal', 'float', 'boolean', 'json', 'uuid', 'list'])
const NO_FLAGS: ReadonlySet<Kind> = new Set(['date', 'timestamp', 'time', 'uuid', 'list'])

/** MySQL's numbers take true and false, and have other names. */
const POSTGRES_NUMBER = /^(integer|numeric|real|double precision)\b/

function fitsNumber({ kind, bits = 64 }: ColumnType, value: number | bigint): boolean {
  if (kind === 'integer') return Math.abs(Number(value)) < 2 ** (bits - 1)
  return !['boolean', 'date', 'timestamp', 'time', 'uuid', 'list'].includes(kind)
}

function isLarge(value: number | bigint): boolean {
  return Math.abs(Number(value)) >= 2 ** 31
}

function ofNumber(value: number | bigint): string {
  return isLarge(value) ? `numbers such as ${value}` : 'a number'
}

function ofText({ kind, length = Infinity }: ColumnType, value: string, sent: unknown): Misfit | undefined {
  const characters = [...value].length
  if (kind === 'text') {
    if (characters <= length) return undefined
    return { what: `texts such as one of ${characters} characters`, so: REFUSED, should: 'text' }
  }
  if (fitsText(kind, value, sent)) return undefined
  return { what: 'text', so: REFUSED, should: 'text' }
}

function fitsText(kind: Kind, value: string, sent: unknown): boolean {
  switch (kind) {
    case 'integer':
      return /^-?\d+$/.test(value)
    case 'decimal':
    case 'float':
      return value.trim() !== '' && !Number.isNaN(Number(value))
    case 'boolean':
      return /^(t|true|f|false|yes|no|on|off|1|0)$/i.test(value)
    case 'date':
    case 'timestamp':
      return !Number.isNaN(Date.parse(value))
    case 'uuid':
      return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(value)
    case 'json':
      return typeof sent !== 'string' || isJson(sent)
    case 'list':
      return false
    default:
      return true
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

import { isPlain } from '../port/is-plain.ts'

/** What stands for what a database cannot hold: U+FFFD, Unicode's replacement character. */
const REPLACEMENT = '\uFFFD'

/** MariaDB takes 31 objects and lists inside each other, MySQL 100, PostgreSQL and SQLite thousands. */
const DEEPEST = 31

/** How far below the payload its deepest metadata begins: `data.organization.public_metadata`. */
const DEPTH_OF_METADATA = 2

/** What MySQL's datetime takes, in any time zone and rounded to whole seconds. */
const EARLIEST = new Date('1000-01-01T00:00:00Z')
const LATEST = new Date('9999-12-31T00:00:00Z')

/**
 * The nearest value that every database takes, so that one character does not keep a whole row from being stored, and
 * the row is the same on each of them. The value itself where nothing is wrong with it.
 *
 * - NUL and surrogates without their other half become U+FFFD: PostgreSQL has no NUL, and its jsonb neither of them. So
 *   do they in the keys of objects.
 * - What is nested deeper than 31 objects and lists becomes the text U+FFFD.
 * - Dates before the year 1000 or after 9999 become the first or last of them; a date that is none, NULL.
 * - NaN and the infinities become NULL, as in JSON; a bigint inside JSON, a number, or text where that would round it.
 *
 * What is neither plain data nor a list is the driver's.
 */
export function storable(value: unknown): unknown {
  return clean(value, DEEPEST)
}

/** The same for a whole payload, ahead of a map: which may make JSON text of it, where the escapes would be hidden. */
export function storablePayload<Payload extends object>(payload: Payload): Payload {
  return clean(payload, DEEPEST + DEPTH_OF_METADATA) as Payload
}

function clean(value: unknown, deepest: number): unknown {
  if (typeof value === 'string') return cleanText(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (value instanceof Date) return cleanDate(value)
  const isList = Array.isArray(value)
  if (!isList && !isPlain(value)) return value
  if (deepest === 0) return REPLACEMENT
  return isList ? cleanList(value, deepest) : cleanObject(value, deepest)
}

function cleanText(text: string): string {
  return text.isWellFormed() && !text.includes('\0') ? text : text.toWellFormed().replaceAll('\0', REPLACEMENT)
}

function cleanDate(date: Date): Date | null {
  if (Number.isNaN(date.getTime())) return null
  if (date < EARLIEST) return EARLIEST
  return date > LATEST ? LATEST : date
}

function cleanList(list: readonly unknown[], deepest: number): readonly unknown[] {
  const cleaned = list.map((element) => inside(element, deepest))
  return cleaned.every((element, index) => Object.is(element, list[index])) ? list : cleaned
}

function cleanObject(object: object, deepest: number): object {
  const entries: [string, unknown][] = Object.entries(object)
  const cleaned = entries.map(([key, value]): [string, unknown] => [cleanText(key), inside(value, deepest)])
  const isSame = cleaned.every(([key, value], n) => key === entries[n]?.[0] && Object.is(value, entries[n][1]))
  // Not by assignment: a key may be `__proto__`.
  return isSame ? object : Object.fromEntries(cleaned)
}

function inside(value: unknown, deepest: number): unknown {
  if (typeof value !== 'bigint') return clean(value, deepest - 1)
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
}

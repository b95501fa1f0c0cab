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

// Nearly always nothing is wrong: a copy is begun at the first value that is, since one of each payload would cost more than
// all else that is done with it.

function cleanList(list: readonly unknown[], deepest: number): readonly unknown[] {
  let cleaned: unknown[] | undefined
  for (const [index, element] of list.entries()) {
    const value = inside(element, deepest)
    if (Object.is(value, element)) continue
    cleaned ??= [...list]
    cleaned[index] = value
  }
  return cleaned ?? list
}

function cleanObject(object: object, deepest: number): object {
  const keys = Object.keys(object)
  let cleaned: [string, unknown][] | undefined
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] as string
    const value: unknown = Reflect.get(object, key)
    const [cleanKey, cleanValue] = [cleanText(key), inside(value, deepest)]
    if (!cleaned && (cleanKey !== key || !Object.is(cleanValue, value))) {
      cleaned = keys.slice(0, index).map((name) => [name, Reflect.get(object, name)])
    }
    cleaned?.push([cleanKey, cleanValue])
  }
  // Not by assignment: a key may be `__proto__`.
  return cleaned ? Object.fromEntries(cleaned) : object
}

function inside(value: unknown, deepest: number): unknown {
  if (typeof value !== 'bigint') return clean(value, deepest - 1)
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
}

/**
 * Whether a column holds what a map gives, however its driver reads it: a date as text or a number, a boolean as 0 and 1,
 * JSON as text, a number of arbitrary precision as text. In doubt they are the same: a row that differs from itself would be
 * rewritten by every run.
 */
export function sameValue(stored: unknown, mapped: unknown): boolean {
  const [a, b] = [stored ?? null, mapped ?? null]
  if (a === b) return true
  if (a === null || b === null) return false
  if (b instanceof Date) return sameTime(a, b)
  if (typeof b === 'boolean') return /^(1|t|true)$/i.test(String(a)) === b
  if (typeof b === 'number' || typeof b === 'bigint') return Number(a) === Number(b)
  if (b instanceof Uint8Array)
    return a instanceof Uint8Array && a.length === b.length && a.every((byte, n) => byte === b[n])
  if (typeof b === 'object') return sameJson(typeof a === 'string' ? parsed(a) : a, b)
  if (a instanceof Date) return sameTime(b, a)
  if (typeof a === 'object') return sameJson(a, parsed(String(b)))
  // A column of fixed width pads.
  if (typeof a === 'string') return a.trimEnd() === String(b).trimEnd()
  return String(a) === String(b)
}

/** A column may hold whole seconds. */
function sameTime(stored: unknown, mapped: Date): boolean {
  const text = String(stored)
  // Databases' own text has no zone, and is UTC here.
  const time =
    stored instanceof Date || typeof stored === 'number'
      ? Number(stored)
      : Date.parse(hasZone(text) ? text : `${text}Z`)
  return Number.isFinite(time)
    ? Math.abs(time - mapped.getTime()) < 1000
    : /^\d+$/.test(text) && Number(text) === mapped.getTime()
}

function hasZone(text: string): boolean {
  return /(z|[+-]\d\d(:?\d\d)?)$/i.test(text)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** The order of keys says nothing: MySQL and PostgreSQL keep another. */
function sameJson(a: unknown, b: unknown): boolean {
  // A date that the map gives is text in what is stored.
  if (a instanceof Date || b instanceof Date) return JSON.stringify(a) === JSON.stringify(b)
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b
  const [left, right] = [entriesOf(a), entriesOf(b)]
  return (
    left.length === right.length &&
    left.every(([key, value], n) => key === right[n]?.[0] && sameJson(value, right[n]?.[1]))
  )
}

/** What JSON has no word for is not there. */
function entriesOf(value: object): [string, unknown][] {
  return Object.entries(value)
    .filter(([, one]) => one !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
}

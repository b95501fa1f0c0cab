import { ClerkSyncError } from '../errors.ts'

/** Values by the names of columns. */
export type Fields = Readonly<Record<string, unknown>>

/** Runs a map. Its errors are `config_invalid`: the fault is neither the payload's nor the database's. */
export function runMap(name: string, map: unknown, input: readonly object[], onSample: boolean): Fields {
  if (typeof map !== 'function') {
    throw invalidMap(`${name} must be a function that returns an object of columns; it is ${kindOf(map)}.`)
  }
  const what = onSample ? 'a sample that it is tried with at set-up' : 'what Clerk sent'
  let row: unknown
  try {
    row = map(...input)
  } catch (cause) {
    if (ClerkSyncError.is(cause)) throw cause
    throw new ClerkSyncError(
      'config_invalid',
      `${name} threw on ${what}. It must be a pure function that takes any value Clerk may send: no name, no e-mail ` +
        'address, empty metadata.',
      { cause, thrownBy: 'map' },
    )
  }
  if (typeof row === 'object' && row !== null && !Array.isArray(row) && !('then' in row)) return row as Fields
  throw invalidMap(
    `${name} must return an object of columns. On ${what} it returned ${kindOf(row)}; it cannot be async.`,
  )
}

export function invalidMap(message: string): ClerkSyncError {
  return new ClerkSyncError('config_invalid', message, { thrownBy: 'map' })
}

/** For messages: never the value. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (Array.isArray(value)) return 'an array'
  if (value instanceof Date) return 'a Date'
  if (value instanceof Uint8Array) return 'bytes'
  if (typeof value === 'object') return 'then' in value ? 'a promise' : 'an object'
  return `a ${typeof value}`
}

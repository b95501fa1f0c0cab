import { chainOf, databaseFault, type Fault } from '@clerk-sync/core/adapter'

/** D1 has no codes; its text quotes names and never values. */
const D1_TEXTS: readonly (readonly [RegExp, Fault])[] = [
  [/^D1_ERROR: UNIQUE constraint failed: /, 'unique_conflict'],
  [/^D1_ERROR: FOREIGN KEY constraint failed/, 'reference_missing'],
  [/^D1_ERROR: (?:NOT NULL|CHECK) constraint failed: /, 'value_refused'],
  // What a trigger raises has words of the application's, and then the code.
  [/^D1_ERROR: [\s\S]*: SQLITE_(?:CONSTRAINT|MISMATCH|TOOBIG)\b/, 'value_refused'],
]

/** PlanetScale's client puts MySQL's number into the text of its `DatabaseError`. */
const PLANETSCALE_NUMBER = /\(errno (\d+)\) \(sqlstate (\w{5})\)/

export function d1Fault(error: unknown): Fault | undefined {
  const texts = errorsOf(error).map(({ message }) => message)
  return D1_TEXTS.find(([pattern]) => texts.some((text) => pattern.test(text)))?.[1]
}

export function planetscaleFault(error: unknown): Fault | undefined {
  const own = errorsOf(error).find(({ name }) => name === 'DatabaseError')
  const [, number, sqlState] = PLANETSCALE_NUMBER.exec(own?.message ?? '') ?? []
  return databaseFault({ errno: Number(number), sqlState })
}

function errorsOf(error: unknown): Error[] {
  return [...chainOf(error)].filter((link) => link instanceof Error)
}

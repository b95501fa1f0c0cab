import { randomBytes } from 'node:crypto'

/** What made-up data is derived from: the same seed, the same data. */
export type Seed = number | string

/** When what has a seed was created, in ms since 1970: 2026-01-05. */
export const SEEDED_AT = Date.UTC(2026, 0, 5, 9)

/** Without a seed an object's id says what else it has: a user of the same id has the same name twice. */
export function seedText(seed: Seed | undefined, given: object): string {
  if (seed !== undefined) return String(seed)
  const id: unknown = Reflect.get(given, 'id')
  return typeof id === 'string' ? id : randomBytes(9).toString('base64url')
}

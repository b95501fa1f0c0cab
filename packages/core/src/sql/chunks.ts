import type { Dialect } from './dialects/dialect.ts'

/** In one statement. */
export const MOST_KEYS = 500
/** Of other parameters in the same statement. */
const SPARE = 2

/** How many keys one statement can have as its parameters. */
export function mostKeys({ maxParameters }: Pick<Dialect, 'maxParameters'>): number {
  return Math.min(MOST_KEYS, maxParameters - SPARE)
}

/** Keys for one statement each. */
export function chunks(keys: readonly string[], dialect: Pick<Dialect, 'maxParameters'>): string[][] {
  const size = mostKeys(dialect)
  return Array.from({ length: Math.ceil(keys.length / size) }, (_, n) => keys.slice(n * size, (n + 1) * size))
}

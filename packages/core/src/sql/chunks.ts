import type { Dialect } from './dialects/dialect.ts'

/** In one statement. */
export const MOST_KEYS = 500
/** Of other parameters in the same statement. */
const SPARE = 2

/** Keys for one statement each: no more than it can have parameters. */
export function chunks(keys: readonly string[], { maxParameters }: Pick<Dialect, 'maxParameters'>): string[][] {
  const size = Math.min(MOST_KEYS, maxParameters - SPARE)
  return Array.from({ length: Math.ceil(keys.length / size) }, (_, n) => keys.slice(n * size, (n + 1) * size))
}

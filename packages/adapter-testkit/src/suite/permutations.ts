/** Every order of so many events. */
export function permutations(length: number): number[][] {
  if (length === 0) return [[]]
  return permutations(length - 1).flatMap((shorter) =>
    Array.from({ length }, (_, place) => [...shorter.slice(0, place), length - 1, ...shorter.slice(place)]),
  )
}

/** Has no divisor in common with the number of orders of up to 46 events, so that neighbours differ in their last event too. */
const STRIDE = 47

/** So many of them at most, spread over all of them; which ones, the seed says. */
export function someOf<T>(all: readonly T[], most: number, seed: number): T[] {
  if (all.length <= most) return [...all]
  return Array.from({ length: most }, (_, n) => all[(n * STRIDE + seed) % all.length] as T)
}

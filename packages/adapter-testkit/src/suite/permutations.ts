/** Every order of so many events. */
export function permutations(length: number): number[][] {
  if (length === 0) return [[]]
  return permutations(length - 1).flatMap((shorter) =>
    Array.from({ length }, (_, place) => [...shorter.slice(0, place), length - 1, ...shorter.slice(place)]),
  )
}

/** So many of them at most, spread over all of them; which ones, the seed says. */
export function someOf<T>(all: readonly T[], most: number, seed: number): T[] {
  if (all.length <= most) return [...all]
  const chosen = Array.from({ length: most }, (_, n) => Math.floor((n * all.length) / most))
  return chosen.map((place) => all[(place + seed) % all.length] as T)
}

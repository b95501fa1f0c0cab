/** The list in an order that the seed determines: Mulberry32, and Fisher and Yates. */
export function shuffledFrom<T>(seed: number, list: readonly T[]): T[] {
  let state = seed | 0
  const random = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const shuffled = [...list]
  for (let n = shuffled.length - 1; n > 0; n--) {
    const other = Math.floor(random() * (n + 1))
    ;[shuffled[n], shuffled[other]] = [shuffled[other] as T, shuffled[n] as T]
  }
  return shuffled
}

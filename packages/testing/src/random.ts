const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** Numbers that a text determines: the same text, the same numbers, on every machine. Not for secrets. (sfc32) */
export class Random {
  #a: number
  #b: number
  #c: number
  #counter = 1

  constructor(seed: string) {
    this.#a = hash(seed, 0x811c9dc5)
    this.#b = hash(seed, 0x9e3779b9)
    this.#c = hash(seed, 0x85ebca6b)
    for (let round = 0; round < 12; round++) this.next()
  }

  /** 32 bits. */
  next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum
    return sum >>> 0
  }

  /** From 0 up to, and without, `limit`. */
  below(limit: number): number {
    return Math.floor((this.next() / 2 ** 32) * limit)
  }

  pick<T>(list: readonly [T, ...T[]]): T {
    return list[this.below(list.length)] ?? list[0]
  }

  shuffled<T>(list: readonly T[]): T[] {
    return list
      .map((one) => ({ one, at: this.next() }))
      .sort((a, b) => a.at - b.at)
      .map(({ one }) => one)
  }

  /** Letters of both cases and digits. */
  text(length: number): string {
    let text = ''
    while (text.length < length) {
      // Five of 62 fit into 32 bits.
      for (let bits = this.next(), digit = 0; digit < 5; digit++, bits = Math.floor(bits / 62))
        text += DIGITS[bits % 62]
    }
    return text.slice(0, length)
  }
}

/** An id as Clerk makes them: 27 characters behind what it is of. */
export function idOf(prefix: string, seed: string): string {
  return `${prefix}_3${new Random(`${prefix} ${seed}`).text(26)}`
}

/** FNV-1a. */
function hash(text: string, basis: number): number {
  let hash = basis
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash
}

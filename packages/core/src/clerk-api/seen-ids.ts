/**
 * Which ids a walk has met: 53 bits of a hash for each, in one array of numbers, so that a million of them take 16 MB and
 * not a hundred. Two ids with the same hash pass for one, which happens once in 20,000 walks over a million: then a row
 * passes for seen, and is not asked for. Nothing is deleted for it.
 */
export class SeenIds {
  #slots = new Float64Array(1024)
  #size = 0

  /** How many different ones. */
  get size(): number {
    return this.#size
  }

  /** Whether it is new. */
  add(id: string): boolean {
    if (this.#size * 2 >= this.#slots.length) this.#grow()
    return this.#put(hashOf(id))
  }

  has(id: string): boolean {
    const hash = hashOf(id)
    return this.#slots[this.#slotOf(hash)] === hash
  }

  #put(hash: number): boolean {
    const slot = this.#slotOf(hash)
    if (this.#slots[slot] === hash) return false
    this.#slots[slot] = hash
    this.#size++
    return true
  }

  /** Where it is, or would be. */
  #slotOf(hash: number): number {
    let slot = hash % this.#slots.length
    while (this.#slots[slot] !== 0 && this.#slots[slot] !== hash) slot = (slot + 1) % this.#slots.length
    return slot
  }

  #grow(): void {
    const earlier = this.#slots
    this.#slots = new Float64Array(earlier.length * 2)
    this.#size = 0
    for (const hash of earlier) if (hash !== 0) this.#put(hash)
  }
}

/** Two lanes of 32 bits, mixed at the end. Never 0, which is an empty slot. */
function hashOf(id: string): number {
  let high = 0x9e3779b9
  let low = 0x85ebca6b
  for (let index = 0; index < id.length; index++) {
    const code = id.charCodeAt(index)
    high = Math.imul(high ^ code, 0x01000193)
    low = Math.imul(low ^ code, 0xc2b2ae35) + index
  }
  high = Math.imul(high ^ (low >>> 15), 0x2c1b3c6d)
  low = Math.imul(low ^ (high >>> 13), 0x297a2d39)
  return (high & 0x1f_ff_ff) * 2 ** 32 + (low >>> 0) + 1
}

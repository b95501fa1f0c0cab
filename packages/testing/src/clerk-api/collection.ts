import type { Json } from '../objects/json.ts'

/** One object of Clerk's. Of those made by number only this is kept: 100,000 are some 20 MB. */
export interface Entry {
  readonly id: string
  /** In ms since 1970. */
  readonly createdAt: number
  readonly updatedAt: number
  /** What it belongs to. */
  readonly userId?: string | undefined
  readonly organizationId?: string | undefined
  /** Absent until it is changed: it is then made anew each time it is read. */
  readonly json?: Json
  /** Its number among those made by number. */
  readonly n: number
}

/** Clerk's objects of one kind, oldest first. */
export class Collection {
  readonly #make: (entry: Entry) => Json
  readonly #byId = new Map<string, Entry>()
  readonly #hidden = new Set<string>()
  readonly #changes: { count: number }
  #sorted: Entry[] = []
  #orders = new Map<string, readonly Entry[]>()
  #orderedAt = 0

  /**
   * @param make - the object of an entry: with what it has of others, as they are now
   * @param changes - of all collections that make objects of each other's: an order is none after one
   */
  constructor(make: (entry: Entry) => Json, changes: { count: number }) {
    this.#make = make
    this.#changes = changes
  }

  addAll(entries: Iterable<Entry>): void {
    for (const entry of entries) {
      this.#byId.set(entry.id, entry)
      this.#sorted.push(entry)
    }
    this.#sorted.sort(byCreation)
    this.#changes.count++
  }

  add(entry: Entry): void {
    this.#byId.set(entry.id, entry)
    this.#sorted.splice(this.#placeOf(entry), 0, entry)
    this.#changes.count++
  }

  replace(entry: Entry): void {
    this.remove(entry.id)
    this.add(entry)
  }

  remove(id: string): Entry | undefined {
    const entry = this.#byId.get(id)
    if (!entry) return undefined
    this.#byId.delete(id)
    this.#sorted.splice(this.#placeOf(entry), 1)
    this.#changes.count++
    return entry
  }

  /** Whether reads see it: a replica that lags behind does not have it yet. */
  setHidden(id: string, hidden: boolean): void {
    if (hidden) this.#hidden.add(id)
    else this.#hidden.delete(id)
    this.#changes.count++
  }

  get(id: string): Entry | undefined {
    return this.#byId.get(id)
  }

  visible(id: string): Entry | undefined {
    return this.#hidden.has(id) ? undefined : this.#byId.get(id)
  }

  json(entry: Entry): Json {
    return this.#make(entry)
  }

  all(): readonly Entry[] {
    return this.#sorted
  }

  /** What reads see. */
  seen(): readonly Entry[] {
    return this.#hidden.size > 0 ? this.#sorted.filter(({ id }) => !this.#hidden.has(id)) : this.#sorted
  }

  /**
   * What reads see, in an order. Sorted once for all the pages that are read until something of the instance changes.
   *
   * @param value - what to sort by; ties go by creation
   */
  ordered(property: string, descending: boolean, value: (entry: Entry) => string | number | null): readonly Entry[] {
    const name = `${descending ? '-' : '+'}${property}`
    if (this.#orderedAt !== this.#changes.count) this.#orders.clear()
    this.#orderedAt = this.#changes.count
    const known = this.#orders.get(name)
    if (known) return known
    const seen = this.seen()
    const ordered = property === 'created_at' ? [...seen] : sortBy(seen, value)
    if (descending) ordered.reverse()
    this.#orders.set(name, ordered)
    return ordered
  }

  #placeOf(entry: Entry): number {
    let low = 0
    for (let high = this.#sorted.length; low < high; ) {
      const middle = (low + high) >>> 1
      const other = this.#sorted[middle]
      if (other && byCreation(other, entry) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}

export function byCreation(a: Entry, b: Entry): number {
  return a.createdAt - b.createdAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}

/** Without a value last. */
function sortBy(entries: readonly Entry[], value: (entry: Entry) => string | number | null): Entry[] {
  return entries
    .map((entry) => ({ entry, key: value(entry) }))
    .sort((a, b) => {
      if (a.key === b.key) return 0
      if (a.key === null) return 1
      if (b.key === null) return -1
      return a.key < b.key ? -1 : 1
    })
    .map(({ entry }) => entry)
}

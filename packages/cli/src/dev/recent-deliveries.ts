import type { RecordedDelivery } from '@clerk-sync/core/dev'

/** One of the deliveries that the page shows. */
export interface ShownDelivery extends RecordedDelivery {
  /** By which the page asks for it again. */
  readonly n: number
}

/** So many are kept, in memory alone. */
const KEPT = 200

/** The last deliveries, and who is told of new ones. */
export class RecentDeliveries {
  readonly #deliveries: ShownDelivery[] = []
  readonly #listeners = new Set<(delivery: ShownDelivery) => void>()
  #count = 0

  get all(): readonly ShownDelivery[] {
    return this.#deliveries
  }

  find(n: unknown): ShownDelivery | undefined {
    return this.#deliveries.find((delivery) => delivery.n === n)
  }

  /** @returns false where it is not what `recordDeliveries` sends */
  add(given: unknown): boolean {
    if (!Array.isArray(given) || !given.every(isDelivery)) return false
    for (const delivery of given) {
      const shown = { ...delivery, n: ++this.#count }
      this.#deliveries.push(shown)
      if (this.#deliveries.length > KEPT) this.#deliveries.shift()
      for (const tell of this.#listeners) tell(shown)
    }
    return true
  }

  /** @returns what ends it */
  listen(listener: (delivery: ShownDelivery) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }
}

function isDelivery(value: unknown): value is RecordedDelivery {
  const field = (name: string): unknown => Reflect.get(Object(value), name)
  return Number.isFinite(field('at')) && typeof field('outcome') === 'string'
}

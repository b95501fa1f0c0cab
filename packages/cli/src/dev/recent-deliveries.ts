import type { RecordedDelivery } from '@clerk-sync/core/dev'
import { redact } from '../redact.ts'

/** One of the deliveries that the page shows. */
export interface ShownDelivery extends RecordedDelivery {
  /** By which the page asks for it again. */
  readonly n: number
}

/** So many are kept, in memory alone. */
const KEPT = 200
/** And no more than that of their JSON, in characters: a page that opens is sent all of them. */
const MOST_KEPT = 8 * 1024 * 1024

/** The last deliveries, in the order in which they were done, and who is told of new ones. */
export class RecentDeliveries {
  readonly #kept: { readonly delivery: ShownDelivery; readonly size: number }[] = []
  readonly #listeners = new Set<(delivery: ShownDelivery) => void>()
  #count = 0
  #size = 0

  get all(): readonly ShownDelivery[] {
    return this.#kept.map(({ delivery }) => delivery)
  }

  find(n: unknown): ShownDelivery | undefined {
    return this.all.find((delivery) => delivery.n === n)
  }

  /** @returns false where it is not what `recordDeliveries` sends */
  add(given: unknown): boolean {
    if (!Array.isArray(given) || !given.every(isDelivery)) return false
    for (const one of given) {
      const delivery = { ...withoutSecrets(one), n: ++this.#count }
      this.#keep(delivery)
      for (const tell of this.#listeners) tell(delivery)
    }
    return true
  }

  /** One that waited for its row may come after those that were done after it. */
  #keep(delivery: ShownDelivery): void {
    const size = JSON.stringify(delivery).length
    const place = this.#kept.findLastIndex((kept) => isBefore(kept.delivery, delivery)) + 1
    this.#kept.splice(place, 0, { delivery, size })
    this.#size += size
    while (this.#kept.length > KEPT || this.#size > MOST_KEPT) this.#size -= this.#kept.shift()?.size ?? 0
  }

  /** @returns what ends it */
  listen(listener: (delivery: ShownDelivery) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }
}

function isBefore(one: RecordedDelivery, other: RecordedDelivery): boolean {
  return one.at < other.at || (one.at === other.at && one.number <= other.number)
}

function isDelivery(value: unknown): value is RecordedDelivery {
  const field = (name: string): unknown => Reflect.get(Object(value), name)
  return Number.isFinite(field('at')) && Number.isFinite(field('number')) && typeof field('outcome') === 'string'
}

/** Messages of drivers quote the address of the database. Values of rows and of events are shown as they are. */
function withoutSecrets({ error, row, ...delivery }: RecordedDelivery): RecordedDelivery {
  const readable = <Row extends object>(one: Row): Row =>
    'reason' in one ? { ...one, reason: redact(`${one.reason}`) } : one
  return {
    ...delivery,
    ...(error && {
      error: { ...error, message: redact(error.message), causes: error.causes.map((cause) => redact(cause)) },
    }),
    ...(row && { row: { ...row, before: readable(row.before), after: readable(row.after) } }),
  }
}

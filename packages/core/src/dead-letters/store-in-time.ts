import type { Deadline } from '../delivery/deadline.ts'
import { storeFailure } from '../delivery/store-failure.ts'
import { ClerkSyncError } from '../errors.ts'
import type { DeadLetter, DeadLetterFilter, DeadLetterStore, ParkLimit } from '../port/dead-letters.ts'
import { createQueue } from '../port/queue.ts'
import type { CallOptions, Entity, Found, SyncAdapter } from '../port/sync-adapter.ts'

/** The table of letters, and the rows beside it: within the time of a delivery, and with failures named. */
export class StoreInTime {
  /** So that the parked of a minute are counted one after another. */
  readonly #queue = createQueue()

  constructor(
    private readonly adapter: SyncAdapter,
    private readonly store: DeadLetterStore,
  ) {}

  park(letter: DeadLetter, limit: ParkLimit, deadline: Deadline | undefined) {
    return this.#call('was not parked', deadline, (options) =>
      this.#queue(() => this.store.park(letter, limit, options)),
    )
  }

  find(filter: DeadLetterFilter, deadline: Deadline | undefined, most?: number) {
    return this.#call('was not read', deadline, (options) => this.store.find(filter, most, options))
  }

  drop(id: string, deadline: Deadline | undefined): Promise<void> {
    return this.#call('was not removed', deadline, (options) => this.store.drop(id, options))
  }

  row(entity: Entity, key: string, deadline: Deadline | undefined): Promise<Found | undefined> {
    return this.#call('was not read', deadline, () => this.adapter.find(entity, key))
  }

  async #call<T>(what: string, deadline: Deadline | undefined, run: (options?: CallOptions) => Promise<T>): Promise<T> {
    const failed = `A dead letter, or its row, ${what}`
    try {
      if (!deadline) return await run()
      return await deadline.race(
        run({ signal: deadline.signal }),
        (seconds) => new ClerkSyncError('store_failed', `${failed} within ${seconds} s: the database does not answer.`),
      )
    } catch (error) {
      throw storeFailure(this.adapter, error, failed)
    }
  }
}

import { ClerkSyncError } from './errors.ts'

/** What runs at the moment, so that a process that ends can wait for it. */
export class InFlight {
  /** With what ends it early; undefined for what is waited for, as a delivery is. */
  readonly #running = new Map<Promise<unknown>, AbortController | undefined>()
  #isClosed = false

  /** @throws ClerkSyncError `closed` once {@link close} was called. */
  demandOpen(what: string): void {
    if (!this.#isClosed) return
    throw new ClerkSyncError('closed', `${what}: clerkSync.close() was called before. End what calls it first.`)
  }

  /** @throws ClerkSyncError `closed` */
  async runIfOpen<T>(what: string, work: () => Promise<T>): Promise<T> {
    this.demandOpen(what)
    return this.run(work)
  }

  run<T>(work: () => Promise<T>, ending?: AbortController): Promise<T> {
    const running = work()
    const noted = running.then(
      () => undefined,
      () => undefined,
    )
    this.#running.set(noted, ending)
    void noted.then(() => this.#running.delete(noted))
    return running
  }

  /**
   * Runs what may take long, such as a read of all that Clerk has. {@link close} aborts its signal.
   *
   * @param name - of the function that the application has called
   */
  async runUntilClosed<T>(name: string, work: (closing: AbortSignal) => Promise<T>): Promise<T> {
    this.demandOpen(`${name} did nothing`)
    const ending = new AbortController()
    return this.run(() => work(ending.signal), ending)
  }

  /** Refuses what is new, ends what can be ended, and resolves when all has ended. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const ending of this.#running.values()) ending?.abort(ended())
    while (this.#running.size > 0) await Promise.all(this.#running.keys())
  }
}

function ended(): ClerkSyncError {
  return new ClerkSyncError(
    'closed',
    'clerkSync.close() ended it. What was written stays: run it again, and a backfill with a checkpoint goes on where it was.',
  )
}

/** What runs at the moment, so that a process that ends can wait for it. */
export class InFlight {
  readonly #running = new Set<Promise<unknown>>()

  run<T>(work: () => Promise<T>): Promise<T> {
    const running = work()
    const noted = running.then(
      () => undefined,
      () => undefined,
    )
    this.#running.add(noted)
    void noted.then(() => this.#running.delete(noted))
    return running
  }

  /** Resolves when what has begun has ended, and what began meanwhile. */
  async drain(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
  }
}

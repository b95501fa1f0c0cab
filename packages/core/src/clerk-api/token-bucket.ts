import { sleep } from './sleep.ts'

const WINDOW_MS = 10_000

/**
 * How fast one run may ask: one for all of its requests, whatever they are for. It never lends more than a second's worth
 * at once, so that the application's own requests find room in every second.
 */
export class TokenBucket {
  readonly #perMs: number
  readonly #capacity: number
  #tokens: number
  #filledAt = performance.now()
  #closedUntil = 0

  constructor(requestsPer10s: number) {
    this.#perMs = requestsPer10s / WINDOW_MS
    this.#capacity = Math.max(1, requestsPer10s / 10)
    this.#tokens = this.#capacity
  }

  /** Resolves when one request may be sent; callers are served in their order, as far as timers are. */
  async take(signal: AbortSignal | undefined): Promise<void> {
    for (;;) {
      signal?.throwIfAborted()
      const now = performance.now()
      this.#tokens = Math.min(this.#capacity, this.#tokens + (now - this.#filledAt) * this.#perMs)
      this.#filledAt = now
      if (now >= this.#closedUntil && this.#tokens >= 1) {
        this.#tokens -= 1
        return
      }
      await sleep(Math.max(this.#closedUntil - now, (1 - this.#tokens) / this.#perMs, 1), signal)
    }
  }

  /** Clerk said to slow down: nobody asks before then, and the burst begins again from nothing. */
  close(milliseconds: number): void {
    this.#closedUntil = Math.max(this.#closedUntil, performance.now() + milliseconds)
    this.#tokens = 0
  }
}

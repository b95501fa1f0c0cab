import { sleep } from './sleep.ts'

const WINDOW_MS = 10_000
/** No instance of Clerk's answers fewer in a window: https://clerk.com/docs/guides/how-clerk-works/system-limits */
const LOWEST_LIMIT = 100
/** After so long without a 429, a run that was slowed asks twice as often. */
const RECOVERY_MS = 60_000

/**
 * How fast one run may ask: one for all of its requests, whatever they are for. It never lends more than a second's worth
 * at once, so that the application's own requests find room in every second.
 */
export class TokenBucket {
  readonly #configuredPerMs: number
  #perMs: number
  #capacity: number
  #tokens: number
  /** When the requests of the last window were sent. */
  #sent: readonly number[] = []
  #filledAt = performance.now()
  #closedUntil = 0
  #changedAt = 0

  constructor(requestsPer10s: number) {
    this.#configuredPerMs = requestsPer10s / WINDOW_MS
    this.#perMs = this.#configuredPerMs
    this.#capacity = capacityOf(this.#perMs)
    this.#tokens = this.#capacity
  }

  /** Resolves when one request may be sent; callers are served in their order, as far as timers are. */
  async take(signal: AbortSignal | undefined): Promise<void> {
    for (;;) {
      signal?.throwIfAborted()
      const now = performance.now()
      this.#recover(now)
      this.#tokens = Math.min(this.#capacity, this.#tokens + (now - this.#filledAt) * this.#perMs)
      this.#filledAt = now
      if (now >= this.#closedUntil && this.#tokens >= 1) {
        this.#tokens -= 1
        this.#sent = [...this.#sent.filter((at) => at > now - WINDOW_MS), now]
        return
      }
      await sleep(Math.max(this.#closedUntil - now, (1 - this.#tokens) / this.#perMs, 1), signal)
    }
  }

  /**
   * Clerk said to slow down: nobody asks before then, and from then on one after the other.
   *
   * Where a good part of the window was ours, the limit may be lower than was thought: half of that is asked for, for a
   * while. Otherwise others have used it up, which says nothing of our rate, and it stays.
   */
  close(milliseconds: number): void {
    const now = performance.now()
    this.#closedUntil = Math.max(this.#closedUntil, now + milliseconds)
    this.#tokens = 0
    this.#capacity = 1
    const sent = this.#sent.filter((at) => at > now - WINDOW_MS).length
    this.#changedAt = now
    if (sent >= LOWEST_LIMIT / 2) this.#perMs = Math.min(this.#perMs, Math.max(sent, LOWEST_LIMIT) / 2 / WINDOW_MS)
  }

  #recover(now: number): void {
    if (this.#perMs === this.#configuredPerMs || now - this.#changedAt < RECOVERY_MS) return
    this.#perMs = Math.min(this.#perMs * 2, this.#configuredPerMs)
    this.#changedAt = now
  }
}

const capacityOf = (perMs: number) => Math.max(1, perMs * 1000)

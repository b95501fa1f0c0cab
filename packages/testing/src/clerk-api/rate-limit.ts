/** So many requests in a window, over all endpoints, as Clerk counts them per instance. */
export interface RateLimitOptions {
  readonly requests: number
  /** In ms. Default 10,000. */
  readonly windowMs?: number
}

/**
 * A window that slides. A request too many blocks its endpoint until there is room again; other endpoints are still
 * answered as far as there is.
 */
export class RateLimit {
  readonly #requests: number
  readonly #windowMs: number
  readonly #blockedUntil = new Map<string, number>()
  #times: number[] = []

  constructor({ requests, windowMs = 10_000 }: RateLimitOptions) {
    this.#requests = requests
    this.#windowMs = windowMs
  }

  /** @returns the seconds to wait, or undefined when the request may pass */
  refuses(endpoint: string, now: number): number | undefined {
    const blocked = this.#blockedUntil.get(endpoint) ?? 0
    if (blocked > now) return Math.ceil((blocked - now) / 1000)
    this.#times = this.#times.filter((time) => time > now - this.#windowMs)
    if (this.#times.length < this.#requests) {
      this.#times.push(now)
      return undefined
    }
    const seconds = Math.max(1, Math.ceil(((this.#times[0] ?? now) + this.#windowMs - now) / 1000))
    this.#blockedUntil.set(endpoint, now + seconds * 1000)
    return seconds
  }
}

import type { ClerkSyncError } from '../errors.ts'

/**
 * Svix gives an attempt up after 15 s and counts it as failed, whatever is answered later: an answer that comes before
 * says why. (docs.svix.com, retries)
 */
export const DEFAULT_TIMEOUT_MS = 13_000

/** The longest that a timer takes: beyond it, Node fires at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1

/** Until when a delivery must have its answer, whatever a network, a database or a hook does. */
export class Deadline {
  /** Aborted when the time is over: whoever holds a connection for the delivery ends it then. */
  readonly signal: AbortSignal
  readonly #timer: ReturnType<typeof setTimeout>

  constructor(readonly milliseconds: number) {
    const controller = new AbortController()
    this.signal = controller.signal
    this.#timer = setTimeout(() => controller.abort(), milliseconds)
  }

  /**
   * What `work` gives, or `late` once the time is over. Work that goes on after that changes nothing: the delivery is
   * sent again, and its retry finds what was stored.
   */
  async race<T>(work: Promise<T>, late: (seconds: number) => ClerkSyncError): Promise<T> {
    const { signal, milliseconds } = this
    let giveUp = () => {}
    const over = new Promise<never>((_, reject) => {
      giveUp = () => reject(late(milliseconds / 1000))
    })
    if (signal.aborted) giveUp()
    signal.addEventListener('abort', giveUp, { once: true })
    try {
      return await Promise.race([work, over])
    } finally {
      signal.removeEventListener('abort', giveUp)
    }
  }

  /** The delivery has its answer. */
  end(): void {
    clearTimeout(this.#timer)
  }
}

/** Runs work that must end in time. */
export async function within<T>(milliseconds: number, work: (deadline: Deadline) => Promise<T>): Promise<T> {
  const deadline = new Deadline(milliseconds)
  try {
    return await work(deadline)
  } finally {
    deadline.end()
  }
}

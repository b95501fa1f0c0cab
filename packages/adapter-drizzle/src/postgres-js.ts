import { Socket } from 'node:net'

const CONNECT_S = 5

/** What postgres.js hands to its `socket` option. */
interface Address {
  readonly host: readonly string[]
  readonly port: readonly number[]
  readonly path?: string | false
}

/** Options of postgres.js, to be spread into yours. */
export interface ConnectionLimits {
  readonly fetch_types: false
  readonly connect_timeout: number
  readonly backoff: (attempt: number) => number
  readonly socket: (address: Address) => Socket
}

/**
 * Time limits for the connections of a postgres.js client, which has none of its own: a connection on which the network
 * goes silent would keep its place in the pool until TCP gives up, after minutes, and postgres.js lets nobody else end it.
 *
 * A connection on which nothing passes either way is closed after `silenceMs`, and the pool makes a new one: one whose
 * network is gone, one that waits for a lock, a statement of yours that takes longer, and an idle one. Connecting takes
 * 5 s at most, and an attempt that failed is followed by the next within 2 s. The driver does not read the types of
 * arrays, which Drizzle needs not: a connection that breaks meanwhile ends the process. TLS and several hosts are as you
 * have them.
 *
 * @param options.silenceMs - in milliseconds; 12,000 by default, so that a delivery fails before its own limit of 13 s
 * @example
 * ```ts
 * import { connectionLimits } from '@clerk-sync/adapter-drizzle/postgres-js'
 * import { drizzle } from 'drizzle-orm/postgres-js'
 * import postgres from 'postgres'
 *
 * const client = postgres(process.env['DATABASE_URL'] ?? '', connectionLimits())
 * export const db = drizzle(client)
 * ```
 */
export function connectionLimits({ silenceMs = 12_000 }: { readonly silenceMs?: number } = {}): ConnectionLimits {
  if (!Number.isSafeInteger(silenceMs) || silenceMs <= 0) {
    throw new TypeError('connectionLimits: silenceMs must be a positive whole number of milliseconds.')
  }
  return {
    fetch_types: false,
    connect_timeout: CONNECT_S,
    // The driver's own grows to 20 s, and an outage of a minute gets it there.
    backoff: (attempt) => Math.min(3 ** attempt / 100, 2) * (0.5 + Math.random() / 2),
    socket: opener(silenceMs),
  }
}

/** Connects to one of the hosts, as the driver does by itself: to the next one after one that did not keep us. */
function opener(silenceMs: number): (address: Address) => Socket {
  let current = 0
  return ({ host: hosts, port: ports, path }) => {
    if (path) return new LimitedSocket(silenceMs).connect(path)
    const index = current
    const [host = 'localhost', port = 5432] = [hosts[index], ports[index]]
    const openedAt = performance.now()
    const socket = new LimitedSocket(silenceMs, () => {
      // A log-in that failed took its limit, and what the process was busy with meanwhile.
      const isRefused = socket.bytesRead === 0 || performance.now() - openedAt <= 2 * CONNECT_S * 1000
      if (isRefused && current === index) current = (index + 1) % hosts.length
    })
    // The driver reads the name for TLS from the socket.
    return Object.assign(socket.connect(port, host), { host, port })
  }
}

/** Listens to itself: the driver takes all listeners off a socket before it has TLS on it. */
class LimitedSocket extends Socket {
  readonly #silenceMs: number
  readonly #onClose: () => void

  constructor(silenceMs: number, onClose: () => void = () => {}) {
    super()
    this.#silenceMs = silenceMs
    this.#onClose = onClose
    this.setTimeout(silenceMs)
  }

  override emit(event: string | symbol, ...values: unknown[]): boolean {
    if (event === 'timeout') {
      // With an error: without one, the driver takes a log-in that got no answer for one to try again for ever.
      this.destroy(new Error(`Nothing passed on this connection for ${this.#silenceMs / 1000} s.`))
    }
    if (event === 'close') this.#onClose()
    return super.emit(event, ...values)
  }
}

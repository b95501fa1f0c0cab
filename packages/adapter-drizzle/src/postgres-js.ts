import { connect, type Socket } from 'node:net'

/** What postgres.js hands to its `socket` option. */
interface Address {
  readonly host: readonly string[]
  readonly port: readonly number[]
  readonly path?: string | false
}

/** Options of postgres.js, to be spread into yours. */
export interface ConnectionLimits {
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
 * 5 s at most, and an attempt that failed is followed by the next within 2 s. For one host; TLS as you have it.
 *
 * @param options.silenceMs - in milliseconds; 12,000 by default, so that a delivery fails before its own limit of 13 s
 * @example
 * ```ts
 * import { connectionLimits } from '@clerk-sync/adapter-drizzle/postgres-js'
 * import { drizzle } from 'drizzle-orm/postgres-js'
 * import postgres from 'postgres'
 *
 * const client = postgres(process.env['DATABASE_URL'] ?? '', { fetch_types: false, ...connectionLimits() })
 * export const db = drizzle(client)
 * ```
 */
export function connectionLimits({ silenceMs = 12_000 }: { readonly silenceMs?: number } = {}): ConnectionLimits {
  if (!Number.isSafeInteger(silenceMs) || silenceMs <= 0) {
    throw new TypeError('connectionLimits: silenceMs must be a positive whole number of milliseconds.')
  }
  return {
    connect_timeout: 5,
    // The driver's own grows to 20 s, and an outage of a minute gets it there.
    backoff: (attempt) => Math.min(3 ** attempt / 100, 2) * (0.5 + Math.random() / 2),
    socket: (address) => {
      const socket = openTo(address)
      // With an error: without one, the driver takes a log-in that got no answer for one to try again for ever.
      const giveUp = () => socket.destroy(new Error(`Nothing passed on this connection for ${silenceMs / 1000} s.`))
      return socket.setTimeout(silenceMs, giveUp)
    },
  }
}

function openTo({ host: [host, ...others], port: [port], path }: Address): Socket {
  if (path) return connect(path)
  if (host === undefined || port === undefined || others.length > 0) {
    throw new Error('connectionLimits is for one host: the driver tries several of them only on sockets of its own.')
  }
  // The driver reads the name for TLS from the socket.
  return Object.assign(connect(port, host), { host, port })
}

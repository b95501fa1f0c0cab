/** What is used of postgres.js. */
export interface PostgresJs {
  unsafe(text: string, values?: readonly unknown[], options?: Options): Query
}
interface Options {
  readonly prepare?: boolean
  readonly simple?: boolean
  /** Called when the statement is sent, with what it is sent on; returns whether that takes more. Not documented. */
  readonly onexecute?: (link: Link) => boolean
}

/** A statement, which is sent when it is first awaited. */
export interface Query extends Promise<unknown> {
  /** Sends it. */
  handler: (query: Query) => void
  /** Undefined until it is sent, unless given. */
  parameters?: unknown[]
  /** Whether it is what the server works on, and not behind somebody else's on the same connection. */
  readonly active?: boolean
  /** Asks the server to cancel it, over a connection of its own. */
  readonly canceller?: ((query: Query) => Promise<unknown>) | null
  reject(error: unknown): void
  values(): Query
}

/** The driver's own object for a connection of its pool. */
export interface Link {
  /** In which list of its pool it is. */
  queue: { remove(link: Link): unknown }
  /** Set while it belongs to a transaction: called when it is ready for the next statement, but not after the end. */
  reserved: (() => void) | null
  onclose: ((error: unknown) => void) | null
  execute(query: Query): boolean
  terminate(): void
}

export function isPostgresJs(client: unknown): client is PostgresJs {
  return typeof client === 'function' && 'begin' in client && 'unsafe' in client
}

/**
 * postgres.js for one statement, whose connection is ended when the signal is aborted.
 *
 * The driver tells where a statement goes unless it has to ask the server for the types of its parameters first. Texts and
 * numbers need no types: they are set past it, which saves that question as well.
 */
export function endable(driver: PostgresJs, signal: AbortSignal | undefined): PostgresJs {
  if (!signal) return driver
  return {
    unsafe(text, values = [], options) {
      if (!values.every(needsNoType)) return driver.unsafe(text, values, options)
      let link: Link | undefined
      const onexecute = (at: Link): boolean => {
        link = at
        // Nobody's statement waits behind ours, to be ended with it.
        return false
      }
      const query = driver.unsafe(text, [], { ...options, simple: false, onexecute })
      query.parameters = [...values]
      const end = () => {
        if (query.active && link) endLink(link, query)
      }
      signal.addEventListener('abort', end, { once: true })
      query.catch(() => {}).finally(() => signal.removeEventListener('abort', end))
      return query
    },
  }
}

/** A server that waits for a lock does not read that the connection ends: it is asked to cancel what it waits with. */
export function endLink(link: Link, current: Query | undefined): void {
  if (current?.active) current.canceller?.(current).catch(() => {})
  link.terminate()
}

function needsNoType(value: unknown): boolean {
  return value === null || ['string', 'number', 'bigint', 'boolean'].includes(typeof value)
}

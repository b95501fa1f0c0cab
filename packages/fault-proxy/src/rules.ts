/** What happens to a connection at a statement. */
export interface FaultRule {
  /** The text of the statement, or `connect` for a log-in; over HTTP, the first line of a request and its body. */
  readonly at: RegExp
  /**
   * - `cut`: both ends are closed, as by a server that goes
   * - `reset`: the same with a TCP reset, as by a firewall or a killed host
   * - `truncate`: half of the bytes pass, then both ends are closed
   * - `silence`: nothing passes any more either way, and nobody hears why
   * - `delay`: it waits `delayMs`, or for `until`
   */
  readonly do: 'cut' | 'reset' | 'truncate' | 'silence' | 'delay'
  /** Before the server sees the statement, or after it has answered in full and before the client sees that. */
  readonly when: 'before' | 'after'
  /** How often; 1 by default. */
  readonly times?: number
  /** Statements that fit and pass unharmed first; 0 by default. */
  readonly skip?: number
  /** In milliseconds; 100 by default. */
  readonly delayMs?: number
  /** In place of `delayMs`: a test that waits for no time. */
  readonly until?: Promise<unknown>
}

export type Fault = Omit<FaultRule, 'at' | 'times' | 'skip'>

/** A rule in force. */
export interface Injected {
  /** How often it has struck. */
  hits(): number
  remove(): void
}

/** The rules of one proxy. */
export class Rules {
  readonly #rules = new Set<{ rule: FaultRule; seen: number; hits: number }>()

  add(rule: FaultRule): Injected {
    const entry = { rule, seen: 0, hits: 0 }
    this.#rules.add(entry)
    return { hits: () => entry.hits, remove: () => void this.#rules.delete(entry) }
  }

  /** The fault for this statement, of the oldest rule that has one. */
  strike(statement: string): Fault | undefined {
    for (const entry of this.#rules) {
      const { at, skip = 0, times = 1 } = entry.rule
      // With the flags g or y a test would go on from the last match.
      if (statement.search(at) < 0) continue
      if (entry.seen++ < skip || entry.hits >= times) continue
      entry.hits++
      return entry.rule
    }
    return undefined
  }
}

export interface GroupOptions<Item> {
  /** Items to a run. */
  readonly most: number
  /** Of all items of a run together; an item that is larger runs alone. Default: no limit. */
  readonly maxBytes?: number
  readonly bytesOf?: (item: Item) => number
  /** Runs at once. Default 1. */
  readonly lanes?: number
}

interface Entry<Item, Result> {
  readonly item: Item
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
  /** Its caller waits no longer. */
  leave(): void
}

/**
 * Handles alone what comes while nothing is under way, and together, in one run, what comes meanwhile.
 *
 * Where its signal is aborted, an item is rejected and not run any more. A run whose items are all aborted holds up no other:
 * its connection may be dead, and then it never ends. What it still does is a duplicate.
 *
 * @param run - gives the result of each item, in their order; where it rejects, so does each
 */
export function inGroups<Item, Result>(
  { most, maxBytes = Number.POSITIVE_INFINITY, bytesOf = () => 0, lanes = 1 }: GroupOptions<Item>,
  run: (items: readonly Item[]) => Promise<readonly Result[]>,
): (item: Item, signal?: AbortSignal) => Promise<Result> {
  const waiting = new Set<Entry<Item, Result>>()
  let running = 0

  function start(): void {
    while (running < lanes && waiting.size > 0) void runOne(nextGroup())
  }

  function nextGroup(): readonly Entry<Item, Result>[] {
    const group: Entry<Item, Result>[] = []
    let bytes = 0
    for (const entry of waiting) {
      bytes += bytesOf(entry.item)
      if (group.length === most || (group.length > 0 && bytes > maxBytes)) break
      waiting.delete(entry)
      group.push(entry)
    }
    return group
  }

  async function runOne(group: readonly Entry<Item, Result>[]): Promise<void> {
    let wanted = group.length
    let holdsLane = true
    running++
    const release = () => {
      if (!holdsLane) return
      holdsLane = false
      running--
      start()
    }
    for (const entry of group) {
      entry.leave = () => {
        if (--wanted === 0) release()
      }
    }
    try {
      const results = await run(group.map(({ item }) => item))
      if (results.length !== group.length) throw new Error(`${results.length} results of ${group.length} items.`)
      for (const [n, { resolve }] of group.entries()) resolve(results[n] as Result)
    } catch (error) {
      for (const { reject } of group) reject(error)
    }
    release()
  }

  return async (item, signal) => {
    signal?.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<Result>()
    const entry: Entry<Item, Result> = { item, resolve, reject, leave: () => void waiting.delete(entry) }
    const giveUp = () => {
      entry.leave()
      reject(signal?.reason)
    }
    signal?.addEventListener('abort', giveUp, { once: true })
    waiting.add(entry)
    start()
    try {
      return await promise
    } finally {
      signal?.removeEventListener('abort', giveUp)
    }
  }
}

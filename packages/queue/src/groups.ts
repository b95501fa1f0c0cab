/**
 * Handles alone what comes while nothing is under way, and together, in one run, what comes meanwhile.
 *
 * @param most - items to a run
 * @param run - gives the result of each item, in their order; where it rejects, so does each
 * @param lanes - runs at once
 */
export function inGroups<Item, Result>(
  most: number,
  run: (items: readonly Item[]) => Promise<readonly Result[]>,
  lanes = 1,
): (item: Item, signal?: AbortSignal) => Promise<Result> {
  interface Waiting {
    readonly item: Item
    readonly signal: AbortSignal | undefined
    readonly resolve: (result: Result) => void
    readonly reject: (error: unknown) => void
  }
  let waiting: Waiting[] = []
  let running = 0

  async function runAll(): Promise<void> {
    running++
    while (waiting.length > 0) {
      // Nobody waits any more for what has its answer: it comes again.
      const group = waiting.filter(({ signal }) => !signal?.aborted)
      waiting = group.splice(most)
      if (group.length > 0) await runOne(group)
    }
    running--
  }

  async function runOne(group: readonly Waiting[]): Promise<void> {
    try {
      const results = await run(group.map(({ item }) => item))
      if (results.length !== group.length) throw new Error(`${results.length} results of ${group.length} items.`)
      for (const [n, { resolve }] of group.entries()) resolve(results[n] as Result)
    } catch (error) {
      for (const { reject } of group) reject(error)
    }
  }

  return (item, signal) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, signal, resolve, reject })
      if (running < lanes) void runAll()
    })
}

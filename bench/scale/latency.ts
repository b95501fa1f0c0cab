import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { type Delivery, makeDeliveries } from '../deliveries.ts'
import { quantile } from '../report.ts'
import type { Way } from './way.ts'

/** Events a second. Fewer would tell no more, and take minutes. */
const RATES = [10, 100, 1_000, 2_000, 5_000]
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 7)
/** Of a round: enough for its 99th of a hundred to be more than the worst of a few. */
const SECONDS = Number(process.env.BENCH_SECONDS ?? 4)
const FEWEST = 100

/** Of arrivals at random, in ms: one number a round. */
export interface Quantiles {
  readonly p50: number
  readonly p99: number
}

/** The first way once more: what its ratio to itself says is chance. */
export const AGAIN = 'the first again'

/** By rate, then by way; a way is left out of the rates at which more come than go. */
export type Latencies = ReadonlyMap<number, ReadonlyMap<string, readonly Quantiles[]>>

/**
 * Round by round, each way in turn, and all of a round with the same arrivals: what disturbs the machine for a while does
 * so for each of them, and what differs is not chance.
 */
export async function measureLatencies(ways: readonly Way[]): Promise<{ latencies: Latencies; rounds: number }> {
  const latencies = new Map<number, Map<string, Quantiles[]>>()
  const again = ways.slice(0, 1).map((first) => ({ ...first, name: AGAIN }))
  let alive = [...ways.filter(({ receive }) => receive), ...again]
  for (const rate of RATES) {
    const count = Math.max(rate * SECONDS, FEWEST)
    // One that is not counted tells who is left behind.
    const ahead = new Set<Way>()
    for (const way of alive) if ((await take(way, arrivals(rate, count))).keepsUp) ahead.add(way)
    alive = alive.filter((way) => ahead.has(way))
    const found = new Map<string, Quantiles[]>(alive.map(({ name }) => [name, []]))
    for (let round = 0; round < ROUNDS; round++) {
      const times = arrivals(rate, count)
      for (let turn = 0; turn < alive.length; turn++) {
        const way = alive[(round + turn) % alive.length] as Way
        const { took } = await take(way, times)
        found.get(way.name)?.push({ p50: quantile(0.5, took), p99: quantile(0.99, took) })
      }
    }
    latencies.set(rate, found)
    console.log(`${rate} a second: done`)
  }
  return { latencies, rounds: ROUNDS }
}

/** When deliveries come that many users cause (Poisson), in ms from the first. */
function arrivals(rate: number, count: number): readonly number[] {
  let at = 0
  return Array.from({ length: count }, () => {
    at += (-Math.log(1 - Math.random()) * 1000) / rate
    return at
  })
}

/** Each waits for no other. */
async function take({ receive }: Way, times: readonly number[]): Promise<{ took: number[]; keepsUp: boolean }> {
  const deliveries: readonly Delivery[] = makeDeliveries(2 * times.length).slice(0, times.length)
  const took: number[] = []
  const began = performance.now()
  const all: Promise<void>[] = []
  for (const [n, delivery] of deliveries.entries()) {
    const due = began + (times[n] ?? 0)
    await until(due)
    // Since it was due, so that what keeps the process busy is counted.
    all.push(Promise.resolve(receive?.(delivery)).then(() => void took.push(performance.now() - due)))
  }
  await Promise.all(all)
  // It ends later than the last one came, where more came than went.
  const span = times.at(-1) ?? 0
  return { took, keepsUp: performance.now() - began < span * 1.25 }
}

/** Timers have whole milliseconds. */
async function until(due: number): Promise<void> {
  const wait = due - performance.now()
  if (wait > 2) await sleep(wait - 1)
  while (performance.now() < due) await nextTurn()
}

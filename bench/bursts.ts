import { type Arena, type Contender, FLOOR } from './contender.ts'
import { makeDeliveries } from './deliveries.ts'

const IN_FLIGHT = [1, 16, 64]

interface Way {
  readonly name: string
  readonly handle: Contender['handle']
  /** The names of those that it is compared with besides the floor. */
  readonly hand?: string
  readonly each?: string
}

/** Deliveries a second, with and without `batch`, for each number in flight. */
export async function bursts(
  arena: Arena,
  settings: { readonly deliveries: number; readonly rounds: number },
): Promise<string[]> {
  const ways = waysOf(arena)
  const tables: string[] = []
  for (const inFlight of IN_FLIGHT) {
    const rounds: ReadonlyMap<string, number>[] = []
    // The first is not counted.
    for (let round = 0; round <= settings.rounds; round++) {
      const paces = new Map<string, number>()
      for (let turn = 0; turn < ways.length; turn++) {
        const { name, handle } = ways[(round + turn) % ways.length] as Way
        paces.set(name, await paceOf(handle, settings.deliveries, inFlight))
      }
      if (round > 0) rounds.push(paces)
    }
    tables.push(`### ${arena.database}, ${inFlight} in flight\n\n${table(ways, rounds)}`)
    console.log(`${arena.database}: ${inFlight} in flight`)
  }
  return tables
}

function waysOf({ groups }: Arena): Way[] {
  return groups.flatMap(({ orm, contenders }) => {
    const hand = `${orm}, ${contenders[0].name}`
    return contenders.flatMap((contender): Way[] => {
      const { id, handle, handleEach } = contender
      const name = `${orm}, ${contender.name}`
      if (id === FLOOR) return [{ name: FLOOR, handle }]
      if (contender === contenders[0]) return groups[0]?.orm === orm ? [] : [{ name, handle }]
      if (!handleEach) return []
      const each = `${name}, batch: false`
      return [
        { name: each, handle: handleEach, hand },
        { name, handle, hand, each },
      ]
    })
  })
}

async function paceOf(handle: Contender['handle'], count: number, inFlight: number): Promise<number> {
  const deliveries = makeDeliveries(count)
  const started = performance.now()
  // Creations first, since the handler of the guides loses an update that comes before.
  for (const half of [deliveries.slice(0, count / 2), deliveries.slice(count / 2)]) {
    const queue = half.values()
    await Promise.all(
      Array.from({ length: inFlight }, async () => {
        for (const delivery of queue) await handle(delivery)
      }),
    )
  }
  return count / ((performance.now() - started) / 1000)
}

function table(ways: readonly Way[], rounds: readonly ReadonlyMap<string, number>[]): string {
  const cell = (name: string, by?: string) =>
    median(rounds.map((paces) => (paces.get(name) ?? 0) / (by === undefined ? 1 : (paces.get(by) ?? 1))))
  const rows = ways.map(({ name, hand, each }) => {
    const others = [hand, each].map((other) => (other === undefined ? '' : cell(name, other).toFixed(2)))
    return `| ${[name, Math.round(cell(name)), cell(name, FLOOR).toFixed(2), ...others].join(' | ')} |`
  })
  return ['| | a second | × the floor | × by hand | × batch: false |', '|---|---|---|---|---|', ...rows].join('\n')
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? Number.NaN
}

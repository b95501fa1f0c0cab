import { measuredOn, quantile, writeFigures } from '../report.ts'

/** Of one round, in deliveries a second. */
export interface Pace {
  /** Verified, put into the engine and answered; undefined where there is none. */
  readonly enqueued: number | undefined
  /** Taken out, verified again, stored and acknowledged. */
  readonly drained: number
  /** What the worker's process spent on one, the engine's part in it. */
  readonly cpuMicroseconds: number
}

interface Settings {
  readonly deliveries: number
  readonly rounds: number
  readonly inFlight: number
}

export function reportQueues(paces: ReadonlyMap<string, readonly Pace[]>, settings: Settings): void {
  const { deliveries, rounds, inFlight } = settings
  const [bare = []] = paces.values()
  const rows = [...paces].map(([name, all]) => {
    const enqueued = all.flatMap((pace) => pace.enqueued ?? [])
    const ratios = all.map(({ drained }, round) => drained / (bare[round]?.drained ?? Number.NaN))
    const cells = [
      enqueued.length > 0 ? spread(enqueued) : '',
      spread(all.map(({ drained }) => drained)),
      all === bare ? '1' : quantile(0.5, ratios).toFixed(2),
      `${whole(
        quantile(
          0.5,
          all.map(({ cpuMicroseconds }) => cpuMicroseconds),
        ),
      )} µs`,
    ]
    return `| ${name} | ${cells.join(' | ')} |`
  })
  writeFigures(
    'npm run bench -- queue',
    [
      `${measuredOn()} and Redis too: the medians of ${rounds} rounds in turn, each of ${whole(deliveries)} deliveries of ` +
        `about 2 KB, ${inFlight} in flight into the queue, one process over a pool of 8; half of the rounds lie between the ` +
        'two in parentheses.',
      [
        '| | into the queue, a second | out of it and into the table | × no engine | processor of the worker |',
        '|---|---|---|---|---|',
        ...rows,
      ].join('\n'),
    ].join('\n\n'),
    'docs/queues.md',
  )
}

/** The median, and between which two half of them lie. */
function spread(values: readonly number[]): string {
  const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => whole(quantile(share, values)))
  return `${middle} (${low} to ${high})`
}

const whole = (value: number) => Math.round(value).toLocaleString('en')

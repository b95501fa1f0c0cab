import { measuredOn, quantile, ratioOf, writeFigures } from '../report.ts'
import type { Cost } from './cost.ts'
import { AGAIN, type Latencies, type Quantiles } from './latency.ts'
import type { Storage } from './storage.ts'

const COMMAND = 'npm run bench -- scale'
const MODELLED = [1, 10, 100, 1_000, 10_000]
const SIZES = [10_000_000, 100_000_000]
const LEDGER_DAYS = 45
const DAY_S = 86_400

export function reportScale(
  costs: readonly Cost[],
  measured: { readonly latencies: Latencies; readonly rounds: number },
  storage: Storage,
): void {
  writeFigures(
    COMMAND,
    [
      `${measuredOn()}, one process over a pool of 8.`,
      costTable(costs),
      latencyTables(
        measured,
        costs.map(({ name }) => name),
      ),
      model(costs),
      sizes(storage),
    ].join('\n\n'),
    'docs/scale.md',
  )
}

function costTable(costs: readonly Cost[]): string {
  return [
    '### What an event costs, at the most that goes through',
    '',
    '| | events a second | processor of the client | of the database | write-ahead log |',
    '|---|---|---|---|---|',
    ...costs.map(({ name, perSecond, clientMicroseconds, serverMicroseconds, walBytes }) => {
      const server = serverMicroseconds === undefined ? 'not on this machine' : `${whole(serverMicroseconds)} µs`
      return `| ${name} | ${whole(perSecond)} | ${whole(clientMicroseconds)} µs | ${server} | ${whole(walBytes)} bytes |`
    }),
  ].join('\n')
}

/** @param names - of the ways; the second is compared with the first */
function latencyTables(
  { latencies, rounds }: { readonly latencies: Latencies; readonly rounds: number },
  names: readonly string[],
): string {
  const [each = '', together = ''] = names
  const measured = names.filter((name) => [...latencies.values()].some((ways) => ways.has(name)))
  const medianOf = (all: readonly Quantiles[], what: keyof Quantiles) =>
    quantile(
      0.5,
      all.map((one) => one[what]),
    )
  const rows = [...latencies].map(([rate, ways]) => {
    const cells = measured.map((name) => {
      const all = ways.get(name)
      return all ? `${medianOf(all, 'p50').toFixed(1)}, ${medianOf(all, 'p99').toFixed(1)} ms` : 'more come than go'
    })
    const ratioTo = (before: readonly Quantiles[] = [], after: readonly Quantiles[] = []) => {
      if (before.length === 0 || after.length === 0) return ''
      const [base, value] = [before, after].map((all) => all.map(({ p99 }) => p99)) as [number[], number[]]
      return ratioOf(value, base)
    }
    const ratios = [together, AGAIN].map((name) => ratioTo(ways.get(each), ways.get(name)))
    return `| ${[whole(rate), ...cells, ...ratios].join(' | ')} |`
  })
  return [
    '### How long one takes, where they come by chance',
    '',
    `The median and what 99 of 100 stay below, of ${rounds} rounds in turn with the same arrivals. After them is`,
    'the ratio of the 99th of the default to that of `batch: false`, round by round, and the same of `batch: false` to itself,',
    'which had a turn more in each round: what chance does. Half of the rounds lie between the two in parentheses.',
    '',
    `| a second | ${measured.join(' | ')} | 99 of 100: the default × \`batch: false\` | \`batch: false\` × itself |`,
    `|---|${measured.map(() => '---|').join('')}---|---|`,
    ...rows,
  ].join('\n')
}

/** Each event costs what it costs at the most that goes through, whatever the rate. */
function model(costs: readonly Cost[]): string {
  return [
    '### Modelled: processors of clients and of the database, and log',
    '',
    `| | ${MODELLED.map((rate) => `${whole(rate)} a second`).join(' | ')} |`,
    `|---|${MODELLED.map(() => '---|').join('')}`,
    ...costs.map(({ name, clientMicroseconds, serverMicroseconds, walBytes }) => {
      const cells = MODELLED.map((rate) => {
        const client = (rate * clientMicroseconds) / 1e6
        const server = serverMicroseconds === undefined ? '?' : short((rate * serverMicroseconds) / 1e6)
        return `${short(client)} + ${server}, ${short((rate * walBytes) / 1e6)} MB/s`
      })
      return `| ${name} | ${cells.join(' | ')} |`
    }),
  ].join('\n')
}

function sizes({ user, version, processed }: Storage): string {
  const gigabytes = (bytes: number) => `${short(bytes / 1e9)} GB`
  const inRow = ['users, with the sync columns', user] as const
  const beside = ['clerk_versions, where they are beside the rows', version] as const
  return [
    '### What it takes on the disk',
    '',
    `| | a row | ${SIZES.map((size) => `${size / 1e6} million`).join(' | ')} |`,
    `|---|---|${SIZES.map(() => '---|').join('')}`,
    ...[inRow, beside].map(
      ([name, bytes]) =>
        `| ${name} | ${whole(bytes)} bytes | ${SIZES.map((size) => gigabytes(size * bytes)).join(' | ')} |`,
    ),
    `| the ledger, ${LEDGER_DAYS} days at 10 events a second with a hook | ${whole(processed)} bytes | ${SIZES.map(() => gigabytes(processed * 10 * DAY_S * LEDGER_DAYS)).join(' | ')} |`,
  ].join('\n')
}

const whole = (value: number) => Math.round(value).toLocaleString('en')

/** Two digits that matter, and none of what is next to nothing. */
function short(value: number): string {
  if (value < 0.01) return '< 0.01'
  return value >= 10 ? whole(value) : String(Number(value.toPrecision(2)))
}

import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { type Arena, FLOOR } from './contender.ts'

export interface Measure {
  readonly perSecond: number
  /** What our process spent on a delivery, user and system; the database's share is not in it. */
  readonly cpuMicroseconds: number
}

/** By contender. */
export type Round = Readonly<Record<string, Measure>>

export interface Settings {
  readonly deliveries: number
  readonly rounds: number
  readonly inFlight: number
  /** How many versions were there before, in the table that holds many. */
  readonly many?: number | undefined
}

const marksOf = (command: string) => [`<!-- figures: written by ${command} -->`, '<!-- end of figures -->'] as const

/** The tables of `npm run bench`, and of `npm run bench -- versions`. */
export function report(measured: readonly (readonly [Arena, readonly Round[]])[], settings: Settings): void {
  const { deliveries, rounds, inFlight, many } = settings
  const run =
    `${measuredOn()}: the medians of ${rounds} interleaved rounds of ${deliveries} deliveries, ` +
    `${inFlight} in flight over a pool of 8. Ratios are taken round by round; half of the rounds lie between the two in ` +
    `parentheses.${many ? ` Among many: ${many.toLocaleString('en')} versions of others are in the table.` : ''}`
  const tableOf = many ? besideTable : table
  const figures = [run, ...measured.map(([arena, results]) => tableOf(arena, results))].join('\n\n')
  writeFigures(many ? 'npm run bench -- versions' : 'npm run bench', figures)
}

/** When, and on what. */
export function measuredOn(): string {
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB`
  return (
    `Measured on ${new Date().toISOString().slice(0, 10)} with Node ${process.versions.node} on ${machine}, the ` +
    'database on the same machine'
  )
}

/** Prints what a command has measured, and puts it into the document in place of the last. */
export function writeFigures(command: string, figures: string, path = 'docs/BENCHMARKS.md'): void {
  console.log(`\n${figures}\n`)
  const file = new URL(`../${path}`, import.meta.url)
  const document = readFileSync(file, 'utf8')
  const [start, end] = marksOf(command)
  const [before, rest] = document.split(start)
  const place = rest?.indexOf(end) ?? -1
  if (before === undefined || rest === undefined || place < 0) throw new Error(`${path} lacks its marks.`)
  writeFileSync(file, `${before}${start}\n${figures}\n${rest.slice(place)}`)
}

function besideTable({ database, groups }: Arena, rounds: readonly Round[]): string {
  const rows = groups.flatMap(({ orm, contenders }) =>
    contenders.map(({ id, name }) => {
      const cells = [rate(rounds, id), ratio(rounds, id, contenders[0].id), cpu(rounds, id)]
      return `| ${orm} | ${name} | ${cells.join(' | ')} |`
    }),
  )
  return [
    `### ${database}, in both modes`,
    '',
    '| | | deliveries a second | × in the rows | CPU in the client |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n')
}

function table({ database, groups }: Arena, rounds: readonly Round[]): string {
  const rows = groups.flatMap(({ orm, contenders }) =>
    contenders.map(({ id, name }) => {
      const hand = contenders[0].id
      const cells = [rate(rounds, id), ratio(rounds, id, hand), ratio(rounds, id, FLOOR), cpu(rounds, id)]
      return `| ${orm} | ${name} | ${cells.join(' | ')} |`
    }),
  )
  return [
    `### ${database}`,
    '',
    '| | | deliveries a second | × by hand, same ORM | × the floor | CPU in the client |',
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n')
}

function rate(rounds: readonly Round[], id: string): string {
  return Math.round(quantile(0.5, perRound(rounds, id, 'perSecond'))).toLocaleString('en')
}

function cpu(rounds: readonly Round[], id: string): string {
  return `${Math.round(quantile(0.5, perRound(rounds, id, 'cpuMicroseconds')))} µs`
}

function ratio(rounds: readonly Round[], id: string, to: string): string {
  return id === to ? '1' : ratioOf(perRound(rounds, id, 'perSecond'), perRound(rounds, to, 'perSecond'))
}

/** The median of the ratios, round by round, and between which two half of them lie. */
export function ratioOf(values: readonly number[], others: readonly number[]): string {
  const ratios = values.map((value, round) => value / (others[round] ?? Number.NaN))
  if (ratios.length === 1) return `**${ratios[0]?.toFixed(2)}**`
  const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => quantile(share, ratios).toFixed(2))
  return `**${middle}** (${low} to ${high})`
}

function perRound(rounds: readonly Round[], id: string, what: keyof Measure): number[] {
  return rounds.map((round) => {
    const measure = round[id]
    if (measure === undefined) throw new Error(`A round lacks ${id}.`)
    return measure[what]
  })
}

/** The value that this share of the values is below, between two of them if need be. */
export function quantile(share: number, values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const place = (sorted.length - 1) * share
  const [low = Number.NaN, high = low] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]]
  return low + (high - low) * (place - Math.floor(place))
}

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
}

const DOCUMENT = new URL('../docs/BENCHMARKS.md', import.meta.url)
const START = '<!-- figures: written by npm run bench -->'
const END = '<!-- end of figures -->'

/** Prints the tables, and puts them into the document in place of the last ones. */
export function report(measured: readonly (readonly [Arena, readonly Round[]])[], settings: Settings): void {
  const { deliveries, rounds, inFlight } = settings
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB`
  const run =
    `Measured on ${new Date().toISOString().slice(0, 10)} with Node ${process.versions.node} on ${machine}, the ` +
    `database on the same machine: the medians of ${rounds} interleaved rounds of ${deliveries} deliveries, ` +
    `${inFlight} in flight over a pool of 8. Ratios are taken round by round.`
  const figures = [run, ...measured.map(([arena, results]) => table(arena, results))].join('\n\n')
  console.log(`\n${figures}\n`)
  const document = readFileSync(DOCUMENT, 'utf8')
  const [before, rest] = document.split(START)
  const after = rest?.split(END)[1]
  if (before === undefined || after === undefined) throw new Error(`${DOCUMENT.pathname} lacks its marks.`)
  writeFileSync(DOCUMENT, `${before}${START}\n${figures}\n${END}${after}`)
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
  return Math.round(median(rounds.map((round) => of(round, id).perSecond))).toLocaleString('en')
}

function cpu(rounds: readonly Round[], id: string): string {
  return `${Math.round(median(rounds.map((round) => of(round, id).cpuMicroseconds)))} µs`
}

function ratio(rounds: readonly Round[], id: string, to: string): string {
  const ratios = rounds.map((round) => of(round, id).perSecond / of(round, to).perSecond)
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)].map((value) => value.toFixed(2))
  return id === to ? '1' : `**${median(ratios).toFixed(2)}** (${least} to ${most})`
}

function of(round: Round, id: string): Measure {
  const value = round[id]
  if (value === undefined) throw new Error(`A round lacks ${id}.`)
  return value
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const [low = 0, high = 0] = [sorted[sorted.length % 2 ? middle : middle - 1], sorted[middle]]
  return (low + high) / 2
}

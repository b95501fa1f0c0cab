import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { type Arena, FLOOR } from './contender.ts'
import { picture } from './picture.ts'

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
    `${inFlight} in flight over a pool of 8.`
  const ratios =
    'Ratios are taken round by round; half of the rounds lie between the two in ' +
    `parentheses.${many ? ` Among many: ${many.toLocaleString('en')} versions of others are in the table.` : ''}`
  const tableOf = many ? besideTable : table
  const figures = [`${run} ${ratios}`, ...measured.map(([arena, results]) => tableOf(arena, results))].join('\n\n')
  writeFigures(many ? 'npm run bench -- versions' : 'npm run bench', figures)
  if (!many) overview(measured, run)
}

/** One picture and one table, of each ORM on each database. */
function overview(measured: readonly (readonly [Arena, readonly Round[]])[], run: string): void {
  const through = measured.flatMap(([{ database, groups }, rounds]) =>
    groups.slice(1).map(({ orm, contenders }) => {
      const [hand, ours, hook] = ['by hand', 'clerk-sync', 'clerk-sync with a hook'].map((name) => {
        const found = contenders.find((one) => one.name === name)
        if (!found) throw new Error(`${orm} has no contender called ${name}.`)
        const { id, against = contenders[0].id } = found
        const ratios = ratiosOf(perRound(rounds, id, 'perSecond'), perRound(rounds, against, 'perSecond'))
        return { rate: rate(rounds, id), ratio: ratio(rounds, id, against), median: quantile(0.5, ratios) }
      }) as [Overviewed, Overviewed, Overviewed]
      return { database, orm, hand, ours, hook }
    }),
  )
  const rows = through.map(({ database, orm, hand, ours, hook }) => {
    const cells = [database, orm, hand.rate, ours.rate, ours.ratio, hook.rate, hook.ratio]
    return `| ${cells.join(' | ')} |`
  })
  const head = [
    '| | | by hand, a second | clerk-sync | × by hand | clerk-sync with a hook | × by hand with the same insert |',
    '|---|---|---|---|---|---|---|',
  ]
  const bars = through.map(({ database, orm, ours, hook }) => ({
    title: `${database}, ${orm}`,
    bars: [
      { kind: 'hand', name: 'by hand', ratio: 1 },
      { kind: 'ours', name: 'clerk-sync', ratio: ours.median },
      { kind: 'hook', name: 'with a hook, × the same insert by hand', ratio: hook.median },
    ] as const,
  }))
  const title = 'Deliveries a second, × the handler of the guides through the same ORM'
  writeFileSync(new URL('../docs/benchmarks.svg', import.meta.url), picture(title, bars))
  const image = `![${title}](benchmarks.svg)`
  writeFigures('npm run bench', [image, run, [...head, ...rows].join('\n')].join('\n\n'), 'docs/BENCHMARKS.md')
}

interface Overviewed {
  readonly rate: string
  readonly ratio: string
  readonly median: number
}

/** When, and on what, with the database. */
export function measuredOn(): string {
  return `${machine()}, the database on the same machine`
}

/** When, and on what. */
export function machine(): string {
  const name = `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB`
  return `Measured on ${new Date().toISOString().slice(0, 10)} with Node ${process.versions.node} on ${name}`
}

/** Prints what a command has measured, and puts it into the document in place of the last. */
export function writeFigures(command: string, figures: string, path = 'docs/benchmarks-in-full.md'): void {
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
    contenders.map(({ id, name, against }) => {
      const hand = against ?? contenders[0].id
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
  const ratios = ratiosOf(values, others)
  if (ratios.length === 1) return `**${ratios[0]?.toFixed(2)}**`
  const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => quantile(share, ratios).toFixed(2))
  return `**${middle}** (${low} to ${high})`
}

function ratiosOf(values: readonly number[], others: readonly number[]): number[] {
  return values.map((value, round) => value / (others[round] ?? Number.NaN))
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

import { measuredOn, quantile, ratioOf, writeFigures } from '../report.ts'
import type { Ran } from './contender.ts'
import { DATABASES, type Database, ORMS, type Orm } from './store.ts'
import { COPY, FLOOR, type Rates, writingId } from './writing.ts'

interface Settings {
  readonly users: number
  readonly rounds: number
  /** On the servers, and on SQLite. */
  readonly loopUsers: readonly [number, number]
  readonly otherSizes: readonly number[]
}

const TITLES: Readonly<Record<Database | Orm, string>> = {
  postgres: 'PostgreSQL',
  mysql: 'MySQL',
  sqlite: 'SQLite',
  drizzle: 'Drizzle',
  kysely: 'Kysely',
  prisma: 'Prisma',
}
const WAYS = { loop: 'a loop', row: 'backfill', beside: 'backfill, versions beside' } as const

/** Prints the tables, and puts them into the document in place of the last ones. */
export function reportBackfill(ran: readonly Ran[], written: readonly Rates[], settings: Settings): void {
  const { users, rounds, loopUsers } = settings
  const run =
    `${measuredOn()}, and the API on it as well, in a process of its own and without a rate limit: ` +
    `${rounds === 1 ? 'one round' : `the medians of ${rounds} rounds`} of ${count(users)} users, of which the loop took ${loopUsers.map(count).join(', and on SQLite ')}, each contender in a process ` +
    'of its own and in turn. Ratios are taken round by round; half of the rounds lie between the two in parentheses. ' +
    'Memory is the largest of all rounds; what is in use is that of further runs, which collect all garbage before they look.'
  const read = ran.filter(({ way }) => way === 'read').map(({ rowsPerSecond }) => rowsPerSecond)
  const bound = `Reading the pages and parsing them, without writing anything: ${count(median(read))} users a second.`
  const figures = [
    run,
    bound,
    ...DATABASES.map((database) => table(database, ran, settings)),
    writingTable(written, settings),
  ]
  writeFigures('npm run bench -- backfill', figures.join('\n\n'))
}

function table(database: Database, ran: readonly Ran[], { users, otherSizes }: Settings): string {
  const rows = ORMS.flatMap((orm) =>
    (['loop', 'row', 'beside'] as const).map((way) => {
      const own = ran.filter((one) => one.database === database && one.orm === orm)
      const of = (other: string) => own.filter((one) => one.way === other && !otherSizes.includes(one.users))
      const rates = of(way).map(({ rowsPerSecond }) => rowsPerSecond)
      const loop = of('loop').map(({ rowsPerSecond }) => rowsPerSecond)
      const isLoop = way === 'loop'
      const memory = (sizes: readonly number[], collects = false) => {
        const peaks = sizes.map((size) =>
          own
            .filter((one) => one.way === way && one.users === size && (one.collects ?? false) === collects)
            .map(({ peakMiB }) => peakMiB),
        )
        return peaks.map((some) => String(Math.round(Math.max(...some)))).join(', ')
      }
      const cells = [
        count(median(rates)),
        isLoop ? '1' : ratioOf(rates, loop),
        isLoop ? '' : String(of(way)[0]?.requests),
        isLoop ? '' : memory([users, ...(way === 'row' ? otherSizes : [])]),
        way === 'row' ? memory(otherSizes, true) : '',
      ]
      return `| ${TITLES[orm]} | ${WAYS[way]} | ${cells.join(' | ')} |`
    }),
  )
  const list = (sizes: readonly number[]) => sizes.map(count).join(', ')
  return [
    `### Into ${TITLES[database]}`,
    '',
    `| | | rows a second | × the loop, same ORM | requests | MiB above idle, at ${list([users, ...otherSizes])} users | in use, at ${list(otherSizes)} |`,
    '|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n')
}

function writingTable(written: readonly Rates[], { users }: Settings): string {
  const of = (id: string) => written.map((rates) => rates[id] ?? Number.NaN)
  const rows = ORMS.flatMap((orm) =>
    (['row', 'beside'] as const).map((mode) => {
      const rates = of(writingId(orm, mode))
      const cells = [count(median(rates)), ratioOf(rates, of(COPY)), ratioOf(rates, of(FLOOR))]
      return `| ${TITLES[orm]} | writeMany${mode === 'row' ? '' : ', versions beside'} | ${cells.join(' | ')} |`
    }),
  )
  return [
    '### Writing alone, on PostgreSQL',
    '',
    `The same ${count(users)} rows from memory into an empty table, in one call: the medians of ${written.length} rounds.`,
    '',
    '| | | rows a second | × COPY | × the floor |',
    '|---|---|---|---|---|',
    `| node-postgres | COPY | ${count(median(of(COPY)))} | 1 | ${ratioOf(of(COPY), of(FLOOR))} |`,
    `| node-postgres | the floor | ${count(median(of(FLOOR)))} | ${ratioOf(of(FLOOR), of(COPY))} | 1 |`,
    ...rows,
  ].join('\n')
}

const median = (values: readonly number[]) => quantile(0.5, values)
const count = (value: number) => Math.round(value).toLocaleString('en')

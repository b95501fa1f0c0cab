import { provideDatabases } from '../scripts/bare-machine/databases.mjs'
import { measureBackfill } from './backfill/backfill.ts'
import { bursts } from './bursts.ts'
import type { Arena, Contender } from './contender.ts'
import { makeDeliveries } from './deliveries.ts'
import { divergence } from './divergence.ts'
import { measureImports } from './imports.ts'
import { mysqlArena } from './mysql.ts'
import { postgresArena } from './postgres.ts'
import { measureQueues } from './queue/queue.ts'
import { type Measure, measuredOn, type Round, report, writeFigures } from './report.ts'
import { measureScale } from './scale/scale.ts'
import { sqliteArena } from './sqlite.ts'

/** Short rounds, so that contenders that are compared run within a second or two of each other. */
const DELIVERIES = Number(process.env.BENCH_DELIVERIES ?? 400)
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 31)
/** Twice the pool, so that a connection never waits for work. */
const IN_FLIGHT = 16

async function run({ handle }: Contender): Promise<Measure> {
  const deliveries = makeDeliveries(DELIVERIES)
  // Creations first, and all of them, since the handler of the guides loses an update that comes before.
  const half = deliveries.length / 2
  const started = performance.now()
  const cpu = process.cpuUsage()
  for (const part of [deliveries.slice(0, half), deliveries.slice(half)]) {
    const queue = part.values()
    await Promise.all(
      Array.from({ length: IN_FLIGHT }, async () => {
        for (const delivery of queue) await handle(delivery)
      }),
    )
  }
  const { user, system } = process.cpuUsage(cpu)
  return {
    perSecond: deliveries.length / ((performance.now() - started) / 1000),
    cpuMicroseconds: (user + system) / deliveries.length,
  }
}

/** Round by round, in turn, so that a machine that changes its pace does so for everyone. */
async function measure(arena: Arena): Promise<Round[]> {
  const contenders = arena.groups.flatMap((group) => group.contenders)
  for (const contender of contenders) await run(contender)
  const rounds: Round[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const results: Record<string, Measure> = {}
    for (let turn = 0; turn < contenders.length; turn++) {
      const contender = contenders[(round + turn) % contenders.length] as Contender
      results[contender.id] = await run(contender)
    }
    rounds.push(results)
    if ((round + 1) % 5 === 0) console.log(`${arena.database}: ${round + 1} of ${ROUNDS} rounds`)
  }
  const expected = ((ROUNDS + 1) * DELIVERIES) / 2
  for (const contender of contenders) {
    const stored = await arena.stored(contender)
    if (stored !== expected) throw new Error(`${contender.id} stored ${stored} users, and ${expected} were sent.`)
  }
  return rounds
}

/** Versions that are there before, for `npm run bench -- versions`. */
const VERSIONS = Number(process.env.BENCH_VERSIONS ?? 10_000_000)

const [what, ...others] = process.argv.slice(2)
if (
  others.length > 0 ||
  (what !== undefined && !['backfill', 'bursts', 'divergence', 'imports', 'queue', 'scale', 'versions'].includes(what))
) {
  console.error(
    'npm run bench               throughput, on each database; rewrites docs/BENCHMARKS.md and docs/benchmarks-in-full.md',
  )
  console.error(
    'npm run bench -- versions   in the rows, beside them, and among ten million; rewrites docs/benchmarks-in-full.md',
  )
  console.error(
    'npm run bench -- backfill   100,000 users into each database, beside a loop and COPY; rewrites docs/benchmarks-in-full.md',
  )
  console.error(
    'npm run bench -- bursts     1, 16 and 64 deliveries at a time on PostgreSQL and MariaDB, with and without batch; rewrites docs/benchmarks-in-full.md',
  )
  console.error('npm run bench -- scale      what an event costs, by rate; rewrites docs/scale.md')
  console.error(
    'npm run bench -- queue      into pg-boss, graphile-worker and BullMQ, and out of them; rewrites docs/queues.md',
  )
  console.error('npm run bench -- divergence how often a hand-written handler ends with wrong rows')
  console.error(
    'npm run bench -- imports    how long an application loads, without us and with us; rewrites docs/benchmarks-in-full.md',
  )
  process.exit(2)
}

if (what === 'imports') {
  await measureImports(ROUNDS)
  process.exit()
}

const { urls, stop } = await provideDatabases(kindsFor(what), { durable: true })
try {
  if (what === 'backfill') await measureBackfill(urls)
  else if (what === 'scale') await measureScale(urls.postgres)
  else if (what === 'queue') await measureQueues(urls.postgres)
  else if (what === 'bursts') {
    const tables: string[] = []
    for (const open of [() => postgresArena(urls.postgres), () => mysqlArena(urls.mariadb, undefined, 'MariaDB')]) {
      const arena = await open()
      tables.push(...(await bursts(arena, { deliveries: DELIVERIES, rounds: ROUNDS })))
      await arena.close()
    }
    const run = `${measuredOn()}: the medians of ${ROUNDS} interleaved rounds of ${DELIVERIES} deliveries.`
    writeFigures('npm run bench -- bursts', [run, ...tables].join('\n\n'))
  } else if (what === 'divergence') await divergence(urls.postgres)
  else await throughput(what === 'versions' ? VERSIONS : undefined)
} finally {
  await stop()
}

function kindsFor(measure: string | undefined): ('postgres' | 'mysql' | 'mariadb')[] {
  if (measure === 'queue' || measure === 'scale' || measure === 'divergence') return ['postgres']
  return ['postgres', measure === 'bursts' ? 'mariadb' : 'mysql']
}

async function throughput(many?: number): Promise<void> {
  const measured: [Arena, Round[]][] = []
  const arenas = [() => postgresArena(urls.postgres, many), () => mysqlArena(urls.mysql, many), () => sqliteArena(many)]
  for (const open of arenas) {
    const arena = await open()
    measured.push([arena, await measure(arena)])
    await arena.close()
  }
  report(measured, { deliveries: DELIVERIES, rounds: ROUNDS, inFlight: IN_FLIGHT, many })
}

import { randomInt } from 'node:crypto'
import { checkHarness, checkSuiteOptions } from './check-harness.ts'
import type { Harness, SuiteOptions } from './harness.ts'
import { LegacyRows } from './legacy-rows.ts'
import { PartStage } from './part-stage.ts'
import { Stage } from './stage.ts'
import { application } from './suite/application.ts'
import { batches } from './suite/batches.ts'
import { bursts } from './suite/bursts.ts'
import { deadLetters } from './suite/dead-letters.ts'
import { deletes } from './suite/deletes.ts'
import { description } from './suite/description.ts'
import { discovered } from './suite/discovered.ts'
import { failures } from './suite/failures.ts'
import { hookStatements } from './suite/hook-statements.ts'
import { hooks } from './suite/hooks.ts'
import { ledger } from './suite/ledger.ts'
import { leftRunning } from './suite/left-running.ts'
import { linking } from './suite/linking.ts'
import { links } from './suite/links.ts'
import { movingParts } from './suite/moving-parts.ts'
import { order } from './suite/order.ts'
import { partSchedules } from './suite/part-schedules.ts'
import { partTriggers } from './suite/part-triggers.ts'
import { parts } from './suite/parts.ts'
import { someOf } from './suite/permutations.ts'
import { races } from './suite/races.ts'
import { reads } from './suite/reads.ts'
import { references } from './suite/references.ts'
import { refusedValues } from './suite/refused-values.ts'
import { removals } from './suite/removals.ts'
import { scans } from './suite/scans.ts'
import { schedules } from './suite/schedules.ts'
import type { It, Section } from './suite/section.ts'
import { tombstones } from './suite/tombstones.ts'
import { triggers } from './suite/triggers.ts'
import { unique } from './suite/unique.ts'
import { unlinked } from './suite/unlinked.ts'
import { values } from './suite/values.ts'

const DEFAULT_TIMEOUT_MS = 60_000

const sections: Readonly<Record<string, Section>> = {
  'in any order': order,
  'rows and columns of the application': application,
  deletes,
  values,
  'values that a database refuses': refusedValues,
  'unique columns': unique,
  hooks,
  'work that a hook leaves running': leftRunning,
  'failing database calls': failures,
  batches,
  races,
  reads,
  ledger,
  scans,
  'old tombstones': tombstones,
  'discovered deletes': discovered,
  description,
}

/**
 * Registers the conformance suite for an adapter: give it the deliveries of a history in any order, any number of
 * times, in any number of processes, with any database call failing, and the tables must end in the same state, with
 * every effect of a hook exactly once.
 *
 * State is read back through the harness's raw connection. There are no tests to switch off: what the driver cannot do
 * is declared in `capabilities`, and changes what is expected. The random schedules print their seed in their title.
 *
 * @example
 * ```ts
 * import { testAdapter, type Harness } from '@clerk-sync/adapter-testkit'
 *
 * export function certify(harness: Harness): void {
 *   testAdapter(harness, { schedules: 1000 })
 * }
 * ```
 */
export function testAdapter<Tx>(harness: Harness<Tx>, options: SuiteOptions = {}): void {
  checkHarness(harness)
  checkSuiteOptions(options)
  const { schedules: count = scheduleCount(), seed = seedGiven() ?? randomInt(2 ** 31), orders = Infinity } = options
  const stage = new Stage(harness as Harness, (all) => someOf(all, orders, seed))
  const {
    runner,
    triggers: installed,
    deadLetters: letters,
    versions,
    linking: before,
    sql,
    parts: partTables,
  } = stage.harness
  const it: It = (name, body, timeoutMs = DEFAULT_TIMEOUT_MS) => runner.it(name, body, timeoutMs)
  runner.describe(harness.name, () => {
    for (const [name, section] of Object.entries(sections)) runner.describe(name, () => section(stage, it))
    if (installed !== 'none') runner.describe('triggers', () => triggers(stage, it, installed))
    if (versions) runner.describe('removals', () => removals(stage, it, versions))
    const keys = versions?.foreignKeys
    if (versions && keys) runner.describe('foreign keys', () => references(stage, it, versions, keys))
    if (letters) runner.describe('dead letters', () => deadLetters(stage, it, letters))
    if (before) {
      runner.describe('linking', () => {
        const rows = new LegacyRows(stage, before)
        linking(rows, it)
        links(rows, it)
        unlinked(rows, it)
      })
    }
    if (partTables) {
      const on = new PartStage(stage, partTables)
      runner.describe('parts', () => {
        parts(on, it)
        movingParts(on, it)
        if (installed !== 'none') partTriggers(on, it, installed)
        partSchedules(on, it, { schedules: Math.ceil(count / 2), seed })
      })
    }
    if (sql) runner.describe('statements of hooks', () => hookStatements(stage, it, sql))
    runner.describe('random schedules', () => schedules(stage, it, { schedules: count, seed }))
    runner.describe('bursts', () => bursts(stage, it, { schedules: Math.ceil(count / 4), seed }))
  })
}

function scheduleCount(): number {
  return numberGiven('CLERK_SYNC_SCHEDULES') ?? (process.env.CI ? 1000 : 100)
}

function seedGiven(): number | undefined {
  return numberGiven('CLERK_SYNC_SEED')
}

function numberGiven(variable: string): number | undefined {
  const text = process.env[variable]
  if (!text) return undefined
  const value = Number(text)
  if (Number.isInteger(value)) return value
  throw new Error(`${variable} must be a whole number, and it is "${text}".`)
}

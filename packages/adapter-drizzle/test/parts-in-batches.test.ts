import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { type BatchedParts, openBatchedParts } from './kit/batched-parts.ts'
import { isFor, PROBES } from './kit/batched-parts-probes.ts'

/** Each weakens one of the checks or statements that only batches have. The database is the one whose SQL has it. */
const MUTANTS: Readonly<Record<string, readonly [from: RegExp, to: string, only?: BatchedParts['driver']]>> = {
  'a change that is late is written': [/'clerk_sync_' \|\| 'held'/, "case when true then '1' end", 'neon-http'],
  'a change that is late is written, on SQLite': [/'clerk_sync_' \|\| 'held'/, "'$'", 'D1'],
}

for (const driver of ['D1', 'neon-http'] as const) {
  for (const versions of ['row', 'beside'] as const) {
    const on = await openBatchedParts(driver, versions, afterAll)
    const probes = Object.entries(PROBES).filter(([, probe]) => isFor(on, probe))
    const clear = async () => {
      for (const table of ['email_addresses', 'users', 'clerk_versions', 'organizations'])
        await on.query(`delete from ${table}`)
    }

    describe(`parts through ${driver}, versions ${versions === 'row' ? 'in the row' : 'beside'}`, () => {
      for (const [name, probe] of probes) {
        it(name, async () => {
          await clear()
          await probe.run(on)
        })
      }
    })
  }
}
void MUTANTS
void expect
void onTestFinished

import type { Drift, ReconcileResult } from '@clerk-sync/core/clerk-api'
import type { Output } from '../output.ts'
import { printFailures } from './report.ts'
import { timeOf } from './time-of.ts'

/** How many are named one by one. */
const NAMED = 50

/** As a diff: what would be added, changed and taken away. Ids and columns, and no value. */
const MARKS = { missing: '+', revived: '+', stale: '~', undeleted: '-', orphaned: '-' } as const

export function printDrifts(drifts: readonly Drift[], output: Output): void {
  for (const drift of drifts.slice(0, NAMED)) output.line(describeDrift(drift))
  if (drifts.length > NAMED) output.line(`… and ${drifts.length - NAMED} more; --json has all of them.`)
}

/** Whether all was compared. What a run did not get to may differ. */
export function isWhole({ ok, dryRun, drifts, failures, tooManyDeletes }: ReconcileResult): boolean {
  if (failures.length > 0) return false
  // A dry run is not ok either where it found something.
  return ok || tooManyDeletes.length > 0 || (dryRun && drifts.length > 0)
}

/** What could not be compared in a dry run, which counts nothing else. */
export function printUncompared(result: ReconcileResult, output: Output): void {
  if (result.dryRun) printFailures('not compared', result.failures, output)
  if (result.failures.length === 0 && !isWhole(result)) {
    output.note('Clerk has more than could be read, so that not all was compared: run it again.')
  }
}

function describeDrift({ kind, entity, id, ageMs, pending, columns }: Drift): string {
  const which = columns && columns.length > 0 ? ` (${columns.join(', ')})` : ''
  const wait = pending ? ', its event may be on the way' : ''
  return `${MARKS[kind]} ${kind} ${entity} ${id}${which}, ${timeOf(ageMs / 1000)} old${wait}`
}

/** Of all tables together. */
export function sumOf(drift: ReconcileResult['drift']): Record<string, number> {
  const sum: Record<string, number> = { missing: 0, stale: 0, undeleted: 0, revived: 0, orphaned: 0, pending: 0 }
  for (const counts of Object.values(drift)) {
    for (const [kind, n] of Object.entries(counts)) sum[kind] = (sum[kind] ?? 0) + n
  }
  return sum
}

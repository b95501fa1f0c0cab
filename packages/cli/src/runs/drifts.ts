import type { Drift, ReconcileResult, RunResult } from '@clerk-sync/core/clerk-api'
import type { Output } from '../output.ts'
import { timeOf } from './time-of.ts'

/** How many are named one by one. */
const NAMED = 50

/** As a diff: what would be added, changed and taken away. Ids and columns, and no value. */
const MARKS = { missing: '+', revived: '+', stale: '~', undeleted: '-', orphaned: '-', unlinked: '?' } as const

export function printDrifts(drifts: readonly Drift[], output: Output): void {
  for (const drift of drifts.slice(0, NAMED)) output.line(describeDrift(drift))
  if (drifts.length > NAMED) output.line(`… and ${drifts.length - NAMED} more; --json has all of them.`)
}

/** Whether all was compared. What a run did not get to may differ. */
export const isWhole = ({ incomplete, failures }: RunResult) => incomplete.length + failures.length === 0

function describeDrift({ kind, entity, id, ageMs, pending, columns }: Drift): string {
  const which = columns && columns.length > 0 ? ` (${columns.join(', ')})` : ''
  const wait = pending ? ', its event may be on the way' : ''
  return `${MARKS[kind]} ${kind} ${entity} ${id}${which}, ${timeOf(ageMs / 1000)} old${wait}`
}

/** Of all tables together. */
export function sumOf(drift: ReconcileResult['drift']): Record<string, number> {
  const sum: Record<string, number> = {
    missing: 0,
    stale: 0,
    undeleted: 0,
    revived: 0,
    orphaned: 0,
    unlinked: 0,
    pending: 0,
  }
  for (const counts of Object.values(drift)) {
    for (const [kind, n] of Object.entries(counts)) sum[kind] = (sum[kind] ?? 0) + n
  }
  return sum
}

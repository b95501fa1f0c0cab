import type { CountsByEntity, Failure, ListedEntity, RunResult } from '@clerk-sync/core/clerk-api'
import type { Output } from '../output.ts'
import { timeOf } from './time-of.ts'

/** How many rows are named one by one. */
const NAMED = 20

/** What a script gets of an entity. */
export interface JsonCounts {
  readonly created: number
  readonly updated: number
  readonly unchanged: number
  readonly deleted: number
  readonly failed: number
}

export function jsonCounts(counts: CountsByEntity): Record<string, JsonCounts> {
  return Object.fromEntries(
    Object.entries(counts).map(([entity, count]) => {
      const { created, updated, deleted, failed, ...others } = count
      // Stale, already deleted and the like: the row holds what is as new.
      const unchanged = Object.values(others).reduce((sum, one) => sum + one, 0)
      return [entity, { created, updated, unchanged, deleted, failed }]
    }),
  )
}

/** Prints what became of the rows, and those that could not be written. */
export function printCounts({ counts, failures, incomplete, requests, seconds }: RunResult, output: Output): void {
  for (const [entity, count] of Object.entries(jsonCounts(counts))) {
    const parts = Object.entries(count).map(([name, n]) => `${n} ${name}`)
    output.line(`${entity}: ${parts.join(', ')}`)
  }
  printFailures('not written', failures, output)
  printIncomplete(incomplete, output)
  output.line(`${requests} requests, ${timeOf(seconds)}`)
}

/** What a dry run could not look at: it counts nothing else. */
export function printUncompared({ failures, incomplete }: RunResult, output: Output): void {
  printFailures('not compared', failures, output)
  printIncomplete(incomplete, output)
}

function printFailures(what: string, failures: readonly Failure[], output: Output): void {
  for (const { entity, id, error } of failures.slice(0, NAMED)) {
    output.note(`${what}: ${entity} ${id}: ${error.message}`)
  }
  if (failures.length > NAMED) output.note(`… and ${failures.length - NAMED} more; --json has all of them.`)
}

/** A list of Clerk's that moved too fast, or that counts more than it gives. */
function printIncomplete(incomplete: readonly ListedEntity[], output: Output): void {
  if (incomplete.length > 0) output.note(`not read whole: ${incomplete.join(', ')}; run it again.`)
}

export const jsonFailures = (failures: readonly Failure[]) =>
  failures.map(({ entity, id, error }) => ({ entity, id, code: error.code, message: error.message }))

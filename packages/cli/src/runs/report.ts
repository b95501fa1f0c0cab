import type { CountsByEntity, Failure, ListedEntity, RunResult } from '@clerk-sync/core/clerk-api'
import { page } from '../manifest.ts'
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
export function printCounts(result: RunResult, output: Output): void {
  const { counts, incomplete, requests, seconds } = result
  for (const [entity, count] of Object.entries(jsonCounts(counts))) {
    const parts = Object.entries(count).map(([name, n]) => `${n} ${name}`)
    output.line(`${entity}: ${parts.join(', ')}`)
  }
  printFailures('not written', result, output)
  printIncomplete(incomplete, output)
  output.line(`${requests} requests, ${timeOf(seconds)}`)
}

/** What a dry run could not look at: it counts nothing else. */
export function printUncompared(result: RunResult, output: Output): void {
  printFailures('not compared', result, output)
  printIncomplete(result.incomplete, output)
}

/** Rows that nobody's events reach, and that stand in the way of their users'. */
export function noteUnlinked({ unlinkedRows = 0 }: RunResult, output: Output): void {
  if (unlinkedRows === 0) return
  const rows = `${unlinkedRows} ${unlinkedRows === 1 ? 'row of users has' : 'rows of users have'} no Clerk id`
  output.note(
    `${rows}: a user of one of them gets it by clerk-sync backfill --link-by …, with --dry-run first, and not ` +
      `before: ${page('adopting')}.`,
  )
}

/** What is the same of many is said once. */
function printFailures(what: string, { counts, failures }: RunResult, output: Output): void {
  const failed = Object.values(counts).reduce((sum, count) => sum + count.failed, 0)
  // A run remembers the first thousand, and of an earlier one that it goes on from none.
  const areAll = failures.length === failed
  const alike = new Map<string, Failure[]>()
  for (const failure of failures) {
    const { entity, id, error } = failure
    const key = `${entity} ${error.code} ${error.message.replaceAll(id, '…')}`
    const others = alike.get(key)
    if (others) others.push(failure)
    else alike.set(key, [failure])
  }
  const groups = [...alike.values()]
  for (const [first, ...others] of groups.slice(0, NAMED))
    if (first) output.note(`${what}: ${describe(first, others, areAll)}`)
  if (groups.length > NAMED) {
    output.note(`… and ${groups.length - NAMED} more; --json has ${areAll ? 'all of them' : 'those that are known'}.`)
  }
}

/** Of those that are alike, how many ids are said. */
const IDS = 5

function describe({ entity, id, error }: Failure, others: readonly Failure[], areAll: boolean): string {
  const { code, message } = error
  if (others.length === 0) return `${entity} ${id}, ${code}: ${message}`
  const ids = [id, ...others.map((other) => other.id)]
  const more = ids.length > IDS ? ', …' : ''
  const times = `${areAll ? '' : 'at least '}${ids.length} times`
  return `${times} ${entity} (${ids.slice(0, IDS).join(', ')}${more}), ${code}: ${message.replaceAll(id, '…')}`
}

/** A list of Clerk's that moved too fast, or that counts more than it gives. */
function printIncomplete(incomplete: readonly ListedEntity[], output: Output): void {
  if (incomplete.length > 0) output.note(`not read whole: ${incomplete.join(', ')}; run it again.`)
}

export const jsonFailures = (failures: readonly Failure[]) =>
  failures.map(({ entity, id, error }) => ({ entity, id, code: error.code, message: error.message }))

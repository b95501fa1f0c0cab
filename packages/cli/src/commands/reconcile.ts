import { type Drift, reconcile as heal, type ReconcileResult } from '@clerk-sync/core/clerk-api'
import { loadApplication } from '../application/load-application.ts'
import { type Context, type MakeCommand, newCommand, withEnv, withJson, withModule } from '../command.ts'
import type { Outcome, Output } from '../output.ts'
import { jsonCounts, jsonFailures, printCounts } from '../runs/report.ts'
import { type RunFlags, runOptions, withRun } from '../runs/run-options.ts'
import { timeOf } from '../runs/time-of.ts'
import { wholeNumber } from '../whole-number.ts'

const EXAMPLES = [
  { command: 'clerk-sync reconcile --dry-run', what: 'shows what differs, and writes nothing' },
  { command: 'clerk-sync reconcile', what: 'mends it' },
  { command: 'clerk-sync reconcile --json', what: 'as a scheduled job' },
]

const DESCRIPTION =
  'Compares your tables with Clerk and mends them where deliveries never came: what is missing or stale is written, and ' +
  'what Clerk proves to be gone is deleted. An absence is believed after two proofs, half a minute apart. Safe beside ' +
  'deliveries, and on a schedule.'

interface Options extends RunFlags {
  readonly dryRun?: true
  readonly maxDeletes?: number
}

export const reconcileCommand: MakeCommand = (context, done) =>
  withJson(withEnv(withModule(withRun(newCommand('reconcile', DESCRIPTION, EXAMPLES)))))
    .option('--dry-run', 'show what differs, and write nothing; exit code 1 where something does')
    .option(
      '--max-deletes <n>',
      'delete nothing of a table where it would be more; default: 10, or a twentieth of its rows',
      wholeNumber('--max-deletes'),
    )
    .action(async (options: Options) => done(await reconcile(context, options)))

async function reconcile(context: Context, flags: Options): Promise<Outcome> {
  const { output } = context
  const { clerkSync } = await loadApplication(flags)
  const { options, end } = runOptions(flags, context)
  const { dryRun = false, maxDeletes } = flags
  const more = maxDeletes === undefined ? {} : { maxDeletes }
  const result = await heal(clerkSync, { ...options, ...more, dryRun }).finally(end)
  printDrift(result, output)
  if (!dryRun) printCounts(result, output)
  const { ok, counts, failures, requests, seconds, drift, drifts, tooManyDeletes } = result
  const sum = sumOf(drift)
  return {
    ok,
    dryRun,
    counts: jsonCounts(counts),
    drift: sum,
    driftByEntity: drift,
    drifts,
    failures: jsonFailures(failures),
    tooManyDeletes,
    requests,
    seconds,
  }
}

/** Of all tables together. */
function sumOf(drift: ReconcileResult['drift']): Record<string, number> {
  const sum: Record<string, number> = { missing: 0, stale: 0, undeleted: 0, revived: 0, orphaned: 0, pending: 0 }
  for (const counts of Object.values(drift)) {
    for (const [kind, n] of Object.entries(counts)) sum[kind] = (sum[kind] ?? 0) + n
  }
  return sum
}

/** How many are named one by one. */
const NAMED = 50

/** As a diff: what would be added, changed and taken away. Ids and columns, and no value. */
const MARKS = { missing: '+', revived: '+', stale: '~', undeleted: '-', orphaned: '-' } as const

function printDrift({ drifts, tooManyDeletes }: ReconcileResult, output: Output): void {
  if (drifts.length === 0) output.line('The tables equal what Clerk has.')
  for (const drift of drifts.slice(0, NAMED)) output.line(describeDrift(drift))
  if (drifts.length > NAMED) output.line(`… and ${drifts.length - NAMED} more; --json has all of them.`)
  for (const { entity, found, allowed } of tooManyDeletes) {
    output.note(
      `${entity}: ${found} would be deleted, and at most ${allowed} may be: none was. Where Clerk is right, say ` +
        `--max-deletes ${found}.`,
    )
  }
}

function describeDrift({ kind, entity, id, ageMs, pending, columns }: Drift): string {
  const which = columns && columns.length > 0 ? ` (${columns.join(', ')})` : ''
  const wait = pending ? ', its event may be on the way' : ''
  return `${MARKS[kind]} ${kind} ${entity} ${id}${which}, ${timeOf(ageMs / 1000)} old${wait}`
}

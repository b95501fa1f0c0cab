import { reconcile as heal } from '@clerk-sync/core/clerk-api'
import { loadApplication } from '../application/load-application.ts'
import { type Context, type MakeCommand, newCommand, withEnv, withJson, withModule } from '../command.ts'
import type { Outcome } from '../output.ts'
import { isWhole, printDrifts, sumOf } from '../runs/drifts.ts'
import { jsonCounts, jsonFailures, noteUnlinked, printCounts, printUncompared } from '../runs/report.ts'
import { type RunFlags, runOptions, withRun } from '../runs/run-options.ts'
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
  printDrifts(result.drifts, output)
  const { drifts, tooManyDeletes } = result
  if (drifts.length + tooManyDeletes.length === 0 && isWhole(result)) output.line('The tables equal what Clerk has.')
  if (drifts.some(({ kind }) => kind === 'unlinked')) {
    output.note("unlinked: a row without a Clerk id is that user's alone; clerk-sync backfill --link-by links it.")
  }
  for (const { entity, found, allowed } of tooManyDeletes) {
    output.note(
      `${entity}: ${found} would be deleted, and at most ${allowed} may be: none was. Where Clerk is right, say ` +
        `--max-deletes ${found}.`,
    )
  }
  const print = dryRun ? printUncompared : printCounts
  print(result, output)
  noteUnlinked(result, output)
  const { ok, counts, failures, incomplete, unlinkedRows, requests, seconds, drift } = result
  const sum = sumOf(drift)
  return {
    ok,
    dryRun,
    counts: jsonCounts(counts),
    drift: sum,
    driftByEntity: drift,
    drifts,
    failures: jsonFailures(failures),
    incomplete,
    tooManyDeletes,
    unlinkedRows,
    requests,
    seconds,
  }
}

import { backfill as fill, reconcile } from '@clerk-sync/core/clerk-api'
import { loadApplication } from '../application/load-application.ts'
import { type Context, type MakeCommand, newCommand, withEnv, withJson, withModule } from '../command.ts'
import { UsageError } from '../errors.ts'
import type { Outcome } from '../output.ts'
import { checkpointFile } from '../runs/checkpoint-file.ts'
import { isWhole, printDrifts, sumOf } from '../runs/drifts.ts'
import { jsonLinks, type LinkFlags, linkOf, printLinks, withLink } from '../runs/link-flags.ts'
import { jsonCounts, jsonFailures, noteUnlinked, printCounts, printUncompared } from '../runs/report.ts'
import { type RunFlags, runOptions, withRun } from '../runs/run-options.ts'

const EXAMPLES = [
  { command: 'clerk-sync backfill --dry-run', what: 'shows what it would write' },
  { command: 'clerk-sync backfill', what: 'all that Clerk has' },
  { command: 'clerk-sync backfill --checkpoint backfill.json', what: 'goes on where a run that was killed ended' },
  {
    command: 'clerk-sync backfill --link-by email --link-proven email_verified_at --dry-run',
    what: 'counts the rows from before Clerk that would get their Clerk ids',
  },
  { command: 'clerk-sync backfill --tables users --limit 50 --json', what: 'users alone, slowly, for a script' },
]

const DESCRIPTION =
  'Fills your tables with what Clerk has, all of them but sessions, which Clerk does not list. ' +
  'It may run beside deliveries, and twice: nothing newer is overwritten. It deletes nothing, and runs no hooks. ' +
  '"updated" are rows that this read is newer than, whether or not a value differs.\n\n' +
  'With --link-by it says, for each column, how many values of the rows that match are changed to what Clerk has, how many are ' +
  'kept, since Clerk has none, until an event or a backfill without --link-by writes that over them, and how many are lost, ' +
  'since Clerk has none: with overwrite of backfill() alone, which the command has not.'

interface Options extends RunFlags, LinkFlags {
  readonly checkpoint?: string
  readonly dryRun?: true
}

export const backfillCommand: MakeCommand = (context, done) =>
  withJson(withEnv(withModule(withLink(withRun(newCommand('backfill', DESCRIPTION, EXAMPLES))))))
    .option('--dry-run', 'show what the tables lack, and write nothing; exit code 1 where they lack something')
    .option('--checkpoint <file>', 'where to note how far it is; a run that finds the file goes on from there')
    .action(async (options: Options) => done(await backfill(context, options)))

async function backfill(context: Context, flags: Options): Promise<Outcome> {
  const link = linkOf(flags)
  if (flags.dryRun && flags.checkpoint !== undefined) {
    throw new UsageError('Give --dry-run or --checkpoint, not both: a dry run has nothing to go on from.')
  }
  if (flags.dryRun && !link) return preview(context, flags)
  const dryRun = flags.dryRun === true
  const { clerkSync } = await loadApplication(flags)
  const { options, end } = runOptions(flags, context)
  const checkpoint = flags.checkpoint === undefined ? {} : { checkpoint: checkpointFile(flags.checkpoint) }
  const result = await fill(clerkSync, { ...options, ...checkpoint, ...(link && { link, dryRun }) }).finally(end)
  if (result.resumed) context.output.note('It went on from the checkpoint.')
  if (result.link) printLinks(result.link, context.output)
  const print = dryRun ? printUncompared : printCounts
  print(result, context.output)
  if (!result.link) noteUnlinked(result, context.output)
  const { ok, resumed, counts, failures, incomplete, unlinkedRows, requests, seconds } = result
  return {
    ok,
    counts: jsonCounts(counts),
    failures: jsonFailures(failures),
    incomplete,
    unlinkedRows,
    requests,
    seconds,
    resumed,
    ...(result.link && { link: jsonLinks(result.link) }),
  }
}

/** What a backfill changes is what a reconcile finds missing, stale or wrongly deleted. */
async function preview(context: Context, flags: Options): Promise<Outcome> {
  const { clerkSync } = await loadApplication(flags)
  const { options, end } = runOptions(flags, context)
  // Of what is gone in Clerk nothing is said, so no proof of it is waited for.
  const result = await reconcile(clerkSync, { ...options, dryRun: true, settleMs: 0 }).finally(end)
  const drifts = result.drifts.filter(({ kind }) => kind === 'missing' || kind === 'stale' || kind === 'revived')
  printDrifts(drifts, context.output)
  const ok = drifts.length === 0 && isWhole(result)
  if (ok) context.output.line('The tables lack nothing that Clerk has.')
  printUncompared(result, context.output)
  noteUnlinked(result, context.output)
  const { counts, drift, failures, incomplete, unlinkedRows, requests, seconds } = result
  return {
    ok,
    dryRun: true,
    counts: jsonCounts(counts),
    drift: sumOf(drift),
    drifts,
    failures: jsonFailures(failures),
    incomplete,
    unlinkedRows,
    requests,
    seconds,
  }
}

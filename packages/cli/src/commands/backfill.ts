import { backfill as fill } from '@clerk-sync/core/clerk-api'
import { loadApplication } from '../application/load-application.ts'
import { type Context, type MakeCommand, newCommand, withEnv, withJson, withModule } from '../command.ts'
import type { Outcome } from '../output.ts'
import { checkpointFile } from '../runs/checkpoint-file.ts'
import { jsonCounts, jsonFailures, printCounts } from '../runs/report.ts'
import { type RunFlags, runOptions, withRun } from '../runs/run-options.ts'

const EXAMPLES = [
  { command: 'clerk-sync backfill', what: 'all that Clerk has' },
  { command: 'clerk-sync backfill --checkpoint backfill.json', what: 'goes on where a run that was killed ended' },
  { command: 'clerk-sync backfill --tables users --limit 50 --json', what: 'users alone, slowly, for a script' },
]

const DESCRIPTION =
  'Fills your tables with what Clerk has: users, organizations, memberships, invitations and domains, whichever have a ' +
  'table. It may run beside deliveries, and twice: nothing newer is overwritten. It deletes nothing, and runs no hooks.'

interface Options extends RunFlags {
  readonly checkpoint?: string
}

export const backfillCommand: MakeCommand = (context, done) =>
  withJson(withEnv(withModule(withRun(newCommand('backfill', DESCRIPTION, EXAMPLES)))))
    .option('--checkpoint <file>', 'where to note how far it is; a run that finds the file goes on from there')
    .action(async (options: Options) => done(await backfill(context, options)))

async function backfill(context: Context, flags: Options): Promise<Outcome> {
  const { clerkSync } = await loadApplication(flags)
  const { options, end } = runOptions(flags, context)
  const checkpoint = flags.checkpoint === undefined ? {} : { checkpoint: checkpointFile(flags.checkpoint) }
  const result = await fill(clerkSync, { ...options, ...checkpoint }).finally(end)
  if (result.resumed) context.output.note('It went on from the checkpoint.')
  printCounts(result, context.output)
  const { ok, resumed, counts, failures, requests, seconds } = result
  return { ok, counts: jsonCounts(counts), failures: jsonFailures(failures), requests, seconds, resumed }
}

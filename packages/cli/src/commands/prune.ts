import type { PruneResult } from '@clerk-sync/core'
import { Option } from 'commander'
import { loadApplication, type ModuleOptions } from '../application/load-application.ts'
import { type Context, type MakeCommand, newCommand, withEnv, withJson, withModule } from '../command.ts'
import { UsageError } from '../errors.ts'
import type { Outcome, Output } from '../output.ts'
import { LINE_EVERY_MS } from '../runs/progress.ts'
import { ENTITIES } from '../runs/run-options.ts'

const EXAMPLES = [
  { command: 'clerk-sync prune', what: 'what is older than 100 days' },
  { command: 'clerk-sync prune --dry-run', what: 'counts it' },
  { command: 'clerk-sync prune --deleted-rows users', what: 'deleted rows of the users table as well' },
  { command: 'clerk-sync prune --older-than 30d --force', what: 'where you never resend an old message' },
]

const DESCRIPTION =
  'Removes what is of no use any more: messages of the ledger, dead letters, and the tombstones in the table of versions. ' +
  'Keep at least the 90 days for which a message can be sent again: one that the ledger has forgotten runs its hook again, ' +
  'and one about a user whose tombstone is gone brings the user back.'

interface Options extends ModuleOptions {
  readonly olderThan: number
  readonly deletedRows?: readonly string[]
  readonly force?: true
  readonly dryRun?: true
}

const UNITS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000 }

export const pruneCommand: MakeCommand = (context, done) =>
  withJson(withEnv(withModule(newCommand('prune', DESCRIPTION, EXAMPLES))))
    .option('--older-than <age>', 'an age: 100d, 36h or 90m', ageOf, ageOf('100d'))
    .addOption(
      new Option(
        '--deleted-rows <tables...>',
        'rows of these tables that a delete has erased or kept go as well, and what their foreign keys say; not erased ' +
          'rows whose versions are beside their table',
      ).choices(Object.keys(ENTITIES)),
    )
    .option('--force', 'also what is younger than 90 days')
    .option('--dry-run', 'count what would go, and remove nothing')
    .action(async (options: Options) => done(await prune(context, options)))

/** In ms. */
function ageOf(text: string): number {
  const [, n, unit = ''] = /^(\d+)([dhm])$/.exec(text) ?? []
  const unitMs = UNITS[unit]
  if (unitMs !== undefined) return Number(n) * unitMs
  throw new UsageError(`--older-than takes an age, such as 100d, 36h or 90m, and not ${text}.`)
}

async function prune({ output, signal }: Context, { olderThan, deletedRows, ...options }: Options): Promise<Outcome> {
  const { force, dryRun = false } = options
  const { clerkSync } = await loadApplication(options)
  const { failures, ...counts } = await clerkSync.prune({
    olderThan: new Date(Date.now() - olderThan),
    deletedRows: deletedRows?.flatMap((table) => ENTITIES[table] ?? []),
    force,
    dryRun,
    signal,
    onProgress: progressLines(output, dryRun),
  })
  for (const line of linesOf(counts)) output.line(`${line} ${dryRun ? 'would be removed' : 'removed'}`)
  for (const { table, rows, error } of failures) {
    output.note(`not removed: ${rows} deleted rows of ${table}: ${error.message}`)
  }
  return {
    ok: failures.length === 0,
    ...counts,
    failures: failures.map(({ error, ...rest }) => ({ ...rest, code: error.code, message: error.message })),
  }
}

function linesOf({ events, deadLetters, tombstones }: Omit<PruneResult, 'failures'>): readonly string[] {
  return [
    `${events} messages of the ledger`,
    `${deadLetters} dead letters`,
    ...Object.entries(tombstones).map(([entity, count]) => `${count} tombstones of ${entity}`),
  ]
}

/** A line now and then: how many there will be, nobody knows. */
function progressLines(output: Output, dryRun: boolean): (result: PruneResult) => void {
  let last = performance.now()
  return (result) => {
    if (performance.now() - last < LINE_EVERY_MS) return
    last = performance.now()
    output.note(`${linesOf(result).join(', ')} ${dryRun ? 'counted' : 'removed'} until now`)
  }
}

import { loadApplication, type ModuleOptions } from '../application/load-application.ts'
import { type Context, type MakeCommand, newCommand, withEnv, withJson, withModule } from '../command.ts'
import { UsageError } from '../errors.ts'
import type { Outcome } from '../output.ts'

const EXAMPLES = [
  { command: 'clerk-sync prune', what: 'what is older than 100 days' },
  { command: 'clerk-sync prune --older-than 30d --force', what: 'where you never resend an old message' },
]

const DESCRIPTION =
  'Removes what was processed long ago from the ledger, and old dead letters. Keep at least the 90 days for which a ' +
  'message can be sent again: one that the ledger has forgotten runs its hook again.'

interface Options extends ModuleOptions {
  readonly olderThan: number
  readonly force?: true
  readonly dryRun?: true
}

const UNITS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000 }

export const pruneCommand: MakeCommand = (context, done) =>
  withJson(withEnv(withModule(newCommand('prune', DESCRIPTION, EXAMPLES))))
    .option('--older-than <age>', 'an age: 100d, 36h or 90m', ageOf, ageOf('100d'))
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

async function prune({ output, signal }: Context, { olderThan, force, dryRun, ...options }: Options): Promise<Outcome> {
  const { clerkSync } = await loadApplication(options)
  const before = new Date(Date.now() - olderThan)
  const { events, deadLetters } = await clerkSync.prune({ olderThan: before, force, dryRun, signal })
  output.line(
    `${dryRun ? 'Would remove' : 'Removed'} ${events} events from the ledger, and ${deadLetters} dead letters.`,
  )
  return { ok: true, events, deadLetters }
}

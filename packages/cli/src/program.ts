import { Command } from 'commander'
import type { Context } from './command.ts'
import { backfillCommand } from './commands/backfill.ts'
import { devCommand } from './commands/dev.ts'
import { doctorCommand } from './commands/doctor.ts'
import { initCommand } from './commands/init.ts'
import { pruneCommand } from './commands/prune.ts'
import { reconcileCommand } from './commands/reconcile.ts'
import { replayCommand } from './commands/replay.ts'
import { restoreCommand } from './commands/restore.ts'
import { triggerCommand } from './commands/trigger.ts'
import { version } from './manifest.ts'
import type { Outcome } from './output.ts'

const AFTER = `
Exit codes: 0 done; 1 something could not be done or is wrong; 2 wrong usage or configuration; 130 interrupted.
Settings come from the environment and from the .env files of your framework. No secret is ever printed.`

/** In the order in which a new user needs them. */
const COMMANDS = [
  initCommand,
  backfillCommand,
  doctorCommand,
  devCommand,
  reconcileCommand,
  triggerCommand,
  replayCommand,
  restoreCommand,
  pruneCommand,
]

/** @param done - gets what a command has done */
export function createProgram(context: Context, done: (outcome: Outcome) => void): Command {
  const program = new Command('clerk-sync')
    .description(
      'Sets up the sync of your own tables with Clerk, fills and mends them, tries the route, and says what is wrong.',
    )
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', "print a command's help")
    .addHelpText('after', AFTER)
    .exitOverride()
    .showHelpAfterError('Try clerk-sync --help.')
    .configureOutput({
      writeOut: (text) => context.output.line(text.trimEnd()),
      writeErr: (text) => context.output.note(text.trimEnd()),
    })
  for (const make of COMMANDS) {
    const command = make(context, done)
    program.addCommand(
      command.copyInheritedSettings(program).showHelpAfterError(`Try clerk-sync ${command.name()} --help.`),
    )
  }
  return program
}

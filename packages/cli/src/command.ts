import { Command } from 'commander'
import type { Outcome, Output } from './output.ts'

/** What every command has. */
export interface Context {
  readonly output: Output
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
}

/** Makes a command; `done` gets what it has done. */
export type MakeCommand = (context: Context, done: (outcome: Outcome) => void) => Command

export interface Example {
  readonly what: string
  readonly command: string
}

/** A command with the options that all have, and a help that ends with examples. */
export function newCommand(name: string, description: string, examples: readonly Example[]): Command {
  const width = Math.max(...examples.map(({ command }) => command.length))
  const lines = examples.map(({ what, command }) => `  ${command.padEnd(width)}  ${what}`)
  return new Command(name)
    .description(description)
    .summary(/^.*?(?=[.:] )/.exec(description)?.[0] ?? description)
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', `\nExamples:\n${lines.join('\n')}`)
}

export const withJson = (command: Command) =>
  command.option(
    '--json',
    'print one JSON object, on the last line of standard output; everything else goes to standard error',
  )

/** For commands that read settings of the application. */
// Not --env-file: Node takes that for itself, wherever it stands.
export const withEnv = (command: Command) =>
  command.option('--env <file>', "read this file instead of your framework's own .env files; may be repeated", collect)

/** For commands that use the application's own clerkSync. */
export const withModule = (command: Command) =>
  command.option(
    '--module <file>',
    'the module of yours that exports clerkSync; default: CLERK_SYNC_MODULE, or where clerk-sync init puts it',
  )

export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}

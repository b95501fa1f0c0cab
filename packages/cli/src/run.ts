import { CommanderError } from 'commander'
import { codeOf, describeError, EXIT, exitCodeOf } from './errors.ts'
import { onInterruption } from './interruption.ts'
import { Output } from './output.ts'
import { createProgram } from './program.ts'

/** Runs the command and ends the process, whatever the application's module has left open. */
export async function run(args: readonly string[]): Promise<never> {
  const output = new Output(args.includes('--json'))
  const interruption = onInterruption((text) => output.note(text))
  // A prompt whose input has ended is never answered.
  process.once('beforeExit', () => process.exit(EXIT.interrupted))
  const name = args.find((argument) => !argument.startsWith('-')) ?? ''
  // What the application's module does beside the command. Node would print it whole, and no JSON.
  for (const outside of ['unhandledRejection', 'uncaughtException']) {
    process.on(outside, (error: unknown) => {
      fail(error, name, output, interruption.signal)
      process.exit(interruption.exitCode ?? EXIT.failed)
    })
  }
  let code: number = EXIT.done
  try {
    const program = createProgram({ output, signal: interruption.signal }, (outcome) => {
      code = outcome.ok ? EXIT.done : EXIT.failed
      const interrupted = interruption.signal.aborted ? { ok: false, interrupted: true } : {}
      output.result(name, { ...outcome, ...interrupted })
    })
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    code = fail(error, name, output, interruption.signal)
  }
  process.exit(interruption.exitCode ?? code)
}

function fail(error: unknown, name: string, output: Output, signal: AbortSignal): number {
  // Commander has printed its message, or the help, by itself.
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.done
    output.result(name, { ok: false, error: { code: 'usage', message: error.message.replace(/^error: /, '') } })
    return EXIT.usage
  }
  if (signal.aborted) {
    output.result(name, { ok: false, interrupted: true })
    return EXIT.interrupted
  }
  const message = describeError(error)
  output.note(`error: ${message}`)
  output.result(name, { ok: false, error: { code: codeOf(error), message } })
  return exitCodeOf(error)
}

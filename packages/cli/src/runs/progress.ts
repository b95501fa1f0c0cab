import type { Progress } from '@clerk-sync/core/clerk-api'
import type { Output } from '../output.ts'
import { timeOf } from './time-of.ts'

/** A line at most so often where there is no terminal, in ms. */
export const LINE_EVERY_MS = 5000
const BAR_WIDTH = 24
const DEFAULT_WIDTH = 80
/** Back to the start of the line, which is then cleared. */
const CLEAR_LINE = '\r\u001b[2K'

const STEPS = { match: 'matched', list: 'read', scan: 'compared' } as const

export interface ProgressView {
  add(progress: Progress): void
  /** Leaves the terminal as it was. */
  end(): void
}

/** A bar on a terminal, and plain lines elsewhere. */
export function showProgress(output: Output): ProgressView {
  return output.interactive ? bar() : lines(output)
}

function lines(output: Output): ProgressView {
  let last = performance.now()
  const add = (progress: Progress) => {
    if (performance.now() - last < LINE_EVERY_MS) return
    last = performance.now()
    output.note(describeProgress(progress))
  }
  return { add, end: () => {} }
}

/** One line. Not the bar of @clack/prompts, which takes Ctrl-C for itself and ends the process with code 0. */
function bar(): ProgressView {
  const add = (progress: Progress) => {
    const full = Math.round((progress.share ?? 0) * BAR_WIDTH)
    const line = `${'█'.repeat(full)}${'░'.repeat(BAR_WIDTH - full)} ${describeProgress(progress)}`
    // A line that wraps could not be cleared.
    process.stderr.write(CLEAR_LINE + line.slice(0, (process.stderr.columns ?? DEFAULT_WIDTH) - 1))
  }
  return { add, end: () => void process.stderr.write(CLEAR_LINE) }
}

function describeProgress({ step, entity, done, total, perSecond, secondsLeft, requests }: Progress): string {
  // It counts milliseconds of Clerk's clock.
  if (step === 'settle') return `waiting until absences may be believed, ${timeOf(((total ?? 0) - done) / 1000)} left`
  const left = secondsLeft === null ? '' : `, ${timeOf(secondsLeft)} left`
  const rate = `${Math.round(perSecond)} a second`
  const part = total === null ? '' : ` of ${total}`
  return `${entity}: ${done}${part} ${STEPS[step]}, ${rate}${left}, ${requests} requests`
}

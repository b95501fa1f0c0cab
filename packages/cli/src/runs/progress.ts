import { progress as progressBar } from '@clack/prompts'
import type { Progress } from '@clerk-sync/core/clerk-api'
import type { Output } from '../output.ts'
import { timeOf } from './time-of.ts'

/** A line at most so often where there is no terminal, in ms. */
const LINE_EVERY_MS = 5000
const BAR_SIZE = 100

const STEPS = { list: "reading Clerk's", scan: 'comparing' } as const

/** A bar on a terminal, and plain lines elsewhere. */
export function showProgress(output: Output): { add(progress: Progress): void; end(): void } {
  return output.interactive ? bar() : lines(output)
}

function lines(output: Output) {
  let last = performance.now()
  const add = (progress: Progress) => {
    if (performance.now() - last < LINE_EVERY_MS) return
    last = performance.now()
    output.note(describeProgress(progress))
  }
  return { add, end: () => {} }
}

function bar() {
  const shown = progressBar({ max: BAR_SIZE, style: 'block' })
  let at = 0
  let begun = false
  return {
    add(progress: Progress) {
      const text = describeProgress(progress)
      if (!begun) shown.start(text)
      begun = true
      const share = Math.floor((progress.share ?? 0) * BAR_SIZE)
      shown.advance(Math.max(0, share - at), text)
      at = Math.max(at, share)
    },
    end() {
      if (begun) shown.clear()
    },
  }
}

function describeProgress({ step, entity, done, total, perSecond, secondsLeft, requests }: Progress): string {
  // It counts milliseconds of Clerk's clock.
  if (step === 'settle') return `waiting until absences may be believed, ${timeOf(((total ?? 0) - done) / 1000)} left`
  const left = secondsLeft === null ? '' : `, ${timeOf(secondsLeft)} left`
  const rate = `${Math.round(perSecond)} a second`
  return `${STEPS[step]} ${entity} ${done}${total === null ? '' : ` of ${total}`}, ${rate}${left}, ${requests} requests`
}

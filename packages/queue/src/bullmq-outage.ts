import type { Worker } from 'bullmq'
import { isOutage, isRefusal, reasonOf } from './redis-errors.ts'

const SAY_AGAIN_MS = 60_000
const FIRST_REST_MS = 100
const LONGEST_REST_MS = 10_000

/**
 * What a worker does where Redis is away, or refuses what it asks: it says so once, rests where it was refused, and closes
 * without it.
 *
 * @param storing - what its jobs wait for at the moment
 */
export function outlastOutages(worker: Worker, storing: ReadonlySet<Promise<unknown>>): void {
  const rest = restsOf(worker)
  const log = logOf(worker)
  worker.on('error', (error) => {
    if (isRefusal(error)) rest.begin()
    // The application has a listener of its own.
    if (worker.listenerCount('error') === 1) log(error)
  })

  let isReady = () => false
  worker.getBackend().client.then(
    (client) => {
      isReady = () => client.status === 'ready'
    },
    // It was closed before.
    () => {},
  )
  const { close, pause } = { close: worker.close.bind(worker), pause: worker.pause.bind(worker) }
  // The application's own pause is no rest, and is not ended. BullMQ's waits for nothing where the worker rests already.
  worker.pause = async (doNotWaitActive) => {
    rest.end()
    await pause(doNotWaitActive)
    if (!doNotWaitActive) await Promise.allSettled(storing)
  }
  // BullMQ's own waits for a Redis that is away until it is back. What was stored and not acknowledged comes again.
  worker.close = async (force = false) => {
    await worker.pause(true)
    if (!force) await Promise.allSettled(storing)
    await close(force || !isReady())
  }
}

/** BullMQ asks for the next job at once and without end where Redis refuses it, which takes most of a processor. */
function restsOf(worker: Worker) {
  const pause = worker.pause.bind(worker)
  let length = FIRST_REST_MS / 2
  let timer: NodeJS.Timeout | undefined
  // Something else is refused than what it lives by.
  worker.on('completed', () => {
    length = FIRST_REST_MS / 2
  })
  return {
    begin(): void {
      // One that nobody has started would be started by the end of its rest.
      if (worker.isPaused() || !worker.isRunning()) return
      length = Math.min(length * 2, LONGEST_REST_MS)
      clearTimeout(timer)
      void pause(true)
      timer = setTimeout(() => void worker.resume(), length)
    },
    end: () => clearTimeout(timer),
  }
}

/** BullMQ tells an outage at each attempt to connect, of each of its two connections, and without a pause what Redis refuses. */
function logOf(worker: Worker): (error: Error) => void {
  let isAway = false
  let last = { line: '', at: 0 }
  worker.getBackend().on('ready', () => {
    isAway = false
  })
  return (error) => {
    const isOut = isOutage(error)
    const what = isOut ? ' has no Redis, and tries again' : ''
    const line = `clerk-sync: the worker of ${worker.name}${what}: ${reasonOf(error)}`
    const isKnown = isOut ? isAway : line === last.line && Date.now() - last.at < SAY_AGAIN_MS
    isAway = isOut
    if (isKnown) return
    last = { line, at: Date.now() }
    console.error(line)
  }
}

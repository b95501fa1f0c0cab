import { appendFileSync } from 'node:fs'
import type { FaultProxy } from './fault-proxy.ts'
import type { FaultRule } from './rules.ts'

/** An application behind a proxy, as the run sees it. */
export interface FaultedApplication {
  readonly driver: string
  readonly proxy: FaultProxy
  /**
   * Sends a delivery of its own user for each number, and the same for the same: an outcome, or a status and a code.
   * A hook, where it runs, writes one row.
   */
  deliver(number: number, hooked: boolean): Promise<string>
  /** Past the proxy. */
  count(table: 'users' | 'welcomes'): Promise<number>
  /** Restarts the database server, as after a crash, where the run has one of its own. */
  restart?(): Promise<void>
  /** The statement that commits; `commit` by default. */
  readonly commit?: RegExp | undefined
  /** How many statements a delivery with a hook has; 6 by default. */
  readonly statements?: number | undefined
}

export interface FaultFigures {
  readonly driver: string
  /** Deliveries; each met one fault. */
  readonly faults: number
  /** Of these, faults at the commit. */
  readonly atCommit: number
  /** Answered with a failure, and sent again until they were acknowledged. */
  readonly refused: number
  /** Not answered while the network was silent: the wait of the run was over, and it cut the connection. */
  readonly unanswered: number
  /** How often the server was restarted under deliveries. */
  readonly restarts: number
  /** The longest that a delivery waited for its answer, in ms: in the outage, its own time limit. */
  readonly answeredMs: number
  /** The longest between the database's return, after an outage or a restart, and the last acknowledgement, in ms. */
  readonly recoveredMs: number
  readonly lost: number
  readonly doubled: number
}

const FAULTS = ['cut', 'reset', 'truncate', 'silence'] as const
/** `begin`, claim, row, the hook's row, the last look at the claim, `commit`; a new connection has more of them. */
const STATEMENTS = 6
const COMMIT = /^commit/i
const SILENCE_MS = 250
const MOST_ATTEMPTS = 50
/** Deliveries that an outage, or a restart, meets at once: more than the pool has connections. */
const AT_ONCE = 8
const RESTARTS = 3
const RETRY_MS = 100

/** How many deliveries a run has: few in every test, many by the environment. */
export const faultsOfRun = () => Number(process.env.CLERK_SYNC_FAULTS ?? 24)

/** A hook runs for three in four. */
const isHookedAt = (number: number) => number % 4 !== 3

/**
 * One fault for each delivery: every kind, before and after every statement, and each sixth at the commit. Then an
 * outage, in which the network swallows everything until each delivery has its answer, and restarts of the server.
 */
export async function runFaults(application: FaultedApplication, deliveries = faultsOfRun()): Promise<FaultFigures> {
  const { driver, proxy, count, commit = COMMIT, statements = STATEMENTS } = application
  let [atCommit, faults, refused, unanswered, answeredMs] = [0, 0, 0, 0, 0]
  const deliver = async (number: number, isHooked = isHookedAt(number)): Promise<string> => {
    const sentAt = performance.now()
    const answer = await application.deliver(number, isHooked)
    answeredMs = Math.max(answeredMs, performance.now() - sentAt)
    return answer
  }
  for (let number = 0; number < deliveries; number++) {
    const isHooked = isHookedAt(number)
    const isAtCommit = isHooked && number % 6 === 0
    const injected = proxy.rule(faultOf(number, isAtCommit ? commit : undefined, isHooked ? statements : 1))
    let isOver = false
    const first = deliver(number, isHooked).finally(() => {
      isOver = true
    })
    if (!(await answered(first, () => isOver || proxy.silent() > 0))) {
      unanswered++
      await proxy.cutAll()
    }
    let answer = await first
    injected.remove()
    for (let attempt = 0; isFailure(answer); attempt++) {
      if (attempt === MOST_ATTEMPTS) throw new Error(`${driver}: delivery ${number} is refused for ever: ${answer}`)
      if (attempt === 0) refused++
      answer = await deliver(number, isHooked)
    }
    faults += injected.hits()
    if (isAtCommit) atCommit += injected.hits()
  }
  let total = deliveries
  let recoveredMs = 0
  /** Deliveries that an outage meets, each sent again, as Svix would, until it is acknowledged. */
  const outlast = async (outage: (inFlight: Promise<unknown>) => Promise<unknown>): Promise<void> => {
    const numbers = Array.from({ length: AT_ONCE }, () => total++)
    const first = Promise.all(numbers.map((number) => deliver(number)))
    await outage(first)
    const backAt = performance.now()
    const untilAcknowledged = async (number: number) => {
      while (isFailure(await deliver(number))) await pause(RETRY_MS)
    }
    await Promise.all([first, ...numbers.map(untilAcknowledged)])
    recoveredMs = Math.max(recoveredMs, performance.now() - backAt)
  }
  const silence = proxy.rule({ at: /(?:)/, do: 'silence', when: 'before', times: Number.POSITIVE_INFINITY })
  await outlast((inFlight) => inFlight.finally(silence.remove))
  // Log-ins that the outage swallowed have a limit as well; the pool could not be closed before.
  await proxy.cutAll()
  const restarts = application.restart ? RESTARTS : 0
  for (let restart = 0; restart < restarts; restart++) await outlast(async () => application.restart?.())

  const hooked = Array.from({ length: total }, (_, number) => number).filter(isHookedAt).length
  const [users, welcomes] = [await count('users'), await count('welcomes')]
  const figures: FaultFigures = {
    driver,
    faults,
    atCommit,
    refused,
    unanswered,
    restarts,
    answeredMs: Math.round(answeredMs),
    recoveredMs: Math.round(recoveredMs),
    lost: total - users + Math.max(0, hooked - welcomes),
    doubled: Math.max(0, welcomes - hooked),
  }
  const file = process.env.CLERK_SYNC_FAULTS_FILE
  if (file) appendFileSync(file, `${JSON.stringify(figures)}\n`)
  return figures
}

function faultOf(number: number, commit: RegExp | undefined, statements: number): FaultRule {
  // Each of them changes at a pace of its own, so that every pair comes to be.
  const kind = FAULTS[Math.floor(number / 2) % FAULTS.length] ?? 'cut'
  const when = Math.floor(number / (2 * FAULTS.length)) % 2 === number % 2 ? 'before' : 'after'
  if (commit) return { at: commit, do: kind, when }
  return { at: /(?:)/, do: kind, when, skip: Math.floor(number / 3) % statements }
}

/** A status is sent again; an outcome has none. */
const isFailure = (answer: string) => /^\d{3} /.test(answer)

/** False where the network has been silent for as long as the run waits. */
async function answered(answer: Promise<string>, isOverOrSilent: () => boolean): Promise<boolean> {
  while (!isOverOrSilent()) await Promise.race([answer, pause(10)])
  return Promise.race([answer.then(() => true), pause(SILENCE_MS).then(() => false)])
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

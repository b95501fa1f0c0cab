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
  readonly lost: number
  readonly doubled: number
}

const FAULTS = ['cut', 'reset', 'truncate', 'silence'] as const
/** `begin`, claim, row, the hook's row, the last look at the claim, `commit`; a new connection has more of them. */
const STATEMENTS = 6
const SILENCE_MS = 250
const MOST_ATTEMPTS = 50

/** How many deliveries a run has: few in every test, many by the environment. */
export const faultsOfRun = () => Number(process.env.CLERK_SYNC_FAULTS ?? 24)

/** One fault for each delivery: every kind, before and after every statement, and each sixth at the commit. */
export async function runFaults(application: FaultedApplication, deliveries = faultsOfRun()): Promise<FaultFigures> {
  const { driver, proxy, deliver, count } = application
  let [hooked, atCommit, faults, refused, unanswered] = [0, 0, 0, 0, 0]
  for (let number = 0; number < deliveries; number++) {
    const isHooked = number % 4 !== 3
    const isAtCommit = isHooked && number % 6 === 0
    const injected = proxy.rule(faultOf(number, isHooked, isAtCommit))
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
    if (isHooked) hooked++
    if (isAtCommit) atCommit += injected.hits()
  }
  const [users, welcomes] = [await count('users'), await count('welcomes')]
  const figures: FaultFigures = {
    driver,
    faults,
    atCommit,
    refused,
    unanswered,
    lost: deliveries - users + Math.max(0, hooked - welcomes),
    doubled: Math.max(0, welcomes - hooked),
  }
  const file = process.env.CLERK_SYNC_FAULTS_FILE
  if (file) appendFileSync(file, `${JSON.stringify(figures)}\n`)
  return figures
}

function faultOf(number: number, isHooked: boolean, isAtCommit: boolean): FaultRule {
  // Each of them changes at a pace of its own, so that every pair comes to be.
  const kind = FAULTS[Math.floor(number / 2) % FAULTS.length] ?? 'cut'
  const when = Math.floor(number / (2 * FAULTS.length)) % 2 === number % 2 ? 'before' : 'after'
  if (isAtCommit) return { at: /^commit/i, do: kind, when }
  return { at: /(?:)/, do: kind, when, skip: isHooked ? Math.floor(number / 3) % STATEMENTS : 0 }
}

/** A status is sent again; an outcome has none. */
const isFailure = (answer: string) => /^\d{3} /.test(answer)

/** False where the network has been silent for as long as the run waits. */
async function answered(answer: Promise<string>, isOverOrSilent: () => boolean): Promise<boolean> {
  while (!isOverOrSilent()) await Promise.race([answer, pause(10)])
  return Promise.race([answer.then(() => true), pause(SILENCE_MS).then(() => false)])
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

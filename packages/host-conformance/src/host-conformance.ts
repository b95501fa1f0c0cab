import { casesFor } from './cases.ts'
import { checkHostOptions } from './check-options.ts'
import { CaseFailure } from './expect.ts'
import type { HostOptions } from './options.ts'
import { Session } from './session.ts'

const LONGEST_CASE_MS = 60_000
/** The case that ends a run. */
export const LAST = 'the users that were created are deleted'

/** Where tests go: `{ describe, it }` of vitest or jest as they are; of others, wrapped in a line. */
export interface Runner {
  describe(name: string, body: () => void): unknown
  it(name: string, body: () => Promise<void>, timeoutMs: number): unknown
}

/**
 * Registers the conformance cases for a host as tests: signed deliveries, valid and invalid, sent to a running server
 * as Svix sends them, each with the status and the body that are expected. The users are made up, and the last test
 * deletes them. A route with a queue may answer `queued` in the place of each outcome; rows are then waited for.
 *
 * @example
 * ```ts
 * import { hostConformance } from '@clerk-sync/host-conformance'
 * import { describe, it } from 'vitest'
 *
 * hostConformance({
 *   runner: { describe, it },
 *   url: 'http://localhost:3000/api/webhooks/clerk',
 *   secret: process.env['CLERK_WEBHOOK_SIGNING_SECRET'] ?? '',
 * })
 * ```
 * @throws Error for options that are not valid, and when the secret is not `whsec_` and base64.
 */
export function hostConformance(given: HostOptions & { readonly runner: Runner }): void {
  checkHostOptions('hostConformance', given)
  const { runner, ...options } = given
  const session = new Session(options)
  runner.describe('the webhook route', () => {
    for (const { name, run } of casesFor(session)) runner.it(name, () => run(session), LONGEST_CASE_MS)
    runner.it(LAST, () => session.leaveNothing(), LONGEST_CASE_MS)
  })
}

export interface CaseResult {
  readonly name: string
  /** What was wrong; undefined when nothing was. */
  readonly failure: string | undefined
  /** What usually causes it, which `failure` ends with; cases often have it in common. */
  readonly hint: string | undefined
  /**
   * Whether the route has a queue, and answers `queued`. What its worker has stored was looked at where there is `read`, for up
   * to 10 s.
   */
  readonly queued: boolean
  /** How many deliveries of the case the library refused, with a line in the server's log for each. */
  readonly refusals: number
  /** How many deliveries of the case went out and had no answer. The route may have stored them, or may yet. */
  readonly unanswered: number
}

/**
 * The same without a test runner. It ends early where nothing answers: two cases have failed then, and no other has run.
 *
 * @example
 * ```ts
 * import { checkHost } from '@clerk-sync/host-conformance'
 *
 * export async function works(url: string, secret: string): Promise<boolean> {
 *   const results = await checkHost({ url, secret })
 *   return results.every(({ failure }) => failure === undefined)
 * }
 * ```
 * @param report - called with each result, as soon as there is one
 * @throws Error for options that are not valid, and when the secret is not `whsec_` and base64.
 */
export async function checkHost(
  options: HostOptions,
  report: (result: CaseResult) => void = () => {},
): Promise<readonly CaseResult[]> {
  checkHostOptions('checkHost', options)
  const session = new Session(options)
  const results: CaseResult[] = []
  const check = async (name: string, run: () => Promise<unknown>) => {
    const before = { refusals: session.refusals, unanswered: session.unanswered }
    const outcome = await failureOf(run)
    const refusals = session.refusals - before.refusals
    const unanswered = session.unanswered - before.unanswered
    const result = { name, ...outcome, queued: session.hasQueue, refusals, unanswered }
    results.push(result)
    report(result)
  }
  for (const { name, run } of casesFor(session)) {
    await check(name, () => run(session))
    if (session.isSilent) return results
  }
  await check(LAST, () => session.leaveNothing())
  return results
}

async function failureOf(run: () => Promise<unknown>): Promise<Pick<CaseResult, 'failure' | 'hint'>> {
  try {
    await run()
    return { failure: undefined, hint: undefined }
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error)
    return { failure, hint: error instanceof CaseFailure ? error.hint : undefined }
  }
}

import { isDeepStrictEqual } from 'node:util'
import type { Answer, NoAnswer } from './send.ts'

const LONGEST_QUOTE = 200
const QUEUED = 'queued'

/** A case that failed. Its message is the symptom and, where the answer shows one, the cause. */
export class CaseFailure extends Error {
  readonly hint: string | undefined

  constructor(symptom: string, hint: string | undefined) {
    super(hint === undefined ? symptom : `${symptom} ${hint}`)
    this.hint = hint
  }
}

export function expectAnswer(answer: Answer, status: number, body: object): void {
  if (answer.status === status && isDeepStrictEqual(parsed(answer.body), body)) return
  throw unexpected(answer, `${status} ${JSON.stringify(body)}`)
}

/** A 200 with one of these outcomes, or with `queued`, where the outcome is its worker's; gives which. */
export function expectOutcome(answer: Answer, ...outcomes: readonly string[]): string {
  const outcome = outcomes.find((one) => hasOutcome(answer, one))
  if (outcome !== undefined) return outcome
  if (isQueued(answer)) return QUEUED
  const expected = outcomes.map((one) => JSON.stringify({ outcome: one })).join(' or ')
  throw unexpected(answer, `200 ${expected}`)
}

/** What a route answers that has a queue behind it. */
export const isQueued = (answer: Answer) => hasOutcome(answer, QUEUED)

/** What the library answers where it refuses. */
export function isRefusal({ status, body }: Answer): boolean {
  return status >= 400 && typeof Reflect.get(Object(parsed(body)), 'code') === 'string'
}

function hasOutcome({ status, body }: Answer, outcome: string): boolean {
  return status === 200 && isDeepStrictEqual(parsed(body), { outcome })
}

/** An answer of the host itself, which did not reach the library: its body may be anything. */
export function expectStatus(answer: Answer, ...statuses: readonly number[]): void {
  if (statuses.includes(answer.status)) return
  throw unexpected(answer, statuses.join(' or '))
}

export function expectThat(condition: boolean, symptom: string): void {
  if (!condition) throw new Error(symptom)
}

function unexpected(answer: Answer, expected: string): CaseFailure {
  return new CaseFailure(`${found(answer)}, and ${expected} was expected.`, hintFor(answer))
}

function found({ status, body }: Answer): string {
  // What a redirect says is where it leads, which the hint says once for all cases.
  if (status >= 300 && status < 400) return `The answer was ${status}`
  const text = body.length > LONGEST_QUOTE ? `${body.slice(0, LONGEST_QUOTE)}… (${body.length} characters)` : body
  return `The answer was ${status} ${text || '(no body)'}`
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/** Of a host that has not answered anything yet, not even with an error. */
export function silence({ message }: NoAnswer): CaseFailure {
  return new CaseFailure(
    message,
    'Nothing answers, not even with an error: the deliveries may not reach the route. See that the server runs, on this ' +
      'port, and what is in front of it, a proxy or a middleware. With Next.js, `next start -H 127.0.0.1` and ' +
      'clerkMiddleware loop: leave -H out.',
  )
}

/** What the usual wrong answers mean. */
function hintFor({ status, body, location }: Answer): string | undefined {
  if (status >= 300 && status < 400) {
    // A slash, www or https is a matter of the URL: what asks the sender to sign in does not redirect for good.
    const fix =
      status === 301 || status === 308
        ? 'Use that URL, as it is, for the endpoint.'
        : 'Make the route public in the auth middleware, and use its final URL.'
    // A sign-in page's query may be another one for each request.
    return `It redirects to ${location?.replace(/[?#].*/s, '')}, and Svix follows no redirect. ${fix}`
  }
  // The library never answers these, whatever the body says.
  if (status === 401 || status === 403) {
    return 'An auth middleware runs before the route: make it public. The signature is its authentication.'
  }
  if (body.includes('signature_mismatch')) {
    return "Either the secret is not this endpoint's, or something on the way changes the body."
  }
  if (body.includes('raw_body_unavailable')) return "A body parser runs first: the server's log names the fix."
  if (body.includes('config_invalid') || body.includes('"code"')) return "The server's log says why."
  if (body.includes('ignored')) return 'The users table was not passed to the adapter.'
  if (status === 404) {
    return "Check the path. If it is right, an auth middleware hides the route, as Clerk's auth.protect() does: make the route public."
  }
  if (status === 405 && parsed(body) === undefined) {
    return "The framework's router answers this method itself, as Next.js does: say so with capabilities: { get: 'host' }."
  }
  if (status === 200 && parsed(body) === undefined) {
    return 'Something else than the library answers, a page say, and Svix counts that as delivered: the event would be lost. Check the path, and what is in front of it.'
  }
  if (status === 502 || status === 504) {
    return 'What is in front of the application had no answer from it: see that it runs, on the port that is asked.'
  }
  return undefined
}

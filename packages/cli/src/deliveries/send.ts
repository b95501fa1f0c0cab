import { CommandError } from '../errors.ts'
import type { Endpoint } from './settings.ts'

/** Svix takes a delivery for failed that has no answer by then, in ms. */
const LONGEST_ANSWER_MS = 15_000

/** One signed attempt to deliver a message. */
export interface Attempt {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface Answer {
  readonly status: number
  readonly text: string
  /** Where a redirect leads. */
  readonly location: string | undefined
  readonly type: string
  readonly ms: number
}

/**
 * Sends as Svix does: follows no redirect, and gives up after 15 s.
 *
 * @param signal - gives up at once
 * @throws CommandError when there is no answer
 */
export async function send(
  { headers, body }: Attempt,
  { url }: Pick<Endpoint, 'url'>,
  signal?: AbortSignal,
): Promise<Answer> {
  const from = performance.now()
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'clerk-sync', ...headers },
      body,
      redirect: 'manual',
      signal: AbortSignal.any([...(signal ? [signal] : []), AbortSignal.timeout(LONGEST_ANSWER_MS)]),
    })
    const text = await response.text()
    const location = response.headers.get('location') ?? undefined
    const type = response.headers.get('content-type') ?? ''
    return { status: response.status, text, location, type, ms: Math.round(performance.now() - from) }
  } catch (cause) {
    signal?.throwIfAborted()
    const late = cause instanceof Error && cause.name === 'TimeoutError'
    const why = late ? `did not answer within ${LONGEST_ANSWER_MS / 1000} s` : 'does not answer'
    throw new CommandError(
      `${shown(url)} ${why}. See that the server runs, and that the address and the port are right: name another with --url.`,
      { cause },
    )
  }
}

/** For messages, which end in logs: a query may hold a secret, such as one that opens a protected deployment. */
export const shown = ({ origin, pathname }: URL) => `${origin}${pathname}`

/** The outcome or the code of the library's answer; undefined for the answer of something else. */
export function saidBy({ text }: Answer): string | undefined {
  try {
    const answer: unknown = JSON.parse(text)
    const said: unknown = Reflect.get(Object(answer), 'outcome') ?? Reflect.get(Object(answer), 'code')
    return typeof said === 'string' ? said : undefined
  } catch {
    return undefined
  }
}

/** Whether the event is stored, or needs not be. */
export const isDone = (answer: Answer) => answer.status === 200 && saidBy(answer) !== undefined

/** What an answer that is none of success means, and what to do. */
export function explain(answer: Answer): string | undefined {
  if (isDone(answer)) return undefined
  const { status, location = '' } = answer
  const said = saidBy(answer)
  if (status >= 300 && status < 400) {
    const moved = status === 301 || status === 308
    const fix = moved ? 'Use that address for the endpoint.' : 'Make the route public in the auth middleware.'
    // It may repeat the query of the request.
    return `It redirects to ${location.replace(/[?#].*/s, '')}, and Svix follows no redirect. ${fix}`
  }
  if (said === 'signature_mismatch') {
    return 'The server has another signing secret, or something on the way changed the body: clerk-sync doctor says which.'
  }
  if (said === 'raw_body_unavailable') return "A body parser runs before the route. The server's log has the fix."
  if (said !== undefined) return "The server's log says why."
  if (status === 401 || status === 403) return 'An auth middleware stands before the route: make the route public.'
  if (status === 404) return 'There is no such route, or an auth middleware hides it. Check the path.'
  if (status === 405) return 'The route takes no POST: check the path.'
  if (status === 502 || status === 504) return 'What stands in front of the application had no answer from it.'
  if (status >= 500) return "It is no answer of clerk-sync, whose handler may not have run. The server's log says why."
  return status === 200
    ? 'Something else than clerk-sync answers, and Svix would count the event as delivered: check the path.'
    : undefined
}

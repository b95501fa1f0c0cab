import { ClerkSyncError } from '../errors.ts'
import { prop } from '../port/prop.ts'
import { joined } from '../port/until-aborted.ts'
import { refusedKey, unavailable, waitTooLong } from './api-errors.ts'
import type { ResolvedApi } from './api-options.ts'
import { type ClerkTime, clerkTimeOf } from './clerk-time.ts'
import { sleep } from './sleep.ts'
import { TokenBucket } from './token-bucket.ts'

/** Nothing that Clerk sends comes near it: a page of 500 users with all of their metadata has a few MB. */
const LARGEST_BODY_BYTES = 64 * 1024 * 1024
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 60_000
/** With a pause on top: beyond 31 bits, a timer fires at once. */
const LONGEST_WAIT_MS = 2 ** 31 - 1 - LONGEST_PAUSE_MS
/** A page in place of an answer, other than an error's, is a wrong address or a proxy more often than something that passes. */
const PAGE_RETRIES = 3

/** An answer of Clerk's own: JSON, with a time. */
export interface Answer {
  readonly status: number
  readonly body: unknown
  /** Clerk's code of the error; undefined where the status is 200. */
  readonly errorCode: string | undefined
  readonly time: ClerkTime
}

/** What the functions here know of Clerk's Backend API. */
export interface ClerkApi {
  /**
   * @param path - below `/v1`: `/users`
   * @param query - a list is the same parameter several times
   * @throws ClerkSyncError `config_invalid` for a key that is refused, `clerk_unavailable` when Clerk does not answer with
   * JSON of its own, after retries.
   */
  get(path: string, query?: Query): Promise<Answer>
  /** How many requests were sent. */
  readonly requests: number
  /** Aborted when the caller's is, and when `clerkSync.close()` is called. */
  readonly signal: AbortSignal
}

export type Query = Readonly<Record<string, string | number | readonly string[]>>

/** What is tried again: everything that a proxy, a network or a limit may do to a request. */
class Passing extends Error {
  readonly waitMs: number
  /** Something has answered with a page, and as if all were well. */
  readonly isPage: boolean

  constructor(
    readonly reason: string,
    { waitMs = 0, isPage = false, cause }: { waitMs?: number; isPage?: boolean; cause?: unknown } = {},
  ) {
    super(reason, { cause })
    this.waitMs = waitMs
    this.isPage = isPage
  }
}

/**
 * Plain requests: one bucket for all, `Retry-After` obeyed by all, a time limit for each, and nothing is believed that is
 * not JSON of Clerk's with a date.
 *
 * @param closing - aborted by `clerkSync.close()`
 */
export function createClerkApi(options: ResolvedApi, closing: AbortSignal): ClerkApi {
  const { apiUrl, secretKey, timeoutMs, retries } = options
  const signal = joined(options.signal, closing)
  const bucket = new TokenBucket(options.requestsPer10s)
  const headers = { authorization: `Bearer ${secretKey}`, accept: 'application/json' }
  let requests = 0
  let mayWaitMs = options.maxWaitMs

  async function send(url: URL): Promise<Answer> {
    await bucket.take(signal)
    requests++
    const limit = AbortSignal.timeout(timeoutMs)
    const sentAt = performance.now()
    let response: Response
    let text: string
    try {
      response = await fetch(url, {
        headers,
        redirect: 'manual',
        signal: AbortSignal.any([signal, limit]),
      })
      text = await textOf(response)
    } catch (cause) {
      signal.throwIfAborted()
      if (ClerkSyncError.is(cause)) throw cause
      throw new Passing(limit.aborted ? `did not answer within ${timeoutMs} ms` : 'did not answer', { cause })
    }
    return understood(response, text, sentAt)
  }

  function understood(response: Response, text: string, sentAt: number): Answer {
    const { status } = response
    if (status === 429) {
      const waitMs = retryAfterOf(response.headers)
      bucket.close(waitMs)
      throw new Passing('answered 429, too many requests', { waitMs })
    }
    const body = parsed(response, text)
    const errorCode = prop(prop(prop(body, 'errors'), '0'), 'code')
    const isRefusal = status === 401 || status === 403
    // A firewall's has no code of Clerk's, and says nothing of the key.
    if (isRefusal && typeof errorCode === 'string') throw refusedKey(status, errorCode)
    const isOwn = status === 200 || (status >= 400 && status < 500 && typeof errorCode === 'string')
    if (body === undefined || !isOwn) {
      throw new Passing(strange(status, body !== undefined), {
        isPage: isRefusal || (body === undefined && status < 400),
      })
    }
    const time = clerkTimeOf(response.headers, sentAt, performance.now())
    return { status, body, errorCode: status === 200 ? undefined : String(errorCode), time }
  }

  return {
    signal,
    get requests() {
      return requests
    },
    async get(path, query = {}) {
      const url = new URL(`${apiUrl}/v1${path}`)
      for (const [name, value] of Object.entries(query)) {
        for (const one of typeof value === 'object' ? value : [value]) url.searchParams.append(name, String(one))
      }
      for (let attempt = 0, longest = FIRST_PAUSE_MS; ; attempt++, longest = Math.min(longest * 2, LONGEST_PAUSE_MS)) {
        try {
          return await send(url)
        } catch (error) {
          if (!(error instanceof Passing)) throw error
          const most = error.isPage ? Math.min(retries, PAGE_RETRIES) : retries
          if (attempt >= most) throw unavailable(path, error, attempt + 1)
          mayWaitMs -= error.waitMs
          if (mayWaitMs < 0) throw waitTooLong(path, error.waitMs, options.maxWaitMs)
          // Of those who were refused together, each waits for a time of its own.
          await sleep(error.waitMs + Math.random() * longest, signal)
        }
      }
    },
  }
}

/** A body that ends too early rejects. */
async function textOf(response: Response): Promise<string> {
  if (Number(response.headers.get('content-length')) > LARGEST_BODY_BYTES) {
    await response.body?.cancel()
    throw new ClerkSyncError(
      'clerk_unavailable',
      "The answer is larger than any of Clerk's: something else has sent it.",
    )
  }
  return response.text()
}

/** A proxy's page is HTML, whatever its status says. */
function parsed(response: Response, text: string): unknown {
  if (!/^application\/json\b/i.test(response.headers.get('content-type') ?? '')) return undefined
  try {
    const body: unknown = JSON.parse(text)
    return typeof body === 'object' && body !== null ? body : undefined
  } catch {
    // The parser's message quotes the body, which holds personal data.
    return undefined
  }
}

/** Seconds; at least one, where Clerk names none. */
function retryAfterOf(headers: Headers): number {
  const seconds = Number(headers.get('retry-after'))
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds * 1000, LONGEST_WAIT_MS) : 1000
}

function strange(status: number, isJson: boolean): string {
  if (isJson) return `answered ${status}`
  return `answered ${status} with what is not JSON of Clerk's, such as the page of a proxy`
}

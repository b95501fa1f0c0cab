import { SITE } from './addresses.ts'
import { printable } from './port/printable.ts'
import { prop } from './port/prop.ts'

/** What went wrong, with the HTTP status of the response and whether the same delivery may succeed later. */
export const codes = {
  /** Not a POST. */
  method_not_allowed: { status: 405, retryable: false },
  /** The body is over `maxBodyBytes`. */
  body_too_large: { status: 413, retryable: false },
  /** A `svix-…` header is missing or malformed. */
  headers_missing: { status: 400, retryable: false },
  /** The secret is not this endpoint's, or the body was changed on its way. */
  signature_mismatch: { status: 400, retryable: false },
  /** The attempt is dated more than 5 minutes away from now. */
  timestamp_out_of_range: { status: 400, retryable: false },
  /** Signed, and no Clerk event, or without what a row needs. */
  payload_invalid: { status: 422, retryable: false },
  /** The event is of another Clerk instance than `instanceId`. */
  instance_mismatch: { status: 422, retryable: false },
  /** The bytes that were signed are gone: a body parser ran first, or the sender broke off. */
  raw_body_unavailable: { status: 500, retryable: true },
  /** A set-up that cannot work: the secret, an option, or a map. */
  config_invalid: { status: 500, retryable: true },
  /** A hook threw, took longer than `timeoutMs`, or left something running. */
  hook_failed: { status: 500, retryable: true },
  /** The database is away or refuses everyone, or it did not say that the row is stored. */
  store_failed: { status: 503, retryable: true },
  /** A queue is not known to have the delivery. */
  queue_failed: { status: 503, retryable: true },
  /** Another row has the unique value. */
  unique_conflict: { status: 503, retryable: true },
  /** The table refuses a value, and no retry mends that. */
  value_refused: { status: 503, retryable: true },
  /** A foreign key refers to a row that is not there yet. */
  reference_missing: { status: 503, retryable: true },
  /** A foreign key of another table keeps a row that is to be removed. */
  reference_held: { status: 503, retryable: true },
  /** Linking is not sure which row is the user's. */
  link_clash: { status: 503, retryable: false },
  /** Clerk's Backend API does not answer, or something else answers in its place. */
  clerk_unavailable: { status: 503, retryable: true },
  /** `clerkSync.close()` was called before. */
  closed: { status: 503, retryable: true },
} as const

export type ErrorCode = keyof typeof codes

const brand = Symbol.for('@clerk-sync/core/ClerkSyncError')

/**
 * The one error of this library. `message` says what happened, why, and what to do next; it is for the operator
 * and never leaves the process: a sender sees the `code` alone.
 *
 * @example
 * ```ts
 * import { ClerkSyncError } from '@clerk-sync/core'
 *
 * export function shouldPage(error: unknown): boolean {
 *   return ClerkSyncError.is(error) && error.status >= 500
 * }
 * ```
 */
export class ClerkSyncError extends Error {
  override readonly name = 'ClerkSyncError'
  readonly code: ErrorCode
  /** The HTTP status that answers the delivery. */
  readonly status: number
  /** Whether the same delivery may succeed later. Svix retries every status outside 2xx either way. */
  readonly retryable: boolean
  /** The page of this code: what happened, why, how to see it, how to mend it. Logged with the error. */
  readonly docs: string
  /** Where the application's own code is at fault: what it threw is `cause`, or a map returned what does not fit. */
  readonly thrownBy?: 'hook' | 'map'
  readonly [brand] = true

  constructor(code: ErrorCode, message: string, options: ErrorOptions & { readonly thrownBy?: 'hook' | 'map' } = {}) {
    // It may quote what a sender chose: a method, an id, an instance.
    super(printable(message), options)
    this.code = code
    if (options.thrownBy) this.thrownBy = options.thrownBy
    this.docs = `${SITE}/errors/${code}`
    this.status = codes[code].status
    this.retryable = codes[code].retryable
  }

  /** Like `instanceof`, and true also for an error of another copy of this package. */
  static is(error: unknown): error is ClerkSyncError {
    return typeof error === 'object' && error !== null && brand in error
  }
}

/** The error itself if it is one of ours, otherwise a new one of the given code around it. */
export function asClerkSyncError(error: unknown, code: ErrorCode, message: string): ClerkSyncError {
  return ClerkSyncError.is(error) ? error : new ClerkSyncError(code, message, { cause: error })
}

const DEEPEST_CAUSE = 8

/** An error, its cause, the cause of that, and so on: ORMs wrap what drivers throw. */
export function* chainOf(error: unknown): Generator<unknown> {
  yield error
  for (let current = error, depth = 1; depth < DEEPEST_CAUSE; depth++) {
    current = prop(current, 'cause')
    if (current === undefined) return
    yield current
  }
}

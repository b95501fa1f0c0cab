import { printable } from './port/printable.ts'
import { prop } from './port/prop.ts'

/** What went wrong, with the HTTP status of the response and whether the same delivery may succeed later. */
const codes = {
  method_not_allowed: { status: 405, retryable: false },
  body_too_large: { status: 413, retryable: false },
  headers_missing: { status: 400, retryable: false },
  signature_mismatch: { status: 400, retryable: false },
  timestamp_out_of_range: { status: 400, retryable: false },
  payload_invalid: { status: 422, retryable: false },
  instance_mismatch: { status: 422, retryable: false },
  raw_body_unavailable: { status: 500, retryable: true },
  config_invalid: { status: 500, retryable: true },
  hook_failed: { status: 500, retryable: true },
  store_failed: { status: 503, retryable: true },
  queue_failed: { status: 503, retryable: true },
  unique_conflict: { status: 503, retryable: true },
  value_refused: { status: 503, retryable: true },
  reference_missing: { status: 503, retryable: true },
  reference_held: { status: 503, retryable: true },
  link_clash: { status: 503, retryable: false },
  clerk_unavailable: { status: 503, retryable: true },
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
  /** Where the application's own code is at fault: what it threw is `cause`, or a map returned what does not fit. */
  readonly thrownBy?: 'hook' | 'map'
  readonly [brand] = true

  constructor(code: ErrorCode, message: string, options: ErrorOptions & { readonly thrownBy?: 'hook' | 'map' } = {}) {
    // It may quote what a sender chose: a method, an id, an instance.
    super(printable(message), options)
    this.code = code
    if (options.thrownBy) this.thrownBy = options.thrownBy
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

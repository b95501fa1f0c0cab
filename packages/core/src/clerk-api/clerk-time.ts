import { ClerkSyncError } from '../errors.ts'

/** The header `Date` has whole seconds. */
const PRECISION_MS = 1000
const LARGEST_SKEW_MS = 30_000

/** When an answer was made, by Clerk's clock alone: this machine's has no part in the order of events and reads. */
export interface ClerkTime {
  /** Before this, in ms since 1970, the answer cannot have been read from Clerk's database. */
  readonly earliest: number
  /** At this, it was made. Whole seconds, so that no column rounds it. */
  readonly latest: number
}

/**
 * The answer's `Date`, less the request's duration, less a second: what happened before lies before it, by the same clock
 * as every event's.
 *
 * @param sentAt - by `performance.now()`
 * @throws ClerkSyncError `clerk_unavailable` for an answer without a date, `config_invalid` where the clocks are apart: then
 * one of them is wrong, or a cache answered.
 */
export function clerkTimeOf(headers: Headers, sentAt: number, receivedAt: number): ClerkTime {
  const date = Date.parse(headers.get('date') ?? '')
  if (!Number.isFinite(date)) {
    throw new ClerkSyncError(
      'clerk_unavailable',
      "The answer of Clerk's Backend API has no Date, by which a read is ordered among the events: a proxy in between " +
        'removes it. Let it through. Nothing more was written.',
    )
  }
  const skew = Date.now() - date
  if (Math.abs(skew) > LARGEST_SKEW_MS + (receivedAt - sentAt)) {
    throw new ClerkSyncError(
      'config_invalid',
      `Clerk's clock and the one of this machine are ${Math.round(Math.abs(skew) / 1000)} s apart: set this one ` +
        '(NTP), or find the cache that answers in place of Clerk. Nothing more was written.',
    )
  }
  return { earliest: date - Math.ceil(receivedAt - sentAt) - PRECISION_MS, latest: date + PRECISION_MS }
}

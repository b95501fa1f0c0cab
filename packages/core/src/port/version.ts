import { ClerkSyncError } from '../errors.ts'
import { fnv1a } from './fnv1a.ts'

/** Above every time stamp: a delete's first digits, so that it sorts over every snapshot and stays. */
export const DELETED = '9999999999999'
const LATEST = 9_999_999_999_998

/** A row that no event has reached: what a new `clerk_version` column holds. Below every version. */
export const NO_VERSION = '0'

/** How many digits a version has. */
export const VERSION_LENGTH = 33

/** What a column must hold: a tombstone's version may have a mark before its digits ({@link isDiscovered}, {@link isKept}). */
export const LONGEST_VERSION = 34

/** A version without the mark of a tombstone: that of the newest snapshot, where the tombstone keeps its values. */
export function orderOf(version: string): string {
  if (version.length !== LONGEST_VERSION) return version
  return /^.0+$/.test(version) ? NO_VERSION : version.slice(1)
}

/** Orders two changes that carry the same times: a creation is older than any later change, a session's end newer. */
export type Rank = 0 | 1 | 2

/**
 * The version of a change: 33 digits that sort as text, the same under every collation.
 *
 * - 13: `updatedAt`, the snapshot's own clock in ms; `'deleted'` sorts above all of them
 * - 13: `occurredAt`, the envelope's time in ms
 * - 1: `rank`
 * - 6: a hash of the message id, so that a perfect tie has one winner on every machine
 *
 * @throws ClerkSyncError `payload_invalid` for a time outside [0, 9999999999998] or with a fraction.
 */
export function versionOf(change: {
  updatedAt: number | 'deleted'
  occurredAt: number
  rank: Rank
  messageId: string
}): string {
  const updated = change.updatedAt === 'deleted' ? DELETED : milliseconds(change.updatedAt, 'updated_at')
  return `${updated}${milliseconds(change.occurredAt, 'timestamp')}${change.rank}${tieBreak(change.messageId)}`
}

/** In place of a message id: what was read from Clerk had none. */
export const READ = 'read'

const READ_DIGITS = /^\d{26}[12]/

/** Whether a version is that of a read, and not of an event. */
export function isOfRead(version: string): boolean {
  return READ_DIGITS.test(version) && version.slice(27) === tieBreak(READ)
}

/** Whether a version is that of an event that created its entity. */
export function isOfCreation(version: string): boolean {
  return version.length === VERSION_LENGTH && version[26] === '0'
}

/** When the event of a version happened, in ms since 1970; 0 for {@link NO_VERSION}. */
export function occurredAtOf(version: string): number {
  return Number(version.slice(13, 26))
}

/** The newer of the two times in a version; 0 where no event has reached the row. */
export function newestTime(version: string): number {
  return version.length === VERSION_LENGTH ? Math.max(Number(version.slice(0, 13)), occurredAtOf(version)) : 0
}

/** Whether a number is a time that a version can hold: whole milliseconds since 1970, up to 9999999999998. */
export function isTime(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= LATEST
}

function milliseconds(value: number, field: string): string {
  if (!isTime(value)) {
    throw new ClerkSyncError(
      'payload_invalid',
      `The event's ${field} must be milliseconds since 1970, up to ${LATEST}.`,
    )
  }
  return String(value).padStart(13, '0')
}

/** Six digits, so that a perfect tie has one winner on every machine. */
function tieBreak(messageId: string): string {
  return String(fnv1a(messageId) % 1_000_000).padStart(6, '0')
}

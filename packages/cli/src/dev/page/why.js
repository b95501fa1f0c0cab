import { momentOf } from './dom.js'

/** What each outcome means for this delivery. */
const SENTENCES = {
  created: 'There was no row: it was inserted.',
  updated: 'The event is newer than what the row held.',
  deleted: 'The row is a tombstone now, or gone.',
  unchanged: 'The row holds exactly this event: it was stored before.',
  stale: 'The row holds something newer, so the event was not written.',
  already_deleted: 'The row was deleted before, and a delete is final: no late event brings it back.',
  owner_deleted: 'What the row would refer to was removed, and a foreign key leaves no row of it.',
  duplicate: 'The ledger has this message: it was stored before, and its hook has run.',
  ignored: 'There is neither a table nor a hook for it.',
  queued: 'It is in the queue. A worker stores it.',
  parked: 'It was refused at its last attempts, and is kept as a dead letter.',
}

const CHANGED = ['created', 'updated', 'deleted']

/** @returns {'changed' | 'unchanged' | 'failed'} */
export function kindOf({ outcome, error }) {
  if (error || outcome === 'failed') return 'failed'
  return CHANGED.includes(outcome) ? 'changed' : 'unchanged'
}

/** Why a delivery ended as it did. */
export function why({ outcome, reason, error, row }) {
  if (outcome === 'failed') return error?.message ?? 'It was refused.'
  const said = reason ?? SENTENCES[outcome] ?? outcome
  if (outcome === 'parked' && error) return `${said} ${error.message}`
  return outcome === 'stale' ? `${said} ${times(row)}`.trim() : said
}

/** Which of two changes is the newer one is decided by Clerk's `updated_at` first. */
function times(row) {
  const held = row?.after?.updatedAt
  if (typeof held !== 'number' || typeof row.updatedAt !== 'number') return ''
  if (held === row.updatedAt)
    return `Both were updated at ${momentOf(held)}, and of the two the row's event counts as the newer one.`
  return `The row was updated at ${momentOf(held)}, the event is of ${momentOf(row.updatedAt)}.`
}

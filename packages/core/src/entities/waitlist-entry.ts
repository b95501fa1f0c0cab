import type { WaitlistEntryJSON } from './clerk-types.gen.ts'
import { defineEntity } from './define-entity.ts'
import { date, sampleTimes, type Wire } from './wire.ts'

/** Somebody who waits to be let in. They are no user yet. */
export interface WaitlistEntryRecord {
  readonly id: string
  /** Clerk's `email_address`. */
  readonly email: string
  /** As Clerk names it: `pending`, `invited`, `completed`, `rejected`. */
  readonly status: string
  /** The invitation to the application that was sent; null before. Of Clerk's `invitation`, which is a whole object. */
  readonly invitationId: string | null
  /** Clerk's `is_locked`. */
  readonly isLocked: boolean
  readonly createdAt: Date | null
  readonly updatedAt: Date | null
}

const sample = {
  object: 'waitlist_entry',
  id: 'wle_sample',
  email_address: 'sample@example.com',
  status: 'invited',
  invitation: { object: 'invitation', id: 'inv_sample', email_address: 'sample@example.com', ...sampleTimes },
  is_locked: true,
  ...sampleTimes,
}

export const waitlistEntry = defineEntity({
  name: 'waitlistEntry',
  table: 'waitlistEntries',
  events: { 'waitlistEntry.created': 0, 'waitlistEntry.updated': 1 },
  // It can be deleted, and no event says so: reconcile alone sees it.
  deleteCarries: 'nothing',
  requires: [['email_address'], ['status']],
  toRecord: waitlistEntryRecord,
  values: { status: ['pending', 'invited', 'completed', 'rejected'] },
  list: { path: '/waitlist_entries', paging: 'offset' },
  proof: { owners: {}, absent: 'unlisted' },
  samples: { full: sample, sparse: { ...sample, status: 'pending', invitation: null, is_locked: false } },
})

function waitlistEntryRecord(entry: WaitlistEntryJSON): WaitlistEntryRecord {
  const wire: Wire<WaitlistEntryJSON> = entry
  return {
    id: entry.id,
    email: entry.email_address,
    status: entry.status,
    invitationId: wire.invitation?.id || null,
    isLocked: wire.is_locked ?? false,
    createdAt: date(wire.created_at),
    updatedAt: date(wire.updated_at),
  }
}

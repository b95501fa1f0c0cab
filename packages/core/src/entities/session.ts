import type { ClerkEventData } from './clerk-event.ts'
import { defineEntity } from './define-entity.ts'
import { userSample } from './user.ts'
import { date, SAMPLE_TIME_MS, sampleTimes, type Wire } from './wire.ts'

/** An interface has a name for declaration files, where Clerk exports none. */
export interface SessionJSON extends ClerkEventData<'session.created'> {}

export interface SessionRecord {
  readonly id: string
  readonly userId: string
  readonly clientId: string | null
  /** As Clerk names it: `active`, `pending`, `ended`, `removed`, `revoked`, … */
  readonly status: string
  /** The organization that was active in it last. */
  readonly lastActiveOrganizationId: string | null
  readonly lastActiveAt: Date | null
  readonly expireAt: Date | null
  readonly abandonAt: Date | null
  readonly createdAt: Date | null
  readonly updatedAt: Date | null
}

const sample = {
  object: 'session',
  id: 'sess_sample',
  user_id: 'user_sample',
  client_id: 'client_sample',
  status: 'active',
  actor: null,
  last_active_organization_id: 'org_sample',
  latest_activity: { object: 'session_activity', id: 'sess_activity_sample', is_mobile: false },
  last_active_at: SAMPLE_TIME_MS,
  expire_at: SAMPLE_TIME_MS,
  abandon_at: SAMPLE_TIME_MS,
  user: userSample,
  ...sampleTimes,
}

export const session = defineEntity({
  name: 'session',
  table: 'sessions',
  events: {
    'session.created': 0,
    'session.pending': 1,
    'session.ended': 2,
    'session.removed': 2,
    'session.revoked': 2,
  },
  deleteCarries: 'nothing',
  requires: [['user_id'], ['status']],
  toRecord: sessionRecord,
  values: { status: ['active', 'pending', 'ended', 'removed', 'revoked', 'expired', 'abandoned', 'replaced'] },
  // Clerk lists those of one user, and purges them.
  list: null,
  proof: null,
  samples: {
    full: sample,
    sparse: { ...sample, last_active_organization_id: null, latest_activity: undefined, user: null },
  },
})

function sessionRecord(session: SessionJSON): SessionRecord {
  const wire: Wire<SessionJSON> = session
  return {
    id: session.id,
    userId: session.user_id,
    clientId: wire.client_id || null,
    status: session.status,
    lastActiveOrganizationId: wire.last_active_organization_id || null,
    lastActiveAt: date(wire.last_active_at),
    expireAt: date(wire.expire_at),
    abandonAt: date(wire.abandon_at),
    createdAt: date(wire.created_at),
    updatedAt: date(wire.updated_at),
  }
}

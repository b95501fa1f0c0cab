import { idOf } from '../random.ts'
import type { Json, Origin } from './json.ts'
import { times } from './json.ts'
import { makeUser, userId } from './user.ts'

const DAY_MS = 86_400_000

/** Of the user of the same seed. */
export function makeSession(origin: Origin): Json {
  const { seed, at } = origin
  return {
    object: 'session',
    id: idOf('sess', seed),
    client_id: idOf('client', seed),
    user_id: userId(seed),
    status: 'active',
    actor: null,
    last_active_organization_id: null,
    latest_activity: {
      object: 'session_activity',
      id: idOf('sess_activity', seed),
      device_type: 'Macintosh',
      is_mobile: false,
      browser_name: 'Chrome',
      browser_version: '140.0.0.0',
      ip_address: '203.0.113.7',
      city: 'London',
      country: 'GB',
    },
    last_active_at: at,
    expire_at: at + 7 * DAY_MS,
    abandon_at: at + 30 * DAY_MS,
    user: makeUser({ seed, at }),
    ...times(origin),
  }
}

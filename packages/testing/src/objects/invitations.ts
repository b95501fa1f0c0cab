import { idOf } from '../random.ts'
import { type Json, type Origin, times } from './json.ts'
import { emailOf } from './user.ts'

export function makeWaitlistEntry(origin: Origin): Json {
  const { seed } = origin
  return {
    object: 'waitlist_entry',
    id: idOf('wle', seed),
    email_address: emailOf(`waiting ${seed}`),
    status: 'pending',
    invitation: null,
    is_locked: false,
    ...times(origin),
  }
}

/** To the application, which no event tells of. */
export function makeInvitation(origin: Origin): Json {
  const { seed } = origin
  const id = idOf('inv', seed)
  return {
    object: 'invitation',
    id,
    email_address: emailOf(`invited ${seed}`),
    public_metadata: {},
    revoked: false,
    status: 'pending',
    url: `https://accounts.example.com/v1/tickets/accept?ticket=${id}`,
    expires_at: null,
    ...times(origin),
  }
}

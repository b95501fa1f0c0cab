import type { Deadline } from '../delivery/deadline.ts'
import { ClerkSyncError } from '../errors.ts'
import type { DeadLetter, ParkLimit } from '../port/dead-letters.ts'
import { parkedEventOf, withoutUserData } from './letter.ts'
import type { StoreInTime } from './store-in-time.ts'

/** Leaves of a letter whose row waits for it what that row cannot be written without. */
export async function redact(
  store: StoreInTime,
  letter: Pick<DeadLetter, 'payload'>,
  limit: ParkLimit,
  deadline: Deadline | undefined,
): Promise<void> {
  const redacted = withoutUserData(parkedEventOf(letter))
  if (redacted.payload === letter.payload) return
  await store.park(redacted, limit, deadline)
  const [kept] = await store.find({ id: redacted.id }, deadline)
  if (kept?.payload !== letter.payload) return
  throw new ClerkSyncError(
    'store_failed',
    `The table of dead letters keeps the payload of ${redacted.id} as it was, without an error, and its user is deleted: a ` +
      'trigger, a rule or a row-level security policy drops updates. Make it leave the table alone.',
  )
}

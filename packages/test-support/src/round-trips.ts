import type { ClerkSync } from '@clerk-sync/core'
import { userEvent } from './events.ts'

const FIRST = 1_700_000_000_000

/** Applies a creation, an update, a stale event and a delete, and gives how many round trips each of them took. */
export async function tripsOf(
  clerkSync: Pick<ClerkSync, 'apply'>,
  trips: () => number,
  user = 'user_1',
): Promise<number[]> {
  await clerkSync.apply(userEvent('user.created', 'user_warm_up', FIRST))
  const counts: number[] = []
  for (const event of [
    userEvent('user.created', user, FIRST),
    userEvent('user.updated', user, FIRST + 1_000, { first_name: 'Ada' }),
    userEvent('user.updated', user, FIRST + 500, { first_name: 'late' }),
    userEvent('user.deleted', user, FIRST + 2_000),
  ]) {
    const before = trips()
    await clerkSync.apply(event)
    counts.push(trips() - before)
  }
  return counts
}

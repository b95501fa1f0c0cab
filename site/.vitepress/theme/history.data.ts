import type { ClerkEvent } from '@clerk-sync/core'
import { clerkEvent } from '@clerk-sync/testing'

const START = Date.UTC(2026, 0, 5, 9)
const ADA = { id: 'user_ada', first_name: 'Ada', last_name: 'Lovelace' }
const GRACE = { id: 'user_grace', first_name: 'Grace', last_name: 'Hopper' }
const ALAN = { id: 'user_alan', first_name: 'Alan', last_name: 'Turing' }

declare const data: readonly ClerkEvent[]

export { data }

export default {
  /** What happened at Clerk, in its order: made when the site is built, by what applications test with. */
  load(): readonly ClerkEvent[] {
    const at = (minute: number) => ({ seed: minute + 1, timestamp: START + minute * 60_000 })
    const events = [
      clerkEvent('user.created', ADA, at(0)),
      clerkEvent('user.created', GRACE, at(1)),
      clerkEvent('user.updated', { ...ADA, last_name: 'King' }, at(2)),
      clerkEvent('user.created', ALAN, at(3)),
      clerkEvent('user.deleted', { id: GRACE.id }, at(4)),
      clerkEvent('user.updated', { ...ALAN, first_name: 'Al' }, at(5)),
      clerkEvent('user.updated', { ...ALAN, first_name: 'Alan M.' }, at(6)),
    ]
    return events
  },
}

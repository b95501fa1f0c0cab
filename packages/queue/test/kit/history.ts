import type { ClerkEvent } from '@clerk-sync/core'
import { clerkEvent } from '@clerk-sync/testing'

const BEGAN = 1_760_000_000_000

export interface History {
  /** Each event at least once, some twice, in random order. */
  readonly deliveries: readonly ClerkEvent[]
  /** What the table holds in the end, by id: the address, or null of a user who is deleted. */
  readonly users: ReadonlyMap<string, string | null>
  /** The users whose sign-up has an effect, each once. */
  readonly signUps: readonly string[]
}

/** Users who sign up, change their address a few times, and are deleted, some of them. */
export function historyOf(users: number): History {
  const events: ClerkEvent[] = []
  const ends = new Map<string, string | null>()
  for (let user = 0; user < users; user++) {
    const id = `user_${user}`
    const changes = 1 + (user % 3)
    for (let change = 0; change < changes; change++) {
      const address = `${id}.${change}@example.com`
      const timestamp = BEGAN + user * 1000 + change * 10
      const data = { id, updated_at: timestamp, email_addresses: [{ email_address: address }] }
      events.push(clerkEvent(change === 0 ? 'user.created' : 'user.updated', data, { timestamp }))
      ends.set(id, address)
    }
    if (user % 5 === 0) {
      events.push(clerkEvent('user.deleted', { id }, { timestamp: BEGAN + user * 1000 + 500 }))
      ends.set(id, null)
    }
  }
  const twice = events.filter((_, n) => n % 3 === 0)
  return { deliveries: shuffled([...events, ...twice]), users: ends, signUps: [...ends.keys()] }
}

export function shuffled<T>(items: readonly T[]): T[] {
  const copy = [...items]
  for (let last = copy.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1))
    ;[copy[last], copy[other]] = [copy[other] as T, copy[last] as T]
  }
  return copy
}

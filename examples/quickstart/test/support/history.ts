// A random history of users, and what the tables must hold after it, worked out without the library.
import * as clerk from '../../src/clerk.ts'

export interface History {
  readonly messages: readonly clerk.Message[]
  /** By user: what /api/users must say. */
  readonly users: ReadonlyMap<string, { readonly fullName: string | null; readonly deletedAt: string | null }>
  /** By user: what /api/tombstones must say. */
  readonly tombstones: ReadonlyMap<string, string>
  /** What /api/welcomes must say: user and message of each user.created. */
  readonly welcomes: ReadonlyMap<string, string>
}

export type Random = () => number

/** Mulberry32. */
export function randomFrom(seed: number): Random {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export function below(random: Random, limit: number): number {
  return Math.floor(random() * limit)
}

/** Each user signs up and changes up to four times; every third is deleted. */
export function randomHistory(random: Random, people: number): History {
  const messages: clerk.Message[] = []
  const users = new Map<string, { fullName: string | null; deletedAt: string | null }>()
  const tombstones = new Map<string, string>()
  const welcomes = new Map<string, string>()
  const start = Date.UTC(2026, 0, 1)
  for (let n = 0; n < people; n++) {
    const id = clerk.newId('user')
    let at = start + below(random, 1_000_000)
    let lastName = 'v0'
    const signUp = clerk.userEvent('user.created', { id, firstName: `User ${n}`, lastName }, at)
    messages.push(signUp)
    welcomes.set(signUp.id, id)
    for (let change = 1; change <= below(random, 5); change++) {
      at += 1 + below(random, 100_000)
      lastName = `v${change}`
      messages.push(clerk.userEvent('user.updated', { id, firstName: `User ${n}`, lastName }, at))
    }
    if (n % 3 === 0) {
      const deleted = clerk.deletedEvent('user.deleted', id, at + 1 + below(random, 100_000))
      messages.push(deleted)
      const deletedAt = new Date(JSON.parse(deleted.body).timestamp).toISOString()
      users.set(id, { fullName: null, deletedAt })
      tombstones.set(id, deletedAt)
    } else {
      users.set(id, { fullName: `User ${n} ${lastName}`, deletedAt: null })
    }
  }
  return { messages, users, tombstones, welcomes }
}

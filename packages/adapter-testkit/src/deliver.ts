import { type ClerkSync, ClerkSyncError, type Outcome } from '@clerk-sync/core'
import type { KitEvent } from './history.ts'

/** Sends an event until it is stored, as Svix does. Errors that trying again cannot heal come out. */
export async function deliver(sync: ClerkSync, { event }: KitEvent): Promise<Outcome> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await sync.apply(event)
    } catch (error) {
      if (attempt === 10 || !ClerkSyncError.is(error) || !error.retryable) throw error
    }
  }
}

/** Hands a list over until all of it is stored, as a queue does. Errors that trying again cannot heal come out. */
export async function deliverTogether(sync: ClerkSync, events: readonly KitEvent[]): Promise<void> {
  let left = events.map(({ event }) => event)
  for (let attempt = 1; left.length > 0; attempt++) {
    const refused = (await sync.applyMany(left)).flatMap((result) => (result.ok ? [] : result))
    const final = refused.find(({ error }) => attempt === 10 || !error.retryable)
    if (final) throw final.error
    left = refused.map(({ event }) => event)
  }
}

/** Waits for a condition, or for the longest time that makes sense; says whether it came about. */
export async function eventually(condition: () => boolean, longestMs: number): Promise<boolean> {
  const deadline = performance.now() + longestMs
  while (!condition()) {
    if (performance.now() > deadline) return false
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  return true
}

import { type ClerkSync, ClerkSyncError } from '@clerk-sync/core'
import { expectThat } from '../expect.ts'
import type { KitEvent } from '../history.ts'

/** Rounds after which an event is given up that is refused each time: each makes room for another one. */
const MOST_ROUNDS = 6

/** Delivers in rounds what is refused again, as Svix does. An application makes room for a removal that is held. */
export async function deliverAll(sync: ClerkSync, events: readonly KitEvent[], makeRoom: () => unknown): Promise<void> {
  let due = events
  for (let round = 1; due.length > 0; round++) {
    const refused: KitEvent[] = []
    let refusal: unknown
    for (const one of due) {
      try {
        await sync.apply(one.event)
      } catch (error) {
        if (!ClerkSyncError.is(error) || !error.retryable) throw error
        if (error.code === 'reference_held') await makeRoom()
        refused.push(one)
        refusal = error
      }
    }
    const types = refused.map(({ event }) => event.type).join(', ')
    expectThat(round < MOST_ROUNDS || refused.length === 0, `refused for ever: ${types}: ${refusal}`)
    due = refused
  }
}

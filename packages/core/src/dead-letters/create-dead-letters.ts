import { within } from '../delivery/deadline.ts'
import type { ClerkEvent } from '../entities/clerk-event.ts'
import { ClerkSyncError } from '../errors.ts'
import type { AppliedOutcome } from '../port/sync-adapter.ts'
import type { DeadLetters } from './dead-letters.ts'
import type { ParkedEvent } from './letter.ts'
import type { DeadLetterParts, Delivered } from './parts.ts'

/** What can be done about refused events that were parked. Needs the adapter's table, `deadLetters`. */
export interface DeadLettersApi {
  /**
   * The events, the oldest first. They hold users' data.
   *
   * @param options - `limit`: how many, default 100
   * @throws ClerkSyncError
   */
  list(options?: { readonly limit?: number }): Promise<readonly ParkedEvent[]>
  /**
   * Applies an event once more: its outcome, and it is parked no longer; undefined where it is not parked.
   *
   * @throws ClerkSyncError why it was refused again
   */
  retry(id: string): Promise<AppliedOutcome | undefined>
  /**
   * Gives an event up: its change is lost, and its hook does not run. False where it is not parked.
   *
   * @throws ClerkSyncError
   */
  drop(id: string): Promise<boolean>
}

const DEFAULT_LIMIT = 100

/** Deliveries as they are with a table of dead letters, and without. */
export function createDeadLetters(
  { store, ...parts }: Omit<DeadLetterParts, 'store'> & { readonly store: DeadLetterParts['store'] | undefined },
  timeoutMs: number,
): {
  deliver(...args: Parameters<DeadLetters['deliver']>): Promise<Delivered>
  /** What `deliver` does after the write, for events that were written together: what failed, by event. */
  settle(
    events: readonly ClerkEvent[],
    lastAttempt: (event: ClerkEvent) => boolean,
  ): Promise<ReadonlyMap<ClerkEvent, unknown>>
  readonly api: DeadLettersApi
} {
  let loaded: Promise<DeadLetters> | undefined
  // Loaded where they are kept: a route without them does without.
  const letters =
    store &&
    (() => {
      loaded ??= import('./dead-letters.ts').then(({ DeadLetters }) => new DeadLetters({ store, ...parts }))
      return loaded
    })
  const need = (): Promise<DeadLetters> => {
    if (letters) return letters()
    throw new ClerkSyncError(
      'config_invalid',
      `${parts.adapter.name} was given no deadLetters table, so no event was parked. Pass it beside events.`,
    )
  }
  return {
    deliver: letters
      ? async (event, deadline, lastAttempt) => (await letters()).deliver(event, deadline, lastAttempt)
      : async (event, deadline) => ({ outcome: await parts.apply(event, deadline) }),
    settle: async (events, lastAttempt) => {
      const errors = new Map<ClerkEvent, unknown>()
      if (!letters) return errors
      try {
        const kept = await letters()
        if (!(await within(timeoutMs, (deadline) => kept.hasAny(deadline)))) return errors
        for (const event of events) {
          const settling = within(timeoutMs, async (deadline) => kept.settle(event, deadline, lastAttempt(event)))
          await settling.catch((error: unknown) => errors.set(event, error))
        }
      } catch (error) {
        for (const event of events) errors.set(event, error)
      }
      return errors
    },
    api: {
      list: async ({ limit = DEFAULT_LIMIT } = {}) => {
        if (Number.isSafeInteger(limit) && limit > 0)
          return within(timeoutMs, async (deadline) => (await need()).list(limit, deadline))
        throw new ClerkSyncError('config_invalid', 'deadLetters.list: limit must be a positive whole number.')
      },
      retry: async (id) => within(timeoutMs, async (deadline) => (await need()).retry(id, deadline)),
      drop: async (id) => within(timeoutMs, async (deadline) => (await need()).drop(id, deadline)),
    },
  }
}

import type { ClerkEvent, ClerkSync } from '@clerk-sync/core'
import { signedDelivery } from '@clerk-sync/testing'
import { eventsOfScenario } from '../deliveries/events.ts'
import { explain, isDone, saidBy, send } from '../deliveries/send.ts'
import type { Endpoint } from '../deliveries/settings.ts'
import { CommandError, UsageError } from '../errors.ts'
import type { RecentDeliveries } from './recent-deliveries.ts'

/** What the page asks to have sent. */
export interface Wish {
  readonly scenario?: unknown
  /** The number of a delivery that is shown. */
  readonly again?: unknown
  /** The message id of a dead letter. */
  readonly letter?: unknown
}

/** What the application has answered. */
export interface Sent {
  readonly sent: number
  readonly failed: number
  /** What went wrong, each thing once. */
  readonly problems: readonly string[]
}

/** Sends signed deliveries to the application's own route, as Clerk would. @throws UsageError for what cannot be sent */
export async function sendDeliveries(
  wish: Wish,
  endpoint: Endpoint,
  { clerkSync, recent, signal }: { clerkSync: ClerkSync; recent: RecentDeliveries; signal: AbortSignal },
): Promise<Sent> {
  const events = await eventsOf(wish, clerkSync, recent)
  const problems = new Set<string>()
  let sent = 0
  let failed = 0
  for (const event of events) {
    if (signal.aborted) break
    sent++
    try {
      const answer = await send(signedDelivery(event, endpoint), endpoint, signal)
      const isParked = saidBy(answer) === 'parked'
      if (isDone(answer) && !isParked) continue
      failed++
      if (isParked) {
        problems.add('It was parked again: the delivery says why.')
        continue
      }
      problems.add(`${answer.status} ${saidBy(answer) ?? ''} ${explain(answer) ?? ''}`.trim())
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      failed++
      problems.add(error.message)
      break
    }
  }
  return { sent, failed, problems: [...problems] }
}

async function eventsOf(
  { scenario, again, letter }: Wish,
  clerkSync: ClerkSync,
  recent: RecentDeliveries,
): Promise<readonly ClerkEvent[]> {
  if (typeof scenario === 'string') return eventsOfScenario(scenario, {})
  if (typeof letter === 'string') {
    // Through the route: the hook that runs is the one of the running application, which its developer has just mended.
    const found = (await clerkSync.deadLetters.list({ limit: MOST_LETTERS })).find(({ event }) => event.id === letter)
    if (found) return [found.event]
    throw new UsageError(`${letter} is parked no longer.`)
  }
  const { event, isPartial } = recent.find(again) ?? {}
  if (isPartial) throw new UsageError('A part of its data is kept nowhere: replay it in the Clerk Dashboard.')
  if (event) return [event]
  throw new UsageError('That delivery is kept no longer.')
}

/** So many are shown. */
export const MOST_LETTERS = 100

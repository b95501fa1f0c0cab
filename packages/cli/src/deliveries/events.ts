import type { ClerkEvent, ClerkEventType } from '@clerk-sync/core'
import { clerkEvent, eventTypes, scenario, scenarios } from '@clerk-sync/testing'
import { UsageError } from '../errors.ts'
import { dataFrom } from './event-data.ts'
import type { DeliveryOptions } from './settings.ts'

export interface TriggerOptions extends DeliveryOptions {
  readonly user?: string
  readonly madeUp?: true
  readonly set?: readonly string[]
  readonly repeat?: number
  readonly duplicate?: number | true
  readonly shuffle?: true
  readonly scenario?: string
  readonly seed?: number
  readonly list?: true
}

export function isEventType(type: string): type is ClerkEventType {
  return eventTypes.includes(type as ClerkEventType)
}

/**
 * As many events as asked for: each of another object, or of the one that --user or --set names. Without a seed, the user
 * that --user names has the same name and address each time.
 */
export function eventsFor(type: ClerkEventType, options: TriggerOptions, seed: number): ClerkEvent[] {
  const { user, set = [], repeat = 1 } = options
  const isSeeded = user === undefined || options.seed !== undefined
  const now = Date.now()
  return Array.from({ length: repeat }, (_, n) =>
    clerkEvent(type, dataFrom(type, user, set), {
      ...(isSeeded && { seed: `${seed} ${n}` }),
      // Of a time of its own, so that several of one object have an order.
      timestamp: now + n,
    }),
  )
}

export const SCENARIOS = Object.entries(scenarios).map(([name, what]) => ({ name, what }))

/**
 * @param seed - without one, all of it happened within the last hour
 * @throws UsageError where there is no such scenario
 */
export function eventsOfScenario(name: string, { repeat = 1 }: TriggerOptions, seed?: number): ClerkEvent[] {
  if (!Object.hasOwn(scenarios, name)) {
    throw new UsageError(`There is no scenario ${name}. There are ${Object.keys(scenarios).join(', ')}.`)
  }
  return Array.from({ length: repeat }, (_, n) =>
    scenario(name as keyof typeof scenarios, seed === undefined ? {} : { seed: `${seed} ${n}` }),
  ).flat()
}

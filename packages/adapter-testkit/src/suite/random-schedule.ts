import type { Entity } from '@clerk-sync/core'
import fc from 'fast-check'
import type { Failure } from '../calls.ts'
import type { Facts, Kind } from '../entities.ts'
import { YEAR_ZERO } from '../history.ts'
import type { OnDelete } from '../model.ts'

export interface PlannedEvent {
  readonly kind: Kind
  readonly updatedAt: number
  readonly at: number
  readonly facts: Facts
}

/** Deliveries that are under way at the same time. */
export interface Wave {
  readonly deliveries: readonly { readonly event: number; readonly process: number; readonly hookThrows: boolean }[]
  /** A database call that fails meanwhile. */
  readonly failure: { readonly kind: Failure; readonly at: number; readonly process: number } | undefined
  /** Snapshots that a backfill writes at the same time. */
  readonly backfill: readonly number[]
  /** Whether each process gets its deliveries as one list. */
  readonly together: boolean
}

export interface Schedule {
  readonly entity: Entity
  readonly onDelete: OnDelete
  readonly hooks: boolean
  readonly events: readonly PlannedEvent[]
  readonly waves: readonly Wave[]
}

/** How many processes share the work of one schedule. */
export const PROCESSES = 2

const facts: fc.Arbitrary<Facts> = fc.record({
  email: fc.constantFrom(null, 'ann@example.com', 'bea@example.com'),
  name: fc.constantFrom(null, 'Ann', 'O\'Brien \\ "Bea"', '🦊'),
  metadata: fc.constantFrom(null, {}, { plan: 'pro', nested: [1, null, { a: '🦊' }] }),
  date: fc.constantFrom(null, YEAR_ZERO, YEAR_ZERO + 86_400_000),
  flag: fc.boolean(),
})

export const plannedEvent: fc.Arbitrary<PlannedEvent> = fc.record({
  kind: fc.oneof(
    { weight: 2, arbitrary: fc.constant('created' as const) },
    { weight: 5, arbitrary: fc.constant('updated' as const) },
    { weight: 1, arbitrary: fc.constant('deleted' as const) },
  ),
  // Few times, so that ties are common.
  updatedAt: fc.nat(4),
  at: fc.nat(4),
  facts,
})

/** Any schedule for an entity, ready to be played. */
export function schedule(entities: readonly Entity[], modes: readonly OnDelete[]): fc.Arbitrary<Schedule> {
  return fc.array(plannedEvent, { minLength: 1, maxLength: 6 }).chain((events) =>
    fc.record({
      entity: fc.constantFrom(...entities),
      onDelete: fc.constantFrom(...modes),
      hooks: fc.boolean(),
      events: fc.constant(events),
      waves: wavesOf(events.length),
    }),
  )
}

/** Every event at least once, in any order, cut into waves. */
function wavesOf(events: number): fc.Arbitrary<Wave[]> {
  const any = fc.nat(events - 1)
  const order = fc.array(any, { maxLength: 4 }).chain((duplicates) => {
    const deliveries = [...Array(events).keys(), ...duplicates]
    return fc.shuffledSubarray(deliveries, { minLength: deliveries.length })
  })
  const process = fc.nat(PROCESSES - 1)
  const delivery = fc.record({
    process,
    hookThrows: oneIn(6, fc.constant(true), false),
    parallel: oneIn(3, fc.constant(true), false),
  })
  const failure = fc.record({
    kind: fc.constantFrom<Failure>('refused', 'deadlock', 'lost'),
    at: fc.integer({ min: 1, max: 7 }),
    process,
  })
  const wave = fc.record({
    failure: oneIn(3, failure, undefined),
    backfill: oneIn(6, fc.array(any, { maxLength: 3 }), []),
    together: oneIn(3, fc.constant(true), false),
  })

  return order.chain((events) =>
    fc
      .tuple(
        fc.array(delivery, { minLength: events.length, maxLength: events.length }),
        fc.array(wave, { minLength: events.length, maxLength: events.length }),
      )
      .map(([deliveries, waves]) => {
        const cut: Wave[] = []
        for (const [place, { parallel, ...rest }] of deliveries.entries()) {
          const placed = { ...rest, event: events[place]! }
          const last = cut.at(-1)
          if (last && parallel) cut[cut.length - 1] = { ...last, deliveries: [...last.deliveries, placed] }
          else cut.push({ ...waves[place]!, deliveries: [placed] })
        }
        return cut
      }),
  )
}

function oneIn<T, U>(n: number, arbitrary: fc.Arbitrary<T>, otherwise: U): fc.Arbitrary<T | U> {
  return fc.oneof({ weight: n - 1, arbitrary: fc.constant(otherwise) }, { weight: 1, arbitrary })
}

import fc from 'fast-check'
import type { Failure } from '../calls.ts'
import { deliver, deliverTogether } from '../deliver.ts'
import type { OnDelete } from '../model.ts'
import { type PartEvent, withParts } from '../part-history.ts'
import type { PartStage } from '../part-stage.ts'
import { PART_NAMES, type PartFacts, type PartLists } from '../parts.ts'
import { settingOf } from '../stage.ts'
import { type PlannedEvent, plannedEvent } from './random-schedule.ts'
import type { It } from './section.ts'

interface PlannedParts extends PlannedEvent {
  readonly lists: readonly (readonly Omit<PartFacts, 'primary'>[])[]
}

interface PartSchedule {
  readonly onDelete: OnDelete
  readonly hooks: boolean
  readonly events: readonly PlannedParts[]
  readonly waves: readonly {
    readonly deliveries: readonly { readonly event: number; readonly process: number }[]
    readonly failure: { readonly kind: Failure; readonly at: number; readonly process: number } | undefined
    readonly together: boolean
  }[]
}

const PROCESSES = 2

/** Few ids, so that a part stays, goes and comes back. */
const part = fc.record({
  id: fc.constantFrom('idn_A', 'idn_a', 'idn_B', 'eac_1'),
  text: fc.constantFrom('one', 'two', 'O\'Brien \\ "🦊"'),
  verified: fc.boolean(),
})
const list = fc.uniqueArray(part, { selector: ({ id }) => id, maxLength: 4 })

function schedule(modes: readonly OnDelete[]): fc.Arbitrary<PartSchedule> {
  const planned = fc
    .tuple(plannedEvent, fc.array(list, { minLength: PART_NAMES.length, maxLength: PART_NAMES.length }))
    .map(([event, lists]) => ({ ...event, lists }))
  return fc.array(planned, { minLength: 1, maxLength: 5 }).chain((events) => {
    const delivery = fc.record({ event: fc.nat(events.length - 1), process: fc.nat(PROCESSES - 1) })
    const failure = fc.record({
      kind: fc.constantFrom<Failure>('refused', 'deadlock', 'lost'),
      // A part's statements come after those of its owner.
      at: fc.integer({ min: 1, max: 14 }),
      process: fc.nat(PROCESSES - 1),
    })
    const wave = fc.record({
      deliveries: fc.array(delivery, { minLength: 1, maxLength: 3 }),
      failure: fc.option(failure, { nil: undefined, freq: 1 }),
      together: fc.boolean(),
    })
    // Each of them once more at the end, in any order: none is left out.
    const last = fc.shuffledSubarray([...events.keys()], { minLength: events.length }).map((order) =>
      order.map((event) => ({
        deliveries: [{ event, process: event % PROCESSES }],
        failure: undefined,
        together: false,
      })),
    )
    return fc.record({
      onDelete: fc.constantFrom(...modes),
      hooks: fc.boolean(),
      events: fc.constant(events),
      waves: fc.tuple(fc.array(wave, { maxLength: 5 }), last).map(([first, others]) => [...first, ...others]),
    })
  })
}

/** Random histories of users with parts, delivered as badly as can be. */
export function partSchedules(
  parts: PartStage,
  it: It,
  { schedules: numRuns, seed }: { readonly schedules: number; readonly seed: number },
): void {
  it(
    `${numRuns} random schedules end in the parts of the newest snapshot (seed ${seed})`,
    () =>
      fc.assert(
        fc.asyncProperty(schedule(parts.stage.modes), (given) => play(parts, given)),
        { seed, numRuns, interruptAfterTimeLimit: 540_000, markInterruptAsFailure: true },
      ),
    600_000,
  )
}

async function play(parts: PartStage, { onDelete, hooks, events: planned, waves }: PartSchedule): Promise<void> {
  const { stage } = parts
  const processes = await Promise.all(Array.from({ length: PROCESSES }, (_, n) => parts.process('parts', n)))
  const syncs = processes.map((process) => stage.sync(process, { onDelete, hook: hooks ? stage.welcome : undefined }))
  const history = stage.history('plain')
  const events = planned.map(({ kind, updatedAt, at, facts, lists }): PartEvent => {
    const event = history.add(kind, { updatedAt, at }, { ...facts, email: null })
    return withParts(event, partListsOf(lists))
  })
  for (const { deliveries, failure, together } of waves) {
    const failing = failure && processes[failure.process]
    if (failure) failing?.calls.fail(failure.kind, failure.at)
    const work = syncs.map(async (sync, process) => {
      const own = deliveries.filter((delivery) => delivery.process === process).map(({ event }) => events[event]!)
      if (together) await deliverTogether(sync, own)
      else await Promise.all(own.map((event) => deliver(sync, event)))
    })
    const settled = await Promise.allSettled(work)
    failing?.calls.heal()
    for (const end of settled) if (end.status === 'rejected') throw end.reason
  }
  await stage.expectRow(settingOf(history, onDelete), events, 'the row of the owner is not what the history says')
  await parts.expectParts(history, onDelete, events)
  if (hooks) await stage.expectEffects(events)
}

/** The first of each list is the primary one. */
function partListsOf(lists: PlannedParts['lists']): PartLists {
  return Object.fromEntries(
    PART_NAMES.map((name, n) => [name, (lists[n] ?? []).map((one, place) => ({ ...one, primary: place === 0 }))]),
  )
}

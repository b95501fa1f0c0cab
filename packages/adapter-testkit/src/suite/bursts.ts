import fc from 'fast-check'
import { deliver } from '../deliver.ts'
import { ENTITY_NAMES } from '../entities.ts'
import { expectThat } from '../expect.ts'
import { upsertOf, writeTogether } from '../port-changes.ts'
import { SharedSyncs } from '../shared-syncs.ts'
import { type Process, type Stage, settingOf } from '../stage.ts'
import { hasRefusedBatches, rowsInBatches } from '../watched-batches.ts'
import { PROCESSES, plannedEvent } from './random-schedule.ts'
import type { It } from './section.ts'

/** The deliveries of many rows at the same time, which an adapter may write together. */
export function bursts(stage: Stage, it: It, options: { readonly schedules: number; readonly seed: number }): void {
  it(`${options.schedules} random bursts end in the rows that their histories say (seed ${options.seed})`, async () => {
    const processes = await stage.processes('plain', PROCESSES)
    // Few statements at a time, so that more of the deliveries are written together.
    const syncs = new SharedSyncs(stage, { batch: { maxInFlight: 1 } })
    await fc.assert(
      fc.asyncProperty(burst(stage), (given) => run(stage, syncs, processes, given)),
      {
        seed: options.seed,
        numRuns: options.schedules,
        interruptAfterTimeLimit: 540_000,
        markInterruptAsFailure: true,
      },
    )
    expectBatches(processes)
  }, 600_000)

  it('what is written together has an outcome only where the row holds it', async () => {
    const { adapter } = await stage.process('plain')
    const sync = stage.sync({ adapter, shape: 'plain' })
    const histories = Array.from({ length: 6 }, () => stage.history('plain'))
    const [newer, deleted] = histories
    await sync.apply(newer!.updated({ at: 9 }, { name: 'Newer' }).event)
    await sync.apply(deleted!.deleted({ at: 1 }).event)
    const changes = histories.map((history) => upsertOf(history, history.updated({ at: 2 }, { name: 'Burst' })))
    await writeTogether(adapter, changes)
    for (const history of histories) {
      await stage.expectRow(settingOf(history), history.events, 'a row that was written together with others')
    }
  })
}

function burst(stage: Stage) {
  const row = fc.record({
    entity: fc.constantFrom(...ENTITY_NAMES.slice(0, 2)),
    events: fc.array(plannedEvent, { minLength: 1, maxLength: 4 }),
  })
  return fc.record({
    onDelete: fc.constantFrom(...stage.modes),
    rows: fc.array(row, { minLength: 6, maxLength: 12 }),
    /** Where each event goes, and again: to which process, and in which order. */
    order: fc.array(fc.nat(), { minLength: 96, maxLength: 96 }),
    failure: fc.option(
      fc.record({
        kind: fc.constantFrom('refused' as const, 'deadlock' as const, 'lost' as const),
        at: fc.integer({ min: 1, max: 7 }),
        process: fc.nat(PROCESSES - 1),
      }),
    ),
  })
}

async function run(
  stage: Stage,
  syncs: SharedSyncs,
  processes: readonly Process[],
  { onDelete, rows, order, failure }: ReturnType<typeof burst> extends fc.Arbitrary<infer T> ? T : never,
): Promise<void> {
  const histories = rows.map(({ entity, events }) => {
    const history = stage.history('plain', entity)
    for (const { kind, updatedAt, at, facts } of events) history.add(kind, { updatedAt, at }, facts)
    return history
  })
  const events = histories.flatMap((history) => history.events)
  const deliveries = [...events, ...events]
    .map((event, n) => ({ event, place: order[n] ?? 0 }))
    .sort((a, b) => a.place - b.place)
  const failing = failure && processes[failure.process]
  if (failure) failing?.calls.fail(failure.kind, failure.at)
  const settled = await Promise.allSettled(
    deliveries.map(({ event, place }) => deliver(syncs.of(processes[place % processes.length]!, { onDelete }), event)),
  )
  failing?.calls.heal()
  for (const end of settled) if (end.status === 'rejected') throw end.reason
  for (const history of histories) {
    await stage.expectRow(settingOf(history, onDelete), history.events, 'the row is not what the history says')
  }
}

function expectBatches(processes: readonly Process[]): void {
  for (const { adapter } of processes) {
    if (!adapter.batching?.entities.length || hasRefusedBatches(adapter)) continue
    expectThat(
      rowsInBatches(adapter) > 0,
      'no row of a burst was written together with others: adapter.batching wrote none',
    )
  }
}

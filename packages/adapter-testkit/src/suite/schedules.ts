import type { Entity } from '@clerk-sync/core'
import fc from 'fast-check'
import { deliver, deliverTogether } from '../deliver.ts'
import { ENTITY_NAMES, REPRESENTATIVES } from '../entities.ts'
import { expectSame } from '../expect.ts'
import type { History } from '../history.ts'
import { upsertOf, writeBatch } from '../port-changes.ts'
import { SharedSyncs } from '../shared-syncs.ts'
import { type Hook, type Process, type Stage, settingOf } from '../stage.ts'
import type { Shape } from '../tables.ts'
import { PROCESSES, type Schedule, schedule } from './random-schedule.ts'
import type { It } from './section.ts'

/** Random histories, delivered as badly as can be. */
export function schedules(stage: Stage, it: It, options: { readonly schedules: number; readonly seed: number }): void {
  const few = Math.ceil(options.schedules / 10)
  it(
    `${options.schedules} random schedules end in the row that the history says (seed ${options.seed})`,
    () => play(stage, 'plain', [...REPRESENTATIVES, ...ENTITY_NAMES], options),
    600_000,
  )
  it(
    `${few} random schedules on a table with a key of its own end in the row that the history says (seed ${options.seed})`,
    () => play(stage, 'ownKey', ['user'], { ...options, schedules: few }),
    600_000,
  )
}

async function play(
  stage: Stage,
  shape: Shape,
  entities: readonly Entity[],
  { schedules: total, seed }: { readonly schedules: number; readonly seed: number },
): Promise<void> {
  const workers = shape === 'plain' ? 2 : 1
  const processes = await stage.processes(shape, workers * PROCESSES)
  const syncs = new SharedSyncs(stage)
  const check = (worker: number): Promise<void> => {
    const own = processes.slice(worker * PROCESSES, (worker + 1) * PROCESSES)
    return fc.assert(
      fc.asyncProperty(schedule(entities, stage.modes), (given) => run(stage, syncs, own, given)),
      {
        seed: seed + worker,
        numRuns: Math.ceil(total / workers),
        interruptAfterTimeLimit: 540_000,
        markInterruptAsFailure: true,
      },
    )
  }
  await Promise.all(Array.from({ length: workers }, (_, worker) => check(worker)))
}

async function run(stage: Stage, syncs: SharedSyncs, processes: readonly Process[], given: Schedule): Promise<void> {
  const { entity, onDelete, hooks, events, waves } = given
  const history = stage.history(processes[0]!.shape, entity)
  for (const { kind, updatedAt, at, facts } of events) history.add(kind, { updatedAt, at }, facts)

  const syncOf = (process: Process, throws: boolean) =>
    hooks && throws
      ? stage.sync(process, { onDelete, hook: throwingOnce(stage) })
      : syncs.of(process, { onDelete, hook: hooks ? stage.welcome : undefined })
  for (const { deliveries, failure, backfill, together } of waves) {
    const failing = failure && processes[failure.process]
    if (failure) failing?.calls.fail(failure.kind, failure.at)
    const work = together
      ? processes.map(async (process, number) => {
          const own = deliveries.filter((delivery) => delivery.process === number)
          const throws = !failure && own.some(({ hookThrows }) => hookThrows)
          await deliverTogether(
            syncOf(process, throws),
            own.map(({ event }) => history.events[event]!),
          )
        })
      : deliveries.map(async ({ event, process, hookThrows }) => {
          await deliver(syncOf(processes[process]!, hookThrows && !failure), history.events[event]!)
        })
    const settled = await Promise.allSettled([...work, fillBack(processes[0]!, history, backfill)])
    failing?.calls.heal()
    for (const end of settled) if (end.status === 'rejected') throw end.reason
  }

  await stage.expectRow(settingOf(history, onDelete), history.events, 'the row is not what the history says')
  if (hooks) await stage.expectEffects(history.events)
  else await stage.expectNoEffects(history.events, 'an event without a hook left something')
}

async function fillBack({ adapter }: Process, history: History, events: readonly number[]): Promise<void> {
  const snapshots = events.map((index) => history.events[index]!).filter(({ deletes }) => !deletes)
  if (snapshots.length === 0) return
  const batch = snapshots.map((event) => upsertOf(history, event))
  // The call that fails may be the batch's: an operator runs it again.
  const { failed } = await writeBatch(adapter, batch).catch(() => writeBatch(adapter, batch))
  const again =
    failed.length > 0
      ? await writeBatch(
          adapter,
          failed.map(({ change }) => change),
        )
      : { failed }
  expectSame(again.failed.length, 0, 'a batch could not be written on the second try')
}

function throwingOnce(stage: Stage): Hook {
  let thrown = false
  return (call) =>
    stage.inOrder(
      () => stage.welcome(call),
      () => {
        if (thrown) return
        thrown = true
        throw new Error('the hook throws after writing')
      },
    )
}

import { LONGEST_WAIT_MS } from '@clerk-sync/core/adapter'
import { eventually } from '../deliver.ts'
import { expectSame, expectThat } from '../expect.ts'
import type { History } from '../history.ts'
import { upsertOf, writeBatch } from '../port-changes.ts'
import { versionIn } from '../row.ts'
import { type Hook, type Stage, settingOf } from '../stage.ts'
import { gated } from '../test-hooks.ts'
import type { It, Section } from './section.ts'

const WRITERS = 20
/** Time enough for a delivery to send its statement and be made to wait, where nothing shows that it waits. */
const IN_FLIGHT_MS = 60

/** What happens at the same time, in several processes, at every isolation level that the database has. */
export const races: Section = (stage, it) => {
  for (const isolation of [undefined, ...stage.harness.capabilities.isolationLevels]) {
    racesAt(stage, isolation ? (name, body) => it(`${isolation}: ${name}`, body) : it, isolation)
  }
}

function racesAt(stage: Stage, it: It, isolation: string | undefined): void {
  for (const onDelete of stage.modes) {
    for (const hooks of [false, true]) {
      it(`${WRITERS} racing writers of one row, ${onDelete}, hooks ${hooks ? 'on' : 'off'}: the newest stays`, async () => {
        const history = manyUpdates(stage)
        if (onDelete !== 'erase') history.deleted({ at: WRITERS + 1 })
        const syncs = await syncsOf(stage, isolation, hooks ? stage.welcome : undefined, onDelete)
        await Promise.all(shuffled(history.events).map(({ event }, n) => syncs[n % syncs.length]!.apply(event)))
        await stage.expectRow(settingOf(history, onDelete), history.events, 'racing writers left an older version')
        if (hooks) await stage.expectEffects(history.events)
      })
    }
  }

  it(`${WRITERS} racing writers whose hooks ask for the row before: each gets the one that it replaced`, async () => {
    const history = manyUpdates(stage)
    const calls = new Map<string, { readonly outcome: string; readonly before: string | undefined }>()
    const hook: Hook = (call) => {
      // A transaction that is run again calls its hook again: the last call is the one that was kept.
      calls.set(call.event.id, { outcome: call.outcome, before: versionIn(call.before, history.events) })
      return stage.welcome(call)
    }
    const syncs = (await stage.processes('plain', 2, isolation)).map((one) => stage.sync(one, { hook, before: true }))
    await Promise.all(shuffled(history.events).map(({ event }, n) => syncs[n % syncs.length]!.apply(event)))
    await stage.expectRow(settingOf(history), history.events, 'racing writers left an older version')
    await stage.expectEffects(history.events)
    if (!stage.exactlyOnce) return
    let stored: string | undefined
    for (const { event, version } of history.events) {
      const { outcome, before } = calls.get(event.id) ?? {}
      if (outcome === 'stale') {
        expectThat(before !== undefined && before > version, 'a hook whose event was stale did not get the newer row')
        continue
      }
      expectSame(
        [outcome, before],
        [stored ? 'updated' : 'created', stored],
        'a hook got a row that it did not replace',
      )
      stored = version
    }
  })

  it('a delete among racing writers: the tombstone stays', async () => {
    const history = manyUpdates(stage)
    history.deleted({ at: 3 })
    const syncs = await syncsOf(stage, isolation)
    await Promise.all(shuffled(history.events).map(({ event }, n) => syncs[n % syncs.length]!.apply(event)))
    await stage.expectRow(settingOf(history), history.events, 'a late update resurrected a deleted row')
  })

  it(`${WRITERS} deliveries of one message at once: one is processed, the others are duplicates`, async () => {
    const history = stage.history('plain')
    const { event } = history.created({ at: 1 }, { name: 'Ann' })
    const syncs = await syncsOf(stage, isolation, stage.welcome)
    const outcomes = await Promise.all(Array.from({ length: WRITERS }, (_, n) => syncs[n % syncs.length]!.apply(event)))
    await stage.expectRow(settingOf(history), history.events, 'the row of a message delivered many times at once')
    await stage.expectEffects(history.events)
    if (!stage.exactlyOnce) return
    const duplicates = outcomes.filter((outcome) => outcome === 'duplicate').length
    expectSame(duplicates, WRITERS - 1, 'of many deliveries of one message at once, all but one are duplicates')
    expectThat(outcomes.includes('created'), 'no delivery of a message delivered many times reported created')
  })

  it('a duplicate while the first is in flight waits for it, and does not run the hook', async () => {
    const history = stage.history('plain')
    const { event } = history.created({ at: 1 })
    const gate = gated(stage)
    const [first, second] = await stage.processes('plain', 2, isolation)
    const one = stage.sync(first!, { hook: gate.hook }).apply(event)
    await gate.entered(one)
    let settled = false
    const two = stage.sync(second!, { hook: stage.welcome }).apply(event)
    two.then(
      () => {
        settled = true
      },
      () => undefined,
    )
    await eventually(() => settled, IN_FLIGHT_MS)
    const early = settled && stage.exactlyOnce && !stage.synchronous
    gate.open()
    const outcomes = await Promise.all([one, two])
    expectThat(!early, 'a duplicate was answered while the first delivery could still fail')
    await stage.expectEffects(history.events)
    if (stage.exactlyOnce) expectSame(outcomes, ['created', 'duplicate'], 'the outcomes of a message and its duplicate')
  })

  it('a slow hook, which then throws, takes no other delivery with it', async () => {
    const [failing, ...others] = [stage.history('plain'), stage.history('plain'), stage.history('plain')]
    const { event } = failing.created({ at: 1 })
    const meanwhile = others.map((other) => other.created({ at: 1 }, { name: 'Bea' }))
    const gate = gated(stage, () => {
      throw new Error('the slow hook throws in the end')
    })
    // One of the deliveries shares its connections, the other is another process.
    const [own, another] = await stage.processes('plain', 2, isolation)
    const slow = stage.sync(own!, { hook: gate.hook }).apply(event)
    const failed = slow.then(
      () => false,
      () => true,
    )
    await gate.entered(slow)
    let settled = 0
    const deliveries = [own!, another!].map(async (process, n) => {
      const outcome = await stage
        .sync(process, { hook: n === 0 ? undefined : stage.welcome })
        .apply(meanwhile[n]!.event)
      settled++
      return outcome
    })
    const parallel = stage.harness.capabilities.parallel && !stage.synchronous
    const free = await eventually(() => settled === deliveries.length, parallel ? LONGEST_WAIT_MS : IN_FLIGHT_MS)
    gate.open()
    await Promise.all(deliveries)
    expectThat(await failed, 'a hook threw and its delivery passed for success')
    expectThat(free || !parallel, "a slow hook holds up the deliveries of other users' rows")
    for (const other of others) {
      const symptom = "a delivery that was acknowledged went down with another's transaction"
      await stage.expectRow(settingOf(other), other.events, symptom)
    }
    await stage.expectEffects(meanwhile.slice(1))
    if (!stage.exactlyOnce) return
    await stage.expectRow(settingOf(failing), [], 'a hook threw and its row stayed')
    await stage.expectNoEffects(failing.events, 'a hook threw and something of its transaction stayed')
  })

  it('a backfill beside deliveries for the same rows: the newest stays everywhere', async () => {
    const histories = Array.from({ length: 10 }, () => manyUpdates(stage, 4))
    const syncs = await syncsOf(stage, isolation)
    const [one, two] = await stage.processes('plain', 2, isolation)
    const batch = histories.flatMap((history) => history.events.slice(0, 2).map((event) => upsertOf(history, event)))
    const deliveries = histories.flatMap((history) => history.events.slice(1))
    const tallies = await Promise.all([
      writeBatch(one!.adapter, batch),
      writeBatch(two!.adapter, batch.toReversed()),
      ...deliveries.map(({ event }, n) => syncs[n % syncs.length]!.apply(event).then(() => undefined)),
    ])
    for (const tally of tallies)
      expectSame(tally?.failed.length ?? 0, 0, 'a batch failed rows that deliveries were writing')
    for (const history of histories) {
      await stage.expectRow(settingOf(history), history.events, 'a backfill beside deliveries left an older version')
    }
  })
}

function manyUpdates(stage: Stage, count = WRITERS): History {
  const history = stage.history('plain')
  for (let at = 1; at <= count; at++) history.updated({ at }, { name: `Name ${at}`, metadata: { at } })
  return history
}

async function syncsOf(stage: Stage, isolation: string | undefined, hook?: Hook, onDelete = stage.modes[0]) {
  const processes = await stage.processes('plain', 2, isolation)
  return processes.map((process) => stage.sync(process, { hook, onDelete }))
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item)
}

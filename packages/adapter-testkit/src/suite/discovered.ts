import { type Delete, discoveredDelete, type Found, NO_VERSION } from '@clerk-sync/core/adapter'
import { expectSame, expectThat } from '../expect.ts'
import { type History, YEAR_ZERO } from '../history.ts'
import type { OnDelete } from '../model.ts'
import { upsertOf, writeBatch, writeTogether } from '../port-changes.ts'
import { portValues, tombstoneValues } from '../row.ts'
import { type Process, type Stage, settingOf, tableOf } from '../stage.ts'
import { TABLES } from '../tables.ts'
import type { It, Section } from './section.ts'

/** Compare-and-set, and deletes that a read discovered: they may be wrong, and must not undo what an event has written. */
export const discovered: Section = (stage, it) => {
  for (const mode of stage.modes) {
    compareAndSet(stage, it, mode)
    liveAlone(stage, it, mode)
    afterwards(stage, it, mode)
  }
}

function compareAndSet(stage: Stage, it: It, mode: OnDelete): void {
  it(`${mode}: a delete that expects a version is written to a row of that version`, async () => {
    const { history, process, seen } = await written(stage)
    expectSame(
      await process.adapter.softDelete(deleteAt(history, mode, seen, 5)),
      'deleted',
      'a delete of what was seen',
    )
    const found = await process.adapter.find('user', history.key)
    expectThat(found?.deleted === true, 'a delete of what was seen left the row alive')
  })

  for (const by of ['softDelete', 'writeMany', 'once'] as const) {
    it(`${mode}, by ${by}: a delete that expects another version does not touch the row`, async () => {
      const { history, process, seen, sync } = await written(stage)
      await sync.apply(history.updated({ at: 3 }, { name: 'Newer' }).event)
      const change = deleteAt(history, mode, seen, 5)
      expectSame(
        await writeBy(stage, process, by, change),
        'stale',
        'the outcome of a delete that expects another version',
      )
      await stage.expectRow(
        settingFor(history, mode),
        history.events,
        'a delete has overwritten a newer version than it expects',
      )
    })
  }

  it(`${mode}: a delete that expects what no event has reached is not written to what one has`, async () => {
    const process = await stage.process('plain')
    const [own, reached] = [stage.history('plain'), stage.history('plain')]
    const table = tableOf('plain', 'user')
    for (const { key } of [own, reached]) {
      await stage.harness.insert(table, { [TABLES[table].key]: key, email: `${key}@example.com` })
    }
    await stage.sync(process).apply(reached.updated({ at: 3 }, { name: 'Newer' }).event)
    const outcomes = [own, reached].map((history) => process.adapter.softDelete(deleteAt(history, mode, NO_VERSION, 5)))
    expectSame(await Promise.all(outcomes), ['deleted', 'stale'], 'deletes that expect rows that no event has reached')
    expectThat((await process.adapter.find('user', own.key))?.deleted === true, 'a row that no event has reached stays')
  })

  it(`${mode}: a change that expects a row without a version writes none where there is no row`, async () => {
    const history = stage.history('plain')
    const { adapter } = await stage.process('plain')
    const upsert = { ...upsertOf(history, history.updated({ at: 2 })), expected: NO_VERSION }
    const outcomes = [await adapter.upsert(upsert), await adapter.softDelete(deleteAt(history, mode, NO_VERSION, 5))]
    const isLate = outcomes.every((outcome) => outcome === 'stale' || outcome === 'already_deleted')
    expectThat(isLate, `changes that expect a row that is not there gave ${outcomes.join(', ')}`)
    await stage.expectRow(settingFor(history, mode), [], 'a row that a change expected, and that is not there')
  })

  it(`${mode}: beside a later event, the event stays, whoever is first`, async () => {
    const processes = await stage.processes('plain', 2)
    const [one, other] = processes as [Process, Process]
    const histories = Array.from({ length: 20 }, () => stage.history('plain'))
    for (const history of histories) await stage.sync(one).apply(history.created({ at: 1 }, { name: 'Ann' }).event)
    await Promise.all(
      histories.flatMap((history) => {
        const change = deleteAt(history, mode, history.events[0]?.version ?? '', 5)
        const later = history.updated({ at: 9 }, { name: 'Later' })
        return [one.adapter.softDelete(change), stage.sync(other).apply(later.event)]
      }),
    )
    for (const history of histories) {
      await stage.expectRow(settingFor(history, mode), history.events, 'a discovered delete has undone a later event')
    }
  })

  it(`${mode}: an upsert that expects a tombstone brings the row back, whatever its version`, async () => {
    const { history, process, sync } = await written(stage, mode)
    await sync.apply(history.deleted({ at: 4 }).event)
    const found = (await process.adapter.find('user', history.key)) as Found
    const change = { ...upsertOf(history, history.updated({ at: 2 }, { name: 'Restored' })), expected: found.version }
    const outcome = await process.adapter.upsert(change)
    expectThat(outcome === 'updated' || outcome === 'created', `a restore gave ${outcome}`)
    const { deleted, version } = (await process.adapter.find('user', history.key)) as Found
    expectSame([deleted, version], [false, change.version], 'a row that was restored')
  })
}

function liveAlone(stage: Stage, it: It, mode: OnDelete): void {
  it(`${mode}: an upsert that expects a live row is written to one, and does not bring a tombstone back`, async () => {
    const { history, process, seen, sync } = await written(stage, mode)
    const change = { ...upsertOf(history, history.updated({ at: 2 }, { name: 'Read' })), expected: seen, live: true }
    expectSame(await process.adapter.upsert(change), 'updated', 'an upsert that expects the live row that is there')
    const again = upsertOf(history, history.updated({ at: 3 }, { name: 'Read again' }))
    await sync.apply(history.deleted({ at: 4 }).event)
    const late = await process.adapter.upsert({ ...again, expected: change.version, live: true })
    expectSame(late, 'already_deleted', 'an upsert that expects a live row, after the delete')
    const found = await process.adapter.find('user', history.key)
    expectThat(found?.deleted === true, 'an upsert that expects a live row brought a tombstone back')
  })
}

function afterwards(stage: Stage, it: It, mode: OnDelete): void {
  it(`${mode}: a later snapshot proves a discovered delete wrong, an earlier one does not`, async () => {
    const { history, process, seen, sync } = await written(stage, mode)
    await process.adapter.softDelete(deleteAt(history, mode, seen, 5))
    const early = await sync.apply(history.updated({ at: 3 }, { name: 'Early' }).event)
    expectSame(early, 'already_deleted', 'a snapshot from before a discovered delete')
    expectThat(
      (await process.adapter.find('user', history.key))?.deleted === true,
      'an earlier snapshot brought a row back',
    )
    await sync.apply(history.updated({ at: 7 }, { name: 'Later' }).event)
    await stage.expectRow(settingFor(history, mode), history.events, 'the row after a later snapshot')
  })

  for (const by of ['writeMany', 'batching'] as const) {
    it(`${mode}, by ${by}: a batch brings back what a later snapshot of it proves wrong`, async () => {
      const { history, process, seen } = await written(stage, mode)
      await process.adapter.softDelete(deleteAt(history, mode, seen, 5))
      const others = [stage.history('plain'), stage.history('plain')]
      const batch = [history, ...others].map((one) => upsertOf(one, one.updated({ at: 7 }, { name: 'Later' })))
      if (by === 'batching') await writeTogether(process.adapter, batch)
      else expectSame((await writeBatch(process.adapter, batch)).failed, [], 'what a batch could not write')
      for (const one of [history, ...others]) {
        await stage.expectRow(settingFor(one, mode), one.events, 'a row of a batch over a discovered delete')
      }
    })
  }

  for (const order of ['before', 'after'] as const) {
    it(`${mode}: the real delete replaces a discovered one, with a late snapshot ${order} it`, async () => {
      const { history, process, seen, sync } = await written(stage, mode)
      await process.adapter.softDelete(deleteAt(history, mode, seen, 5))
      const late = history.updated({ at: 2 }, { name: 'Late' })
      const real = history.deleted({ at: 3 })
      const events = order === 'before' ? [late, real] : [real, late]
      for (const { event } of events) await sync.apply(event)
      await stage.expectRow(settingFor(history, mode), history.events, 'the row after the real delete')
      await sync.apply(history.updated({ at: 2 }, { name: 'Later still' }).event)
      expectThat((await process.adapter.find('user', history.key))?.deleted === true, 'a real delete is not final')
    })
  }

  it(`${mode}: a delete that was discovered does not replace the real one`, async () => {
    const { history, process, seen, sync } = await written(stage, mode)
    await sync.apply(history.deleted({ at: 3 }).event)
    const outcome = await process.adapter.softDelete(deleteAt(history, mode, seen, 5))
    expectSame(outcome, 'already_deleted', 'a discovered delete after the real one')
    await stage.expectRow(settingFor(history, mode), history.events, 'the row after a delete that came first')
  })
}

async function written(stage: Stage, mode = stage.modes[0]) {
  const process = await stage.process('plain')
  const sync = stage.sync(process, { onDelete: mode })
  const history = stage.history('plain')
  const created = history.created({ at: 1 }, { name: 'Ann' })
  await sync.apply(created.event)
  return { history, process, sync, seen: created.version }
}

/** As a reconciliation that was answered 404 at this second would write it. */
function deleteAt(history: History, mode: OnDelete, seen: string, at: number): Delete {
  const { entity, key, table } = history
  const values = mode === 'erase' ? portValues(table, tombstoneValues(table, key)) : {}
  const versions = history.isBeside ? 'beside' : 'row'
  return discoveredDelete({ mode, entity, key, values, seen, at: YEAR_ZERO + at * 1000, versions })
}

function settingFor(history: History, mode: OnDelete) {
  return settingOf(history, mode)
}

async function writeBy(stage: Stage, { adapter }: Process, by: 'softDelete' | 'writeMany' | 'once', change: Delete) {
  if (by === 'softDelete') return adapter.softDelete(change)
  if (by === 'writeMany') return (await adapter.writeMany([change]))[0]?.outcome
  const event = { id: stage.fresh('msg'), type: 'drift.undeleted', entityId: change.key, occurredAt: new Date() }
  return adapter.once(event, change, () => undefined)
}

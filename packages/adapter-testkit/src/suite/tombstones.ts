import type { SyncAdapter } from '@clerk-sync/core/adapter'
import { expectSame } from '../expect.ts'
import { type History, YEAR_ZERO } from '../history.ts'
import { type Process, type Stage, settingOf, tableOf } from '../stage.ts'
import type { Shape } from '../tables.ts'
import { TABLES } from '../tables.ts'
import type { Section } from './section.ts'

/** In seconds after the year zero: no other test deletes so early. */
const LONG_AGO = -20_000_000
const before = new Date(YEAR_ZERO - 10_000_000_000)
const deletedAt = new Date(YEAR_ZERO + LONG_AGO * 1000)

/** What `prune` removes. An adapter without `tombstones` keeps them for ever, which is never wrong. */
export const tombstones: Section = (stage, it) => {
  for (const shape of ['plain', 'ownKey'] as const) {
    it(`${shape}: the old tombstones are found page by page, and nothing else`, async () => {
      const { adapter, keys, others } = await oldAndOthers(stage, shape)
      if (!adapter.tombstones) return
      const found = await allOf(adapter)
      expectSame(found.filter((key) => keys.includes(key)).toSorted(), keys.toSorted(), 'the old tombstones in find')
      expectSame(
        found.filter((key) => others.some((other) => other.key === key)),
        [],
        'what else find gives',
      )
    })

    it(`${shape}: an old tombstone is removed, and nothing that is alive, younger or the application's own`, async () => {
      const { adapter, keys, others } = await oldAndOthers(stage, shape)
      if (!adapter.tombstones) return
      const table = tableOf(shape, 'user')
      const rows = await Promise.all(others.map(({ key }) => stage.row(table, key)))
      const all = [...keys, ...others.map(({ key }) => key)]
      const removed = await adapter.tombstones.remove({ entity: 'user', before, keys: all })
      const after = await Promise.all(others.map(({ key }) => stage.row(table, key)))
      for (const [n, { what }] of others.entries()) expectSame(after[n], rows[n], `prune has changed ${what}`)
      const left = await Promise.all(keys.map((key) => stage.row(table, key)))
      expectSame(left, [undefined, undefined, undefined], 'old tombstones after their removal')
      expectSame(removed, keys.length, 'what remove counted')
      expectSame(
        (await allOf(adapter)).filter((key) => keys.includes(key)),
        [],
        'what find gives after their removal',
      )
    })
  }

  it('a page of them may be asked for that is larger than what a statement takes', async () => {
    const { adapter, shape } = await stage.process('plain')
    if (!adapter.tombstones) return
    const sync = stage.sync({ adapter, shape })
    // D1 takes 100 parameters.
    const histories = Array.from({ length: 110 }, () => stage.history(shape))
    await sync.applyMany(histories.map((history) => history.deleted({ at: LONG_AGO }).event))
    const keys = histories.map(({ key }) => key)
    const found = await allOf(adapter, 500)
    expectSame(found.filter((key) => keys.includes(key)).toSorted(), keys.toSorted(), 'the old tombstones in find')
    expectSame(await adapter.tombstones.remove({ entity: 'user', before, keys }), keys.length, 'what remove counted')
  })

  it('an aborted signal ends find without an error, since what was removed before it must be counted', async () => {
    const { adapter } = await oldAndOthers(stage, 'plain')
    const { tombstones: store } = adapter
    if (!store) return
    const which = { entity: 'user', before, limit: 2 } as const
    const thrown = await store.find(which, { signal: AbortSignal.abort() }).then(
      () => undefined,
      (error: unknown) => String(error),
    )
    expectSame(thrown, undefined, 'what find threw once its signal was aborted')
  })

  it('after it, an older event writes the row again, as if there had been no delete', async () => {
    const { adapter, shape } = await stage.process('plain')
    if (!adapter.tombstones) return
    const history = await deletedLongAgo(stage, { adapter, shape })
    await adapter.tombstones.remove({ entity: 'user', before, keys: [history.key] })
    const late = history.updated({ at: LONG_AGO - 1 }, { name: 'Ann' })
    expectSame(await stage.sync({ adapter, shape }).apply(late.event), 'created', 'the outcome of a late event')
    await stage.expectRow(settingOf(history), [late], 'the row of a late event')
  })

  it('a tombstone whose delivery is under way is passed over, and not waited for', async () => {
    const [one, other] = (await stage.processes('plain', 2)) as [Process, Process]
    const { tombstones: store } = other.adapter
    const { transactions, parallel } = stage.harness.capabilities
    if (!store || transactions !== 'interactive' || !parallel) return
    const history = await deletedLongAgo(stage, one)
    let removing: Promise<number | string> | undefined
    let removed: number | string | undefined
    const hook = async () => {
      removing = store.remove({ entity: 'user', before, keys: [history.key] })
      removed = await Promise.race([removing, later('it waits for the delivery')])
    }
    await stage.sync(one, { hook }).apply(history.updated({ at: LONG_AGO - 1 }).event)
    await removing
    expectSame(removed, 0, 'how many tombstones were removed below a delivery')
    await stage.expectRow(settingOf(history), history.events, 'the tombstone that a delivery has locked')
  })
}

/** Long enough for a statement that waits for nobody. */
async function later(what: string): Promise<string> {
  await new Promise((resolve) => setTimeout(resolve, 5_000))
  return what
}

interface Other {
  readonly key: string
  readonly what: string
}

/** Three old tombstones, and what is none. */
async function oldAndOthers(stage: Stage, shape: Shape) {
  const process = await stage.process(shape)
  const sync = stage.sync(process)
  const old: History[] = []
  for (let n = 0; n < 3; n++) old.push(await deletedLongAgo(stage, process))
  const alive = stage.history(shape)
  await sync.apply(alive.created({ at: LONG_AGO }, { name: 'Ann' }).event)
  const younger = stage.history(shape)
  for (const { event } of [younger.created({ at: LONG_AGO }), younger.deleted({ at: 1 })]) await sync.apply(event)
  const others: Other[] = [
    { key: alive.key, what: 'a living row' },
    { key: younger.key, what: 'a younger tombstone' },
  ]
  const table = tableOf(shape, 'user')
  const insert = (key: string, row: object) =>
    stage.harness.insert(table, { [TABLES[table].key]: key, email: `${key}@example.com`, ...row })
  if (stage.isBeside) {
    const { key } = await deletedLongAgo(stage, process)
    await insert(key, {})
    others.push({ key, what: 'the version of a row that is there' })
  } else {
    const key = stage.fresh('user')
    await insert(key, { deletedAt })
    others.push({ key, what: 'a row that no event has reached' })
  }
  return { adapter: process.adapter, keys: old.map(({ key }) => key), others }
}

async function deletedLongAgo(stage: Stage, process: Pick<Process, 'adapter' | 'shape'>): Promise<History> {
  const history = stage.history(process.shape)
  const sync = stage.sync(process)
  for (const { event } of [history.created({ at: LONG_AGO - 9 }), history.deleted({ at: LONG_AGO })])
    await sync.apply(event)
  return history
}

/** A page at a time. */
async function allOf({ tombstones: store }: SyncAdapter, limit = 2): Promise<string[]> {
  const found: string[] = []
  for (let after: string | undefined; ; after = found.at(-1)) {
    const page = (await store?.find({ entity: 'user', before, after, limit })) ?? []
    if (page.length === 0) return found
    found.push(...page)
  }
}

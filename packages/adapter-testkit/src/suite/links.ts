import { NO_VERSION } from '@clerk-sync/core/adapter'
import { expectSame } from '../expect.ts'
import { type LegacyRows, PROVEN } from '../legacy-rows.ts'
import { upsertOf } from '../port-changes.ts'
import type { It } from './section.ts'

/** The port's own look and compare-and-set. */
export function links(rows: LegacyRows, it: It): void {
  const { stage } = rows

  it('rows are found by a number as well, whole, and with the Clerk id that they have', async () => {
    const { linking } = await rows.opened()
    const row = await rows.insert({ firstName: 'Ann', score: 4711 })
    const { id = row.tagline } = await rows.stored(row)
    const byNumber = await linking.find({ entity: 'user', column: 'score', values: ['4711'], ignoreCase: false })
    const own = byNumber.filter((found) => Object.values(found.row).includes(row.tagline))
    expectSame(
      own.map(({ value, key }) => [value, key]),
      [['4711', null]],
      'the row that was found by a number',
    )
    const values = new Set(Object.values({ ...own[0]?.row }).map(String))
    const missing = [id, row.email, 'Ann', row.tagline].filter((value) => !values.has(String(value)))
    expectSame(missing, [], 'what is missing of a row that was found')
    const history = rows.history()
    await (await rows.sync()).apply(history.created({ at: 1 }, { email: row.email }).event)
    const search = { entity: 'user', column: 'email', values: [row.email], ignoreCase: true } as const
    const keys = (await linking.find(search)).map(({ key }) => key)
    expectSame(new Set(keys), new Set([history.key, null]), 'the Clerk ids of the rows that were found')
  })

  it('a row that was changed since it was seen is not linked', async () => {
    const row = await rows.insert({ firstName: 'Ann' })
    const before = await rows.stored(row)
    const seen = await rows.seen(row)
    const columns = Object.entries<unknown>({ ...seen.row })
    const [filled = ''] = columns.find(([, value]) => value === 'Ann') ?? []
    const [empty = ''] = columns.find(([name, value]) => value === null && /sign/i.test(name)) ?? []
    for (const [what, changed] of Object.entries({
      'another number': { ...seen, row: { ...seen.row, score: PROVEN + 1 } },
      'a value where NULL was': { ...seen, row: { ...seen.row, [filled]: null } },
      'NULL where a value was': { ...seen, row: { ...seen.row, [empty]: new Date(0) } },
      'other letters': { ...seen, value: seen.value.toUpperCase() },
    })) {
      expectSame([what, await rows.set(changed)], [what, false], 'whether a row was linked that has by now')
      expectSame([what, await rows.stored(row)], [what, before], 'a row was linked that has by now')
    }
    expectSame(await rows.set(seen), true, 'whether a row was linked that is as it was seen')
  })

  it('a row that has an id keeps it, and of two who want one row, one gets it', async () => {
    const row = await rows.insert()
    const seen = await rows.seen(row)
    const ids = [stage.fresh('user'), stage.fresh('user')]
    const linked = await Promise.all(ids.map((id) => rows.set(seen, id)))
    expectSame(linked.filter(Boolean).length, 1, 'how many of two were given one row')
    const owner = ids[linked.indexOf(true)]
    expectSame((await rows.stored(row)).clerkId, owner, 'whose a row is that two wanted')
    expectSame(await rows.set(seen), false, 'whether a row was given that has another id')
    expectSame((await rows.stored(row)).clerkId, owner, 'a row lost its id to another user')
  })

  it('a user who has a row gets no second one', async () => {
    const history = rows.history()
    const row = await rows.insert()
    await (await rows.sync()).apply(history.created({ at: 1 }, { name: 'Own' }).event)
    const seen = await rows.seen(row)
    const result = await rows.set(seen, history.key).catch(() => 'refused')
    expectSame(result === true, false, 'whether a second row was given to a user')
    expectSame((await rows.stored(row)).clerkId, null, 'a user has got a second row')
    expectSame((await rows.ofUser(history))?.firstName, 'Own', 'the own row of a user for whom a second one was meant')
  })

  it('a row that was linked and not written has no version, and the next write fills it', async () => {
    const { adapter } = await rows.opened()
    const row = await rows.insert({ firstName: 'Ann' })
    const before = await rows.stored(row)
    const history = rows.history()
    await rows.set(await rows.seen(row), history.key)
    expectSame(await rows.stored(row), { ...before, clerkId: history.key }, 'what a link wrote')
    const found = await adapter.find('user', history.key)
    expectSame(
      [found?.version, found?.synced, found?.deleted],
      [NO_VERSION, false, false],
      'what find gives of a row that was linked and not written',
    )
    const change = upsertOf(history, history.created({ at: 1 }, { email: row.email, name: 'Bea' }))
    expectSame(await adapter.upsert(change), 'updated', 'the first write of a row that was linked')
    expectSame((await rows.stored(row)).firstName, 'Bea', 'what the first write of a row that was linked left')
  })

  it('an id is taken away from the row that has it alone', async () => {
    const row = await rows.insert()
    const before = await rows.stored(row)
    const seen = await rows.seen(row)
    const id = stage.fresh('user')
    await rows.set(seen, id)
    await rows.set({ ...seen, key: stage.fresh('user') }, null)
    expectSame((await rows.stored(row)).clerkId, id, 'an id was taken away that was not seen')
    await rows.set({ ...seen, key: id }, null)
    expectSame(await rows.stored(row), before, 'a row whose id was taken away')
  })

  it('no row is given to a user who was deleted, and none is found that the application has deleted', async () => {
    const { linking } = await rows.opened()
    const history = rows.history()
    const row = await rows.insert()
    const seen = await rows.seen(row)
    await (await rows.sync()).apply(history.deleted({ at: 2 }).event)
    const result = await rows.set(seen, history.key).catch(() => 'refused')
    expectSame(result === true, false, 'whether a row was given to a user who was deleted')
    expectSame((await rows.stored(row)).clerkId, null, 'a row was given to a user who was deleted')
    if (stage.isBeside) return
    const { email } = await rows.insert({ deletedAt: new Date(1_000) })
    const found = await linking.find({ entity: 'user', column: 'email', values: [email], ignoreCase: true })
    expectSame(found.length, 0, 'how many rows were found that the application has deleted')
  })

  if (stage.modes.includes('keep'))
    it('no row is found of a user who was deleted, though it keeps its values', async () => {
      const { linking } = await rows.opened()
      const history = rows.history()
      const email = `${history.key}@example.com`
      const search = { entity: 'user', column: 'email', values: [email], ignoreCase: true } as const
      const sync = await rows.sync('keep')
      await sync.apply(history.created({ at: 1 }, { email }).event)
      expectSame((await linking.find(search)).length, 1, 'how many rows of a user were found')
      await sync.apply(history.deleted({ at: 2 }).event)
      expectSame((await linking.find(search)).length, 0, 'how many kept rows of a user who was deleted were found')
    })
}

import { ENTITY_NAMES } from '../entities.ts'
import { expectSame } from '../expect.ts'
import { upsertOf, writeBatch } from '../port-changes.ts'
import { type RowValues, rowValues } from '../row.ts'
import { settingOf, tableOf } from '../stage.ts'
import { type SyncedTableName, TABLES } from '../tables.ts'
import type { Section } from './section.ts'

const shapes = ['plain', 'ownKey', 'uniqueFirst', 'requiredLast'] as const

/** Rows that were there before, and columns that are the application's own. */
export const application: Section = (stage, it) => {
  for (const shape of shapes) {
    for (const onDelete of stage.modes) {
      for (const hook of [undefined, stage.welcome]) {
        it(`${shape}, ${onDelete}, hooks ${hook ? 'on' : 'off'}: a row that was there before takes part, and keeps the application's columns`, async () => {
          const history = stage.history(shape)
          const table = tableOf(shape, 'user')
          const own = { tagline: "the application's", score: 42 }
          const email = `${history.key}@example.com`
          await stage.harness.insert(table, { [TABLES[table].key]: history.key, email, firstName: 'Before', ...own })
          const before = await stage.row(table, history.key)
          expectSame(before?.clerkVersion, '0', 'the version of a row that the application inserted')
          const sync = stage.sync(await stage.process(shape), { onDelete, hook })
          const events = [
            history.updated({ at: 2 }, { name: 'Ann' }),
            history.created({ at: 1 }, {}),
            history.deleted({ at: 3 }),
          ]
          const outcomes = []
          for (const [n, { event }] of events.entries()) {
            outcomes.push(await sync.apply(event))
            const setting = settingOf(history, onDelete, before)
            await stage.expectRow(
              setting,
              events.slice(0, n + 1),
              'a row that was there before, or its application columns',
            )
          }
          expectSame(outcomes, ['updated', 'stale', 'deleted'], 'the outcomes on a row that was there before')
        })
      }
    }

    it(`${shape}: a delete alone, on a row that was there before`, async () => {
      for (const onDelete of stage.modes) {
        const history = stage.history(shape)
        const table = tableOf(shape, 'user')
        const email = `${history.key}@example.com`
        await stage.harness.insert(table, { [TABLES[table].key]: history.key, email, firstName: 'Before', score: 1 })
        const before = await stage.row(table, history.key)
        const { event } = history.deleted({ at: 1 })
        const outcome = await stage.sync(await stage.process(shape), { onDelete }).apply(event)
        expectSame(outcome, 'deleted', 'deleting a row that was there before')
        await stage.expectRow(
          settingOf(history, onDelete, before),
          history.events,
          `${onDelete}: a row that was there before`,
        )
      }
    })
  }

  it('a new row gets the defaults of the application columns, by every way of writing', async () => {
    const { adapter, ...rest } = await stage.process('plain')
    const process = { adapter, ...rest }
    const histories = Array.from({ length: 4 }, () => stage.history('plain'))
    const [bare, hooked, batched, deleted] = histories as [(typeof histories)[0], ...typeof histories]
    await stage.sync(process).apply(bare.created({ at: 1 }).event)
    await stage.sync(process, { hook: stage.welcome }).apply(hooked!.created({ at: 1 }).event)
    await writeBatch(adapter, [upsertOf(batched!, batched!.created({ at: 1 }))])
    await stage.sync(process).apply(deleted!.deleted({ at: 1 }).event)
    // A removal leaves no row.
    for (const { key } of stage.isBeside ? histories.slice(0, 3) : histories) {
      const row = await stage.row('users', key)
      expectSame([row?.tagline, row?.score], ['hello', 7], 'the defaults of the application columns in a new row')
    }
  })

  it('application columns that change between events stay as the application left them', async () => {
    for (const entity of ENTITY_NAMES) {
      const table = tableOf('plain', entity)
      const history = stage.history('plain', entity)
      const own = { tagline: 'own', score: -1 }
      await stage.harness.insert(table, { id: history.key, ...required(table, history.key), ...own })
      const { adapter } = await stage.process('plain')
      await writeBatch(adapter, [upsertOf(history, history.created({ at: 1 }, { name: 'one' }))])
      const sync = stage.sync(await stage.process('plain'))
      await sync.apply(history.updated({ at: 2 }, { name: 'two' }).event)
      if (!stage.isBeside) await sync.apply(history.deleted({ at: 3 }).event)
      const row = await stage.row(table, history.key)
      expectSame([row?.tagline, row?.score], ['own', -1], `the application columns of ${table}`)
    }
  })
}

/** What the table cannot do without. */
function required(table: SyncedTableName, key: string): RowValues {
  return Object.fromEntries(Object.entries(rowValues(table, key, {})).filter(([, value]) => value !== null))
}

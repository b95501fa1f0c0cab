import { expectSame, expectThat } from '../expect.ts'
import { tableOf } from '../stage.ts'
import { TABLES } from '../tables.ts'
import type { Section } from './section.ts'

/** `find`: the row as the application sees it, whatever its ORM calls the columns. */
export const reads: Section = (stage, it) => {
  for (const shape of ['plain', 'ownKey'] as const) {
    it(`${shape}: find gives the row of a key alone, and says whether it is a tombstone`, async () => {
      const { adapter } = await stage.process(shape)
      const { adapter: other } = await stage.process(shape, 1)
      const [history, neighbour] = [stage.history(shape), stage.history(shape)]
      const email = `${history.key}@example.com`
      const sync = stage.sync({ adapter, shape })
      expectSame(await adapter.find('user', history.key), undefined, 'find of a row that is not there')
      await sync.apply(neighbour.created({ at: 1 }, { email: `${neighbour.key}@example.com` }).event)
      expectSame(await adapter.find('user', history.key), undefined, 'find of a row that is not there, beside another')

      await sync.apply(history.created({ at: 1 }, { email }).event)
      for (const one of [adapter, other]) {
        const found = await one.find('user', history.key)
        expectThat(found !== undefined, 'find does not see a row that was committed')
        const values: readonly unknown[] = Object.values(found.row ?? {})
        for (const value of [history.key, email, 'hello']) {
          expectThat(values.includes(value), `the row that find gave lacks ${JSON.stringify(value)}`)
        }
        expectSame(found.deleted, false, 'a row that is there passes for a tombstone')
        expectSame(found.synced, true, 'a row that an event has reached passes for one of the application')
      }

      await sync.apply(history.deleted({ at: 2 }).event)
      for (const one of [adapter, other]) {
        expectSame((await one.find('user', history.key))?.deleted, true, 'find does not say that it is a tombstone')
      }
      expectSame((await adapter.find('user', neighbour.key))?.deleted, false, "a neighbour's row after a delete")
    })
  }

  it('find distinguishes keys that differ in case, and sees rows of the application', async () => {
    const { adapter } = await stage.process('plain')
    const table = tableOf('plain', 'user')
    const history = stage.history('plain', 'user', stage.fresh('user').concat('Aa'))
    await stage.harness.insert(table, { [TABLES[table].key]: history.key, email: `${history.key}@example.com` })
    const found = await adapter.find('user', history.key)
    expectSame(found?.deleted, false, 'find of a row that the application inserted')
    expectSame(found?.synced, false, 'a row that the application inserted passes for one that an event has reached')
    const swapped = history.key.replace(/Aa$/, 'aA')
    expectSame(await adapter.find('user', swapped), undefined, 'find of a key that differs in case')
  })
}

import type { Scanned } from '@clerk-sync/core/adapter'
import { NO_VERSION } from '@clerk-sync/core/adapter'
import { expectSame, expectThat } from '../expect.ts'
import { tableOf } from '../stage.ts'
import { TABLES } from '../tables.ts'
import type { Section } from './section.ts'

const PAGE = 200

/** `scan`: what a reconciliation compares with Clerk. */
export const scans: Section = (stage, it) => {
  for (const shape of ['plain', 'ownKey'] as const) {
    it(`${shape}: a scan gives every row once, page by page, also those that no event has reached`, async () => {
      const { adapter } = await stage.process(shape)
      const sync = stage.sync({ adapter, shape })
      const synced = [1, 2, 3].map(() => stage.history(shape))
      for (const history of synced) await sync.apply(history.created({ at: 1 }, { name: 'Ann' }).event)
      const own = stage.fresh('user')
      const table = tableOf(shape, 'user')
      await stage.harness.insert(table, { [TABLES[table].key]: own, email: `${own}@example.com` })
      const pages: Scanned[][] = []
      for (let after: string | undefined; ; after = pages.at(-1)?.at(-1)?.key) {
        const page = await adapter.scan('user', { after, limit: PAGE })
        expectThat(page.length <= PAGE, 'a page is longer than its limit')
        if (page.length === 0) break
        pages.push([...page])
      }
      const times = new Map<string, number>()
      for (const { key } of pages.flat()) times.set(key, (times.get(key) ?? 0) + 1)
      expectSame(
        [...synced.map(({ key }) => key), own].map((key) => times.get(key)),
        [1, 1, 1, 1],
        'how often a scan gives each row',
      )
      expectSame(Math.max(...times.values()), 1, 'a scan gives a row twice')
      const found = pages.flat().find(({ key }) => key === own)
      expectSame([found?.version, found?.synced], [NO_VERSION, false], 'a row that no event has reached, in a scan')
    })

    it(`${shape}: a scan of keys gives what find gives of each, and nothing else`, async () => {
      const { adapter } = await stage.process(shape)
      const sync = stage.sync({ adapter, shape })
      const [alive, gone, other] = [1, 2, 3].map(() => stage.history(shape)) as [History, History, History]
      for (const history of [alive, gone, other]) await sync.apply(history.created({ at: 1 }, { name: 'Ann' }).event)
      await sync.apply(gone.deleted({ at: 2 }).event)
      const found = await adapter.scan('user', { keys: [alive.key, gone.key, stage.fresh('user')] })
      expectSame(found.map(({ key }) => key).sort(), [alive.key, gone.key].sort(), 'the keys of a scan')
      for (const { key, ...rest } of found) {
        expectSame(rest, { ...(await adapter.find('user', key)) }, 'what a scan gives of a key, and find another')
      }
      expectSame(found.find(({ key }) => key === gone.key)?.deleted, true, 'a scan does not show a tombstone')
      expectSame(await adapter.scan('user', { keys: [] }), [], 'a scan of no keys')
    })
  }
}

type History = ReturnType<Parameters<Section>[0]['history']>

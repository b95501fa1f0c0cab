import { expectSame, expectThat } from '../expect.ts'
import type { LegacyRows } from '../legacy-rows.ts'
import type { It } from './section.ts'

/** More than there are. */
const LIMIT = 10_000

/** What is said of rows that have no Clerk id. */
export function unlinked(rows: LegacyRows, it: It): void {
  const { stage } = rows

  const counting = async () => {
    const { linking } = await rows.opened()
    const { countUnlinked, listUnlinked } = linking
    expectThat(countUnlinked !== undefined, 'the adapter links rows, and does not count those without a Clerk id')
    expectThat(listUnlinked !== undefined, 'the adapter links rows, and does not list those without a Clerk id')
    const list = async (column: string, limit = LIMIT) =>
      (await listUnlinked.call(linking, { entity: 'user', column, limit })).slice()
    return {
      count: (most?: number) => countUnlinked.call(linking, 'user', most === undefined ? {} : { most }),
      list,
      listed: async (email: string) => (await list('email')).filter(({ value }) => value === email),
    }
  }

  it('rows without a Clerk id are counted and listed by their own key, until they are linked', async () => {
    const { count, list, listed } = await counting()
    const before = await count()
    const row = await rows.insert({ score: 815 })
    const other = await rows.insert()
    expectSame(await count(), before + 2, 'how many rows have no Clerk id once two are inserted')
    expectSame(await count(1), 1, 'how many rows have no Clerk id, counted to one')
    expectSame((await list('email', 1)).length, 1, 'how many rows without a Clerk id are listed of one')
    const [found, ...more] = await listed(row.email)
    expectSame([found !== undefined, more.length], [true, 0], 'whether a row without a Clerk id is listed once')
    const { id } = await rows.stored(row)
    if (id !== undefined) {
      expectSame(Object.values(found?.primaryKey ?? {}), [String(id)], 'the own key of a row without a Clerk id')
    }
    const byNumber = (await list('score')).filter(({ primaryKey }) => sameKey(primaryKey, found?.primaryKey))
    expectSame(
      byNumber.map(({ value }) => value),
      ['815'],
      'the number in a row without a Clerk id, as text',
    )
    await rows.set(await rows.seen(row))
    expectSame(await count(), before + 1, 'how many rows have no Clerk id once one of them is linked')
    expectSame(
      (await listed(row.email)).length,
      0,
      'how often a row is listed as one without a Clerk id that is linked',
    )
    expectSame(
      (await listed(other.email)).length,
      1,
      'how often a row without a Clerk id is listed beside one that is linked',
    )
  })

  it('rows of users are not among those without a Clerk id, and neither is a value that is not there', async () => {
    const { count, list } = await counting()
    const before = await count()
    const history = rows.history()
    await (await rows.sync()).apply(history.created({ at: 1 }, { name: 'Own' }).event)
    await (await rows.sync()).apply(rows.history().deleted({ at: 2 }).event)
    expectSame(await count(), before, 'how many rows have no Clerk id once a user has come, and another one has gone')
    const { tagline } = await rows.insert()
    const values = (await list('firstName')).map(({ value }) => value)
    expectSame(values.includes('null') || values.includes(''), false, `a name that ${tagline} does not have`)
  })

  if (!stage.isBeside)
    it('a row that the application has deleted waits for no Clerk id', async () => {
      const { count, listed } = await counting()
      const before = await count()
      const { email } = await rows.insert({ deletedAt: new Date(1_000) })
      expectSame(await count(), before, 'how many rows have no Clerk id once a deleted one is inserted')
      expectSame((await listed(email)).length, 0, 'how often a deleted row is listed as one without a Clerk id')
    })
}

function sameKey(one: object, other: object | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

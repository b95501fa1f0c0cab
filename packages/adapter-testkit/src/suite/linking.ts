import { expectSame } from '../expect.ts'
import { type LegacyRows, PROVEN, signUp, verified } from '../legacy-rows.ts'
import type { It } from './section.ts'

/** Rows that were there before get their Clerk ids, by the library's own rules. */
export function linking(rows: LegacyRows, it: It): void {
  const { stage } = rows

  it('a user who signs up gets the row, which keeps its key, its columns, and its value where Clerk has none', async () => {
    const row = await rows.insert({ email: `${stage.fresh('Ann')}@Example.com`, firstName: 'Ann' })
    // The number of the last row of all may be given again, and would pass for the row's own.
    await rows.insert()
    const before = await rows.stored(row)
    const history = rows.history()
    const email = row.email.toLowerCase()
    const sync = await rows.moving()
    expectSame(await sync.apply(signUp(history, email)), 'updated', 'the outcome for a user whose row was there')
    expectSame(await rows.stored(row), { ...before, clerkId: history.key, email }, 'the row of a user who was linked')
    const version = history.events[0]?.version
    expectSame((await rows.ofUser(history))?.clerkVersion, version, 'the version of a row that was linked')
    const renamed = verified(history.updated({ at: 2 }, { email, name: 'Bea' }))
    expectSame(await sync.apply(renamed), 'updated', 'the next event of a user who was linked')
    expectSame((await rows.stored(row)).firstName, 'Bea', 'what the next event of a user who was linked has written')
  })

  it('deliveries at once give a user one row', async () => {
    const row = await rows.insert()
    const { id } = await rows.stored(row)
    const history = rows.history()
    const event = signUp(history, row.email)
    const processes = await Promise.all([0, 1, 2].map((index) => rows.moving(undefined, index)))
    await Promise.all(processes.map((process) => process.apply(event)))
    const stored = await rows.stored(row)
    expectSame([stored.clerkId, stored.id], [history.key, id], 'the row of a user who was linked by several at once')
    await rows.ofUser(history)
  })

  it('of two rows with one address, the one that is proven is linked, and the other is left alone', async () => {
    const email = `${stage.fresh('twin')}@example.com`
    const proven = await rows.insert({ email })
    const other = await rows.insert({ email, score: PROVEN + 1 })
    const history = rows.history()
    await (await rows.moving()).apply(signUp(history, email))
    expectSame(
      [(await rows.stored(proven)).clerkId, (await rows.stored(other)).clerkId],
      [history.key, null],
      'which of two rows with one address was linked',
    )
  })

  it('a row is linked by its bytes, whatever a collation calls equal', async () => {
    const row = await rows.insert({ email: `${stage.fresh('jos\u00e9')}@example.com` })
    const sync = await rows.moving()
    await sync.apply(signUp(rows.history(), row.email.replace('\u00e9', 'e')))
    expectSame((await rows.stored(row)).clerkId, null, 'a row was linked by an address that is not its own')
    const old = await rows.insert({ email: stage.fresh('Old') })
    const byValue = await rows.movingBy('email', old.email.toLowerCase())
    await byValue.apply(signUp(rows.history(), `${stage.fresh('other')}@example.com`))
    expectSame((await rows.stored(old)).clerkId, null, 'a row was linked by a value that is not its own')
  })

  it('a user who has a row keeps it, and the one that matches is left alone', async () => {
    const row = await rows.insert()
    const before = await rows.stored(row)
    const history = rows.history()
    await (await rows.sync()).apply(history.created({ at: 1 }, { name: 'Own' }).event)
    const { email } = row
    await (await rows.moving()).apply(verified(history.updated({ at: 2 }, { email, name: 'Newer' })))
    expectSame((await rows.ofUser(history))?.firstName, 'Newer', 'the row of a user whom another row matches')
    expectSame(await rows.stored(row), before, 'a row that matches a user who has another one')
  })
}

import { expectRejection, expectSame } from '../expect.ts'
import type { History } from '../history.ts'
import { listOf, mail, type PartEvent, withParts } from '../part-history.ts'
import type { PartStage } from '../part-stage.ts'
import { settingOf } from '../stage.ts'
import { deliverAll } from './deliver-all.ts'
import { permutations } from './permutations.ts'
import type { It } from './section.ts'

/** Addresses that go from one user to another, and addresses that are taken. */
export function movingParts(on: PartStage, it: It): void {
  const { stage } = on

  it('an address that moves is with its new user alone, in every order', async () => {
    const sync = stage.sync(await on.process('parts'))
    for (const order of stage.someOf(permutations(4))) {
      const { ann, bea, events } = moved(on)
      for (const index of order) await sync.apply(events[index]!.event)
      const what = `after [${order}]`
      await on.expectLists('parts', ann, mail(), `what the user keeps who gave the address up, ${what}`)
      await on.expectLists('parts', bea, events[3]!.parts, `what the user has who got the address, ${what}`)
    }
  })

  it('a unique address that moves waits until it is free, in every order', async () => {
    const sync = stage.sync(await on.process('uniqueParts'))
    for (const order of stage.someOf(permutations(4))) {
      const { ann, bea, events } = moved(on)
      await deliverAll(
        sync,
        order.map((index) => events[index]!),
        () => undefined,
      )
      const what = `after [${order}]`
      await on.expectLists('uniqueParts', ann, mail(), `what the user keeps who gave the address up, ${what}`)
      await on.expectLists('uniqueParts', bea, events[3]!.parts, `the new user, ${what}`)
    }
  })

  for (const hooks of [false, true]) {
    it(`a part that the database refuses refuses its owner, hooks ${hooks ? 'on' : 'off'}`, async () => {
      const sync = stage.sync(await on.process('uniqueParts'), { hook: hooks ? stage.welcome : undefined })
      const [ann, bea] = [stage.history('plain'), stage.history('plain')]
      const taken = listOf([ann.key], 'taken')
      await sync.apply(withParts(ann.created({ at: 1 }), { emailAddress: taken }).event)
      const before = withParts(bea.created({ at: 1 }, { name: 'before' }), mail(`idn_${bea.key}`))
      await sync.apply(before.event)
      const text = taken[0]!.text
      const clash = { emailAddress: [{ id: 'idn_clash', text, verified: false, primary: false }] }
      const refused = withParts(bea.updated({ at: 2 }, { name: 'after' }), clash)
      await expectRejection('unique_conflict', sync.apply(refused.event), 'a part with an address that is taken')
      const [{ emailAddress: found } = {}] = await stage.rows('uniqueEmailAddresses', [ann.key])
      expectSame(found, text, 'the address of the other user')
      await on.expectLists('uniqueParts', bea, before.parts, 'the parts of the user who was refused')
      await stage.expectRow(settingOf(bea), [before], 'the row of the user who was refused')
      if (hooks && stage.exactlyOnce) await stage.expectNoEffects([refused], 'a part was refused')
    })
  }
}

/** An address that one user gives up, and another gets. */
function moved(on: PartStage): { ann: History; bea: History; events: readonly PartEvent[] } {
  const [ann, bea] = [on.stage.history('plain'), on.stage.history('plain')]
  const address = (id: string) => ({ emailAddress: [{ id, text: `at ${ann.key}`, verified: true, primary: false }] })
  const events = [
    withParts(ann.created({ at: 1 }), address('idn_moved')),
    withParts(ann.updated({ at: 3 }), {}),
    withParts(bea.created({ at: 1 }), {}),
    withParts(bea.updated({ at: 4 }), address('idn_moved')),
  ]
  return { ann, bea, events }
}

import { ownerOf } from '../entities.ts'
import { expectSame, expectThat } from '../expect.ts'
import type { ForeignKey } from '../harness.ts'
import type { KitEvent } from '../history.ts'
import type { Stage } from '../stage.ts'
import { deliverAll } from './deliver-all.ts'
import { permutations } from './order.ts'
import type { It } from './section.ts'

/** A row whose delete keeps it, and that goes all the same with the user that it refers to. */
export function keptMembership(
  stage: Stage,
  it: It,
  withKeys: (keys: readonly [ForeignKey], run: () => Promise<void>) => Promise<void>,
): void {
  const [entity, table] = ['organizationMembership', 'organizationMemberships'] as const
  it('a membership whose delete keeps it ends alike in every order, also without its user', () =>
    withKeys([{ table, column: 'userId', target: 'users', onDelete: 'cascade' }], async () => {
      // All 120 orders would take minutes where each event is a transaction.
      for (const [n, order] of permutations(5).entries()) {
        if (n % 7 !== 0) continue
        const member = stage.history('plain', entity)
        const owner = stage.history('plain', 'user', ownerOf(member.key))
        const hook = n % 2 === 0 ? stage.welcome : undefined
        const sync = stage.sync(await stage.process('plain'), { hook, onDelete: { [entity]: 'keep' } })
        const [created, first, newest, removed, deleted] = [
          owner.created({ at: 1 }),
          member.created({ at: 2 }, { name: 'one' }),
          member.updated({ at: 3 }, { name: 'two', flag: true }),
          owner.deleted({ at: 4 }),
          member.deleted({ at: 5 }),
        ] as const
        const all = [created, first, newest, removed, deleted]
        const events = order.map((index) => all[index] as KitEvent)
        await deliverAll(sync, events, () => expectThat(false, 'a removal is held by a foreign key that cascades'))
        const symptom = `a kept membership of a removed user: ${events.map(({ event }) => event.type).join(', ')}`
        expectSame(await stage.harness.read(table, [member.key]), [], symptom)
        const [left] = await stage.rows(table, [member.key])
        const end = [newest.version, deleted.event.timestamp]
        expectSame([left?.clerkVersion, left?.deletedAt], end, `${symptom}: what is beside`)
      }
    }))
}

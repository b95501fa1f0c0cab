import { deliver } from '../deliver.ts'
import { organizationOf, ownerOf } from '../entities.ts'
import { expectSame, expectThat } from '../expect.ts'
import type { ForeignKey, ForeignKeysHarness, VersionsHarness } from '../harness.ts'
import type { History, KitEvent } from '../history.ts'
import { upsertOf, writeBatch } from '../port-changes.ts'
import { rowValues } from '../row.ts'
import { type Stage, settingOf } from '../stage.ts'
import { withTriggers } from '../trigger-harness.ts'
import { deliverAll } from './deliver-all.ts'
import { keptReferences } from './kept-references.ts'
import { permutations } from './permutations.ts'
import type { It } from './section.ts'

const ACTIONS = ['cascade', 'set null', 'restrict', 'no action'] as const
/** Tables of the shape `plain`: a required reference to a user, and one that takes NULL and is set later. */
const MEMBERSHIP = { entity: 'organizationMembership', table: 'organizationMemberships', takesNull: false } as const
const INVITATION = { entity: 'organizationInvitation', table: 'organizationInvitations', takesNull: true } as const

/**
 * Foreign keys between synced tables. What refers to a removed row becomes what the foreign key makes of it, whichever
 * comes first; no event of it is refused for ever.
 */
export function references(stage: Stage, it: It, versions: VersionsHarness, foreignKeys: ForeignKeysHarness): void {
  const withKeys = (keys: readonly [ForeignKey, ...ForeignKey[]], run: () => Promise<void>) =>
    withTriggers(Promise.resolve(foreignKeys.add(keys[0].table, keys)), run)

  /** An event of what refers, and what is left of it once its user is removed. */
  async function expectLeft(member: History, last: KitEvent, staysWithNull: boolean, symptom: string): Promise<void> {
    const { table, key } = member
    const found = await stage.harness.read(table, [key])
    const kept = {
      id: key,
      userId: null,
      ...(staysWithNull && { status: rowValues(table, key, { name: 'two' }).status }),
    }
    expectSame(
      found.map(({ id, userId, status }) => ({ id, userId, ...(staysWithNull && { status }) })),
      staysWithNull ? [kept] : [],
      symptom,
    )
    const stored = (await versions.read([key])).filter((row) => row.tableName === table)
    expectSame(
      stored.map((row) => row.version),
      [last.version],
      `${symptom}: the version beside`,
    )
  }

  for (const { entity, table, takesNull } of [MEMBERSHIP, INVITATION]) {
    // A column that is NOT NULL cannot be set to NULL.
    for (const onDelete of ACTIONS.filter((action) => takesNull || action !== 'set null')) {
      const key: ForeignKey = { table, column: 'userId', target: 'users', onDelete }
      const staysWithNull = takesNull && onDelete !== 'cascade'
      it(`on delete ${onDelete}, ${takesNull ? 'NULL' : 'NOT NULL'}: every order ends alike`, () =>
        withKeys([key], async () => {
          for (const [n, order] of stage.someOf(permutations(4)).entries()) {
            const member = stage.history('plain', entity)
            const owner = stage.history('plain', 'user', ownerOf(member.key))
            const hook = n % 2 === 0 ? stage.welcome : undefined
            const sync = stage.sync(await stage.process('plain'), { hook })
            const all = [
              owner.created({ at: 1 }),
              member.created({ at: 2 }, { name: 'one' }),
              member.updated({ at: 3 }, { name: 'two', flag: true }),
              owner.deleted({ at: 4 }),
            ]
            const events = order.map((index) => all[index] as KitEvent)
            const [, , last] = all as [KitEvent, KitEvent, KitEvent]
            const held = onDelete === 'restrict' || onDelete === 'no action'
            await deliverAll(sync, events, async () => {
              expectThat(held, `a removal is held by a foreign key that is on delete ${onDelete}`)
              if (takesNull) await foreignKeys.letGo(table, 'userId', member.key)
              else await versions.purge(table, member.key)
            })
            const symptom = `what refers to a removed user depends on the order: ${events.map(({ event }) => event.type).join(', ')}`
            await expectLeft(member, last, staysWithNull, symptom)
            await stage.expectRow(settingOf(owner), owner.events, 'the user that was removed')
            if (hook) await stage.expectEffects(events)
            const bare = stage.sync(await stage.process('plain'))
            for (const { event } of events) await bare.apply(event)
            await expectLeft(member, last, staysWithNull, `${symptom}; then all of them once more`)
          }
        }))
    }
  }

  if (stage.modes.includes('keep')) keptReferences(stage, it, withKeys)

  it('outcomes say that the owner was deleted, and hooks get them', () =>
    withKeys([{ table: MEMBERSHIP.table, column: 'userId', target: 'users', onDelete: 'cascade' }], async () => {
      const outcomes: unknown[] = []
      const hook = ({ outcome }: { outcome: unknown }) => void outcomes.push(outcome)
      const member = stage.history('plain', MEMBERSHIP.entity)
      const owner = stage.history('plain', 'user', ownerOf(member.key))
      const { adapter } = await stage.process('plain')
      const bare = stage.sync({ adapter, shape: 'plain' })
      await bare.apply(owner.deleted({ at: 4 }).event)
      const [first, second, third] = [1, 2, 3].map((at) => member.updated({ at })) as [KitEvent, KitEvent, KitEvent]
      const answered = [await bare.apply(second.event), await bare.apply(second.event), await bare.apply(first.event)]
      expectSame(answered, ['owner_deleted', 'already_deleted', 'already_deleted'], 'outcomes without an owner')
      await stage.sync({ adapter, shape: 'plain' }, { hook, before: true }).apply(third.event)
      expectSame(outcomes, ['owner_deleted'], 'the outcome that a hook gets')
      const found = await adapter.find(member.entity, member.key)
      expectSame([found?.row, found?.deleted], [undefined, true], 'what find gives of a row without an owner')
    }))

  it('a batch writes the others, and counts what has no owner', () =>
    withKeys([{ table: MEMBERSHIP.table, column: 'userId', target: 'users', onDelete: 'cascade' }], async () => {
      const { adapter } = await stage.process('plain')
      const sync = stage.sync({ adapter, shape: 'plain' })
      const members = Array.from({ length: 5 }, () => stage.history('plain', MEMBERSHIP.entity))
      for (const [n, member] of members.entries()) {
        const owner = stage.history('plain', 'user', ownerOf(member.key))
        await sync.apply((n === 2 ? owner.deleted({ at: 4 }) : owner.created({ at: 1 })).event)
      }
      const batch = members.map((member) => upsertOf(member, member.created({ at: 2 })))
      const { failed, ...counts } = await writeBatch(adapter, batch)
      expectSame(failed, [], 'what a batch could not write')
      expectSame([counts.created, counts.owner_deleted], [4, 1], 'the tally of a batch with a row without an owner')
      const again = await writeBatch(adapter, batch)
      expectSame([again.unchanged, again.already_deleted], [4, 1], 'the tally of the same batch once more')
    }))

  for (const isolation of [undefined, ...stage.harness.capabilities.isolationLevels]) {
    it(`${isolation ?? 'default isolation'}: what comes while its owner is removed does not stay, and nothing is refused for ever`, () =>
      withKeys([{ table: MEMBERSHIP.table, column: 'userId', target: 'users', onDelete: 'cascade' }], async () => {
        const processes = await stage.processes('plain', 2, isolation)
        const [one, other] = processes.map((process, n) =>
          stage.sync(process, n === 0 ? { hook: stage.welcome } : {}),
        ) as [Sync, Sync]
        const members = Array.from({ length: 12 }, () => stage.history('plain', MEMBERSHIP.entity))
        const races = members.map(async (member, n) => {
          const owner = stage.history('plain', 'user', ownerOf(member.key))
          await deliver(one, owner.created({ at: 1 }))
          const [sync, rival] = n % 2 === 0 ? [one, other] : [other, one]
          const [first, second] = [member.created({ at: 2 }), member.updated({ at: 3 })]
          await Promise.all([deliver(sync, first), deliver(rival, owner.deleted({ at: 4 })), deliver(rival, second)])
        })
        await Promise.all(races)
        for (const { table, key } of members) {
          expectSame(await stage.harness.read(table, [key]), [], 'a row is there whose owner was removed')
        }
      }))
  }

  const both: readonly [ForeignKey, ForeignKey] = [
    { table: INVITATION.table, column: 'userId', target: 'users', onDelete: 'set null' },
    { table: INVITATION.table, column: 'organizationId', target: 'organizations', onDelete: 'cascade' },
  ]
  for (const deleted of ['user', 'organization', 'user and organization']) {
    it(`two foreign keys, of which ${deleted} is removed: orders end alike`, () =>
      withKeys(both, async () => {
        const sync = stage.sync(await stage.process('plain'))
        const events = deleted === 'user and organization' ? 6 : 5
        // Each order would take minutes; these are spread over all of them.
        const spread = permutations(events).filter((_, n) => n % (events === 6 ? 47 : 11) === 0)
        for (const order of stage.someOf(spread)) {
          const member = stage.history('plain', INVITATION.entity)
          const owner = stage.history('plain', 'user', ownerOf(member.key))
          const organization = stage.history('plain', 'organization', organizationOf(member.key))
          const last = member.updated({ at: 3 }, { name: 'two', flag: true })
          const all = [owner.created({ at: 1 }), organization.created({ at: 1 }), member.created({ at: 2 }), last]
          for (const one of [owner, organization]) if (deleted.includes(one.entity)) all.push(one.deleted({ at: 4 }))
          const nobody = () => expectThat(false, 'a removal is held by a foreign key that is set null or cascades')
          await deliverAll(
            sync,
            order.map((index) => all[index] as KitEvent),
            nobody,
          )
          await expectLeft(member, last, deleted === 'user', 'what refers to two rows depends on the order')
        }
      }))
  }
}

type Sync = ReturnType<Stage['sync']>

import { discoveredDelete, orderOf } from '@clerk-sync/core/adapter'
import { organizationOf, ownerOf } from '../entities.ts'
import { expectSame, expectThat } from '../expect.ts'
import type { ForeignKey } from '../harness.ts'
import { type KitEvent, YEAR_ZERO } from '../history.ts'
import { upsertOf } from '../port-changes.ts'
import type { Stage } from '../stage.ts'
import { deliverAll } from './deliver-all.ts'
import { permutations } from './permutations.ts'
import type { It } from './section.ts'

/** The delete carries the whole membership. */
const MEMBERSHIP = {
  what: 'a membership',
  entity: 'organizationMembership',
  table: 'organizationMemberships',
  column: 'userId',
  owner: 'user',
  ownerKey: ownerOf,
  target: 'users',
} as const
/** The delete carries the id alone: it does not say what the domain refers to. */
const DOMAIN = {
  what: 'a domain',
  entity: 'organizationDomain',
  table: 'organizationDomains',
  column: 'organizationId',
  owner: 'organization',
  ownerKey: organizationOf,
  target: 'organizations',
} as const

type WithKeys = (keys: readonly [ForeignKey], run: () => Promise<void>) => Promise<void>

/** Rows whose delete keeps them, and that go all the same with what they refer to. */
export function keptReferences(stage: Stage, it: It, withKeys: WithKeys): void {
  for (const [{ what, entity, table, column, owner, ownerKey, target }, onDelete] of [
    [MEMBERSHIP, 'cascade'],
    [DOMAIN, 'cascade'],
    [DOMAIN, 'set null'],
  ] as const) {
    it(`${what} whose delete keeps it ends alike in every order, also without its ${owner}: on delete ${onDelete}`, () =>
      withKeys([{ table, column, target, onDelete }], async () => {
        // All 120 orders would take minutes where each event is a transaction.
        for (const [n, order] of stage.someOf(permutations(5).filter((_, n) => n % 7 === 0)).entries()) {
          const kept = stage.history('plain', entity)
          const referred = stage.history('plain', owner, ownerKey(kept.key))
          const hook = n % 2 === 0 ? stage.welcome : undefined
          const sync = stage.sync(await stage.process('plain'), { hook, onDelete: { [entity]: 'keep' } })
          const [created, first, newest, removed, deleted] = [
            referred.created({ at: 1 }),
            kept.created({ at: 2 }, { name: 'one' }),
            kept.updated({ at: 3 }, { name: 'two', flag: true }),
            referred.deleted({ at: 4 }),
            kept.deleted({ at: 5 }),
          ] as const
          const all = [created, first, newest, removed, deleted]
          const events = order.map((index) => all[index] as KitEvent)
          await deliverAll(sync, events, () =>
            expectThat(false, 'a removal is held by a foreign key that cascades or sets NULL'),
          )
          const symptom = `a kept row without its ${owner}: ${events.map(({ event }) => event.type).join(', ')}`
          const found = await stage.harness.read(table, [kept.key])
          expectSame(
            found.map((row) => [row.name, row[column]]),
            onDelete === 'cascade' ? [] : [['two', null]],
            symptom,
          )
          const [left] = await stage.rows(table, [kept.key])
          const end = [newest.version, deleted.event.timestamp]
          expectSame([left?.clerkVersion, left?.deletedAt], end, `${symptom}: what is beside`)
        }
      }))
  }

  for (const [when, at, outcome] of [
    ['before the read: it stays deleted', 3, 'already_deleted'],
    ['after the read: its owner takes it', 6, 'owner_deleted'],
  ] as const) {
    it(`of a domain that a read found deleted, no row is left without its organization, by a snapshot from ${when}`, () =>
      withKeys([{ ...DOMAIN, onDelete: 'cascade' }], async () => {
        const { entity, table } = DOMAIN
        const domain = stage.history('plain', entity)
        const organization = stage.history('plain', 'organization', organizationOf(domain.key))
        const process = await stage.process('plain')
        const sync = stage.sync(process)
        await sync.apply(organization.created({ at: 1 }).event)
        const first = { ...upsertOf(domain, domain.created({ at: 2 })), values: {} }
        await process.adapter.upsert(first)
        const { key } = domain
        const read = { mode: 'keep', entity, key, seen: first.version, at: YEAR_ZERO + 5_000, values: {} } as const
        await process.adapter.softDelete(discoveredDelete({ ...read, versions: 'beside' }))
        await sync.apply(organization.deleted({ at: 4 }).event)
        const snapshot = domain.updated({ at })
        expectSame(await process.adapter.upsert(upsertOf(domain, snapshot)), outcome, 'what became of the snapshot')
        expectSame(await stage.harness.read(table, [key]), [], 'the row of a domain without its organization')
        const [left] = await stage.rows(table, [key])
        const order = orderOf(String(left?.clerkVersion))
        expectSame([order, left?.deletedAt !== null], [snapshot.version, true], 'what is beside')
      }))
  }
}

import { deliver } from '../deliver.ts'
import { expectSame } from '../expect.ts'
import type { History, KitEvent } from '../history.ts'
import { each, expectedParts, mail, type PartEvent, withParts } from '../part-history.ts'
import type { PartStage } from '../part-stage.ts'
import { PART_NAMES } from '../parts.ts'
import { settingOf } from '../stage.ts'
import { fillableColumns, PART_SHAPES, type PartShape, type PartTableName } from '../tables.ts'
import { permutations } from './permutations.ts'
import type { It } from './section.ts'

/** What a user has many of: rows of tables of their own, written with their user. */
export function parts(on: PartStage, it: It): void {
  const { stage } = on

  for (const onDelete of stage.modes) {
    for (const hooks of [false, true]) {
      it(`deletes ${onDelete}, hooks ${hooks ? 'on' : 'off'}: every order ends in the parts of the newest snapshot`, async () => {
        const sync = stage.sync(await on.process('parts'), { onDelete, hook: hooks ? stage.welcome : undefined })
        const fill = (history: History): PartEvent[] => [
          withParts(history.created({ at: 1 }), each(['a', 'b'], 'first')),
          withParts(history.updated({ updatedAt: 2, at: 2 }), each(['b', 'c'], 'second')),
          // It ties with the one before, but for its message.
          withParts(history.updated({ updatedAt: 2, at: 2 }), each(['A', 'c'], 'tie')),
          withParts(history.deleted({ at: 4 }), {}),
        ]
        for (const order of stage.someOf(permutations(4))) {
          const history = stage.history('plain')
          const events = fill(history)
          const applied: PartEvent[] = []
          for (const index of order) {
            applied.push(events[index]!)
            await sync.apply(events[index]!.event)
            const kinds = applied.map(({ kind }) => kind).join(', ')
            await on.expectParts(history, onDelete, applied, `the parts after ${kinds}`)
          }
          for (const { event } of events) await sync.apply(event)
          await on.expectParts(history, onDelete, events, 'the parts after duplicates')
          await stage.expectRow(settingOf(history, onDelete), events, 'the row of the owner')
        }
      })
    }
  }

  it('a user has no address, then one, 200, others, and none again', async () => {
    const sync = stage.sync(await on.process('parts'))
    const history = stage.history('plain')
    const many = Array.from({ length: 200 }, (_, n) => `idn_${n}`)
    const others = Array.from({ length: 200 }, (_, n) => `idn_${n + 150}`)
    const lists = [mail(), mail('idn_0'), mail(...many), mail(...others), mail('idn_7'), mail()]
    for (const [n, list] of lists.entries()) {
      const event = withParts(history.updated({ at: n + 1 }), list)
      expectSame(await sync.apply(event.event), n === 0 ? 'created' : 'updated', `the outcome of snapshot ${n}`)
      await on.expectLists('parts', history, list, `${list.emailAddress?.length} addresses`)
    }
  })

  it('parts of other users stay, also where they have the same ids', async () => {
    const sync = stage.sync(await on.process('parts'))
    const [ann, bea] = [stage.history('plain'), stage.history('plain')]
    await sync.apply(withParts(ann.created({ at: 1 }), each(['same', 'own'], 'of Ann')).event)
    await sync.apply(withParts(bea.created({ at: 1 }), each(['same'], 'of Bea')).event)
    await on.expectLists('parts', ann, each(['same', 'own'], 'of Ann'), 'the parts of the first user')
    await sync.apply(withParts(bea.updated({ at: 2 }), {}).event)
    await sync.apply(bea.deleted({ at: 3 }).event)
    await on.expectLists(
      'parts',
      ann,
      each(['same', 'own'], 'of Ann'),
      'the parts of the first user, after the second is gone',
    )
  })

  it("columns of the application's own stay as they are", async () => {
    const sync = stage.sync(await on.process('parts'))
    const history = stage.history('plain')
    const table: PartTableName = 'emailAddresses'
    await stage.harness.insert(table, { userId: history.key, id: 'kept', tagline: 'mine', score: 3 })
    await sync.apply(withParts(history.created({ at: 1 }), mail('kept', 'new')).event)
    const rows = (await on.read('parts', history))[table]
    const own = rows?.map(({ id, tagline, score, emailAddress }) => [id, tagline, score, emailAddress])
    const expected = [
      ['kept', 'mine', 3, 'at kept'],
      ['new', 'hello', 7, 'at new'],
    ]
    expectSame(own, expected, 'the columns of the parts')
  })

  it('what the row does not take touches no part', async () => {
    const process = await on.process('parts')
    const history = stage.history('plain')
    const older = withParts(history.created({ at: 1 }), mail('old'))
    const newest = withParts(history.updated({ at: 2 }), mail('new'))
    const sync = stage.sync(process)
    await sync.apply(newest.event)
    await on.harness.purge('emailAddresses', history.key)
    expectSame(await sync.apply(newest.event), 'unchanged', 'a duplicate')
    expectSame(await sync.apply(older.event), 'stale', 'an older snapshot')
    const results = await sync.applyMany([older.event, newest.event])
    expectSame(
      results.map(({ outcome }) => outcome),
      ['stale', 'unchanged'],
      'both in one list',
    )
    await on.expectLists('parts', history, {}, 'parts that the application has deleted')
  })

  it('many users at once, in one list', async () => {
    const sync = stage.sync(await on.process('parts'))
    const histories = Array.from({ length: 8 }, () => stage.history('plain'))
    const events = histories.flatMap((history): [KitEvent, KitEvent] => [
      withParts(history.created({ at: 1 }), each(['a', 'b'], 'first')),
      withParts(history.updated({ at: 2 }), each(['b'], 'second')),
    ])
    const results = await sync.applyMany(events.map(({ event }) => event))
    expectSame(
      results.filter(({ ok }) => !ok),
      [],
      'what was refused',
    )
    for (const history of histories)
      await on.expectLists('parts', history, each(['b'], 'second'), 'the parts of one of them')
  })

  for (const isolation of [undefined, ...stage.harness.capabilities.isolationLevels]) {
    it(`${isolation ?? 'default isolation'}: users who sign up at the same time, with their parts`, async () => {
      const processes = await Promise.all([0, 1].map((index) => on.process('parts', index, isolation)))
      const syncs = processes.map((process) => stage.sync(process))
      const histories = Array.from({ length: 16 }, () => stage.history('plain'))
      // A stricter level may refuse a delivery, since it is one of many at once: it is sent again.
      const send = (n: number, sent: PartEvent) => {
        const sync = syncs[n % 2]!
        return isolation === undefined ? sync.apply(sent.event) : deliver(sync, sent)
      }
      const delivering = histories.map(async (history, n) => {
        await send(n, withParts(history.created({ at: 1 }), each(['a', 'b'], 'first')))
        await send(n + 1, withParts(history.updated({ at: 2 }), each(['b', 'c'], 'second')))
      })
      await Promise.all(delivering)
      for (const history of histories)
        await on.expectLists('parts', history, each(['b', 'c'], 'second'), 'the parts of one of them')
    })
  }

  // Beside a table, only the tombstones of rows that are gone are pruned.
  const prunesRows = !stage.isBeside && stage.harness.capabilities.tombstones
  const pruned = async () => {
    const sync = stage.sync(await on.process('parts'), { onDelete: 'keep' })
    const history = stage.history('plain')
    await sync.apply(withParts(history.created({ at: 1 }), each(['a'], 'kept')).event)
    await sync.apply(history.deleted({ at: 2 }).event)
    await on.expectLists('parts', history, each(['a'], 'kept'), 'the parts of a tombstone that keeps its values')
    const { adapter } = await on.process('parts')
    const before = new Date(history.events[1]!.event.timestamp + 1000)
    await adapter.tombstones!.remove({ entity: 'user', before, keys: [history.key] })
    expectSame(await stage.row('users', history.key), undefined, 'the row of the tombstone')
    await on.expectLists('parts', history, {}, 'the parts of a tombstone that is gone')
  }
  if (prunesRows) it('old tombstones that are pruned take the parts that they kept with them', pruned)

  for (const [name, tables] of Object.entries(PART_SHAPES)) {
    it(`${name}: the adapter describes the tables as they are, and check finds no error in them`, async () => {
      const { adapter } = await on.process(name as PartShape)
      const columnsOf = (table: PartTableName) => Object.keys(fillableColumns(table)).sort()
      expectSame(
        Object.entries(adapter.parts?.tables ?? {}).map(([part, { columns }]) => [part, Object.keys(columns).sort()]),
        Object.entries(tables).map(([part, table]) => [part, columnsOf(table)]),
        'the columns that a map may fill',
      )
      const errors = (await adapter.check()).filter(({ severity }) => severity === 'error')
      expectSame(errors, [], 'check found a problem in good tables')
    })
  }

  it('are read as they are stored', async () => {
    const { adapter } = await on.process('parts')
    const sync = stage.sync(await on.process('parts'))
    const history = stage.history('plain')
    const event = withParts(history.created({ at: 1 }), each(['a', 'A'], 'stored'))
    await sync.apply(event.event)
    const read = await adapter.parts!.read([history.key, stage.fresh('user')])
    const stored = PART_NAMES.map((part) => (read.get(history.key)?.[part] ?? []).map(({ id }) => id).sort())
    expectSame(
      stored,
      PART_NAMES.map(() => ['A', 'a']),
      'the ids that were read',
    )
    const [address] = read.get(history.key)?.emailAddress ?? []
    expectSame(address?.values.emailAddress, `stored ${address?.id}`, 'a value that was read')
    expectSame(expectedParts(stage.modes[0], [event]), event.parts, 'the specification')
  })
}

import { ClerkSyncError, type Entity } from '@clerk-sync/core'
import { expectSame, expectThat } from '../expect.ts'
import { settingOf } from '../stage.ts'
import { fillableColumns, SHAPES, type Shape } from '../tables.ts'
import type { Section } from './section.ts'

/** What an adapter says of its tables, and what it finds in the database. */
export const description: Section = (stage, it) => {
  for (const [name, { tables, ledger }] of Object.entries(SHAPES)) {
    const shape = name as Shape
    it(`${name}: the adapter describes its tables as they are`, async () => {
      const { adapter } = await stage.process(shape)
      expectThat(adapter.name !== '', 'the adapter has no name')
      expectSame(adapter.ledger, ledger, 'whether the adapter has a ledger')
      expectSame(adapter.deadLetters, undefined, 'the dead letters of an adapter that was given no table for them')
      const links = stage.harness.linking !== undefined
      expectSame(adapter.linking !== undefined, links, 'whether the adapter links rows that were there before')
      const prunes = stage.harness.capabilities.tombstones ?? false
      expectSame(adapter.tombstones !== undefined, prunes, 'whether the adapter removes old tombstones')
      expectSame(Object.keys(adapter.tables).sort(), Object.keys(tables).sort(), 'the entities that the adapter syncs')
      for (const [entity, table] of Object.entries(tables)) {
        const info = adapter.tables[entity as Entity]
        const columns = fillableColumns(table)
        expectSame(info?.versions ?? 'row', stage.isBeside ? 'beside' : 'row', `where the versions of ${table} are`)
        expectSame(
          Object.keys(info?.columns ?? {}).sort(),
          Object.keys(columns).sort(),
          `the columns that a map may fill in ${table}`,
        )
        for (const [column, { notNull = false, default: initial }] of Object.entries(columns)) {
          const { nullable, required, emptyValue } = info?.columns[column] ?? {}
          const described = { nullable: nullable ?? !notNull, required: required ?? (notNull && initial === undefined) }
          const expected = { nullable: !notNull, required: notNull && initial === undefined }
          expectSame(described, expected, `what the adapter says of ${table}.${column}`)
          if (emptyValue !== undefined) expectSame(emptyValue, initial, `the empty value of ${table}.${column}`)
        }
      }
    })

    it(`${name}: check finds no error in good tables`, async () => {
      const { adapter } = await stage.process(shape)
      const problems = await adapter.check()
      // A unique e-mail address will bite one day, and check may say so.
      const bites = shape !== 'plain' && shape !== 'ownKey' && shape !== 'withoutLedger'
      expectSame(
        problems.filter(({ severity }) => severity === 'error' || !bites),
        [],
        'check found a problem in good tables',
      )
    })
  }

  it('without a ledger, hooks are refused at set-up, and the rest works', async () => {
    const process = await stage.process('withoutLedger')
    let error: unknown
    try {
      stage.sync(process, { hook: stage.welcome })
    } catch (thrown) {
      error = thrown
    }
    expectSame(ClerkSyncError.is(error) && error.code, 'config_invalid', 'hooks without a ledger')
    const history = stage.history('withoutLedger')
    const sync = stage.sync(process)
    const outcomes = []
    for (const { event } of [history.created({ at: 1 }), history.updated({ at: 2 }, { name: 'Ann' })])
      outcomes.push(await sync.apply(event))
    const organization = stage.history('plain', 'organization').created({ at: 1 })
    outcomes.push(await sync.apply(organization.event))
    expectSame(outcomes, ['created', 'updated', 'ignored'], 'outcomes without a ledger')
    await stage.expectRow(settingOf(history), history.events, 'a row without a ledger')
  })
}

// The facts of a table, of which functions of an older version say less.
import { expect, it } from 'vitest'
import { tableFacts, withDefaults } from '../src/table-facts.ts'

const NONE = { columns: new Map(), primaryKey: [], uniques: [], references: [], checks: [], triggers: [], rules: [] }
const column = { notNull: true, defaultValue: null, type: 'text', ignoresCase: false, filled: false }

it.for([undefined, null])('of a table that is not there: %s', (stored) => {
  expect(tableFacts(stored)).toEqual(NONE)
})

it('of an older version of the functions', () => {
  expect(tableFacts({ columns: {}, indexes: [], references: ['user_id'] })).toEqual({
    ...NONE,
    references: ['user_id'],
  })
})

it('of a newer one, in an order that is always the same', () => {
  const primary = { columns: ['id'], primary: true, nullsNotDistinct: false, deferrable: false }
  const unique = { ...primary, columns: ['email'], primary: false }
  const late = { ...primary, deferrable: true }
  const partialUniques = [{ name: 'a', columns: ['email'], excludes: false }]
  expect(
    tableFacts({
      columns: { id: { ...column, length: 5, labels: ['a'] }, email: { ...column, length: null, labels: null } },
      indexes: [primary, unique, late],
      references: [],
      leading: ['id'],
      partialUniques,
      triggers: ['b', 'a'],
      rules: ['d', 'c'],
    }),
  ).toEqual({
    ...NONE,
    columns: new Map<string, object>([
      ['id', { ...column, length: 5, labels: ['a'] }],
      ['email', column],
    ]),
    primaryKey: ['id'],
    uniques: [unique, late],
    leading: ['id'],
    partialUniques,
    triggers: ['a', 'b'],
    rules: ['c', 'd'],
  })
})

it('a column that takes no NULL and that the database fills is given its default', () => {
  const stored = {
    columns: { id: column, email: { ...column, filled: true }, name: { ...column, notNull: false, filled: true } },
    indexes: [],
    references: [],
  }
  const { columns } = withDefaults(tableFacts(stored), stored)
  expect(Array.from(columns, ([name, { notNull }]) => [name, notNull])).toEqual([
    ['id', true],
    ['email', false],
    ['name', false],
  ])
})

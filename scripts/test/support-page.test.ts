import { expect, test } from 'vitest'
import { GROUPS } from '../release/matrix/rows.mjs'
import { readTables, shapeOf, tables } from '../release/matrix/support-page.mjs'

test('docs/support.md has the rows that are run: `npm run rehearse-release -- --matrix` writes it', () => {
  expect(shapeOf(readTables())).toEqual(shapeOf(tables(GROUPS)))
})

test('a row is known by what it says', () => {
  const names = GROUPS.flatMap(({ rows }) => rows.map(({ what }) => what))
  expect(names).toEqual([...new Set(names)])
})

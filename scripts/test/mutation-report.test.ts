import { expect, test } from 'vitest'
import { figures, survivors } from '../mutation/report.mjs'

const at = (line: number, from: number, to: number) => ({ start: { line, column: from }, end: { line, column: to } })
const mutant = (status: string, location = at(1, 1, 6)) => ({
  status,
  mutatorName: 'Guard',
  replacement: 'true',
  location,
})
const report = {
  files: {
    'packages/core/src/a.ts': {
      source: 'first line\nif (old) return\nreturn {\n}',
      mutants: [
        mutant('Killed'),
        mutant('Timeout'),
        mutant('Ignored'),
        mutant('Survived', at(2, 5, 8)),
        mutant('NoCoverage', { start: { line: 3, column: 8 }, end: { line: 4, column: 2 } }),
      ],
    },
    'packages/core/src/sql/b.ts': { source: '', mutants: [mutant('Ignored')] },
    'packages/core/src/other.ts': { source: '', mutants: [mutant('Survived')] },
  },
}
const files = ['packages/core/src/a.ts', 'packages/core/src/sql/b.ts']

test('what no test noticed is told by file and line, for the files that were asked for', () => {
  expect(survivors(report, files)).toEqual([
    'packages/core/src/a.ts:2 Guard: old -> true',
    'packages/core/src/a.ts:3 Guard: return { … -> true',
  ])
})

test('the score is what was noticed of what was tried, by folder', () => {
  expect(figures(report, files).split('\n').slice(2)).toEqual([
    '| packages/core/src | 4 | 2 | 50.0 |',
    '| packages/core/src/sql | 0 | 0 |  |',
  ])
})

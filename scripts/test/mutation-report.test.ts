import { expect, test, vi } from 'vitest'
import { figures, survivors } from '../mutation/report.mjs'
import { draw, NOT_DRAWN, strykerPlugins } from '../mutation/sample.mjs'

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
    '| all | 4 | 2 | 50.0 |',
  ])
})

test('what a sample left out was not tried: it says of how many, and what the score of all of them may be', () => {
  const leftOut = { ...mutant('CompileError'), statusReason: NOT_DRAWN }
  const mutants = [
    ...Array.from({ length: 40 }, () => leftOut),
    mutant('Survived'),
    ...Array.from({ length: 9 }, () => mutant('Killed')),
  ]
  const sample = { files: { 'packages/core/src/a.ts': { source: '', mutants } } }
  // The interval is what statsmodels' proportion_confint(9, 10, method='wilson') says.
  expect(figures(sample, files).split('\n').at(-1)).toBe('| packages/core/src | 10 of 50 | 1 | 90.0 | 59.6 to 98.2 |')
})

test('none noticed of a few may be more of all, and not less than none', () => {
  const mutants = [{ ...mutant('CompileError'), statusReason: NOT_DRAWN }, mutant('Survived')]
  const sample = { files: { 'packages/core/src/a.ts': { source: '', mutants } } }
  expect(figures(sample, files).split('\n').at(-1)).toBe('| packages/core/src | 1 of 2 | 1 | 0.0 | 0.0 to 79.3 |')
})

const faults = Array.from({ length: 100 }, (_, line) => ({
  ...mutant('', at(line, 1, 2)),
  id: String(line),
  fileName: 'a.ts',
}))

test('a seed draws the same faults, whatever order they come in, and another seed others', () => {
  const drawn = draw(faults, 10, 'one')
  expect(drawn.size).toBe(10)
  expect(draw(faults.toReversed(), 10, 'one')).toEqual(drawn)
  expect(draw(faults, 10, 'other')).not.toEqual(drawn)
  expect(draw(faults, 1000, 'one').size).toBe(100)
})

test('StrykerJS is told to try what was drawn and nothing else', async () => {
  vi.stubEnv('CLERK_SYNC_MUTATION_SAMPLE', '10')
  vi.stubEnv('CLERK_SYNC_MUTATION_SEED', 'one')
  const [checker] = strykerPlugins.map(({ factory }) => factory())
  expect((await checker?.group(faults))?.flat()).toHaveLength(100)
  const passed = Object.entries((await checker?.check(faults)) ?? {}).filter(([, { status }]) => status === 'passed')
  expect(new Set(passed.map(([id]) => id))).toEqual(draw(faults, 10, 'one'))
  vi.unstubAllEnvs()
})

import { globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { AREAS } from '../mutation/areas.mjs'
import { figures, left, survivors, withSecond } from '../mutation/report.mjs'
import { draw, NOT_DRAWN, pick, strykerPlugins } from '../mutation/sample.mjs'
import { root } from '../tools.mjs'

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

test('what no test noticed is tried again by name, and the table has both scores', () => {
  const [survived = '', uncovered = '', ...others] = left(report, files)
  expect(others).toEqual([])
  expect(uncovered).not.toBe(survived)
  // The other run may have other files, and notices one of the two.
  const second = {
    files: {
      'packages/core/src/a.ts': {
        source: '',
        mutants: [
          { ...mutant('CompileError'), statusReason: NOT_DRAWN },
          mutant('Killed', at(2, 5, 8)),
          mutant('Survived', { start: { line: 3, column: 8 }, end: { line: 4, column: 2 } }),
        ],
      },
    },
  }
  const both = withSecond(report, second)
  expect(left(both, files)).toEqual([uncovered])
  expect(survivors(both, files)).toEqual(['packages/core/src/a.ts:3 Guard: return { … -> true'])
  expect(figures(report, files, both).split('\n')).toEqual([
    '| folder | faults | not noticed | score, % | not noticed, all tests | score, %, all tests |',
    '| --- | --- | --- | --- | --- | --- |',
    '| packages/core/src | 4 | 2 | 50.0 | 1 | 75.0 |',
    '| packages/core/src/sql | 0 | 0 |  | 0 |  |',
    '| all | 4 | 2 | 50.0 | 1 | 75.0 |',
  ])
})

test('what a second run did not try, or ignored, is not noticed', () => {
  for (const status of ['Ignored', 'Survived', 'NoCoverage', 'Pending']) {
    const second = { files: { 'packages/core/src/a.ts': { source: '', mutants: [mutant(status, at(2, 5, 8))] } } }
    expect(left(withSecond(report, second), files)).toEqual(left(report, files))
  }
  const notTried = { ...mutant('CompileError', at(2, 5, 8)), statusReason: NOT_DRAWN }
  const second = { files: { 'packages/core/src/a.ts': { source: '', mutants: [notTried] } } }
  expect(left(withSecond(report, second), files)).toEqual(left(report, files))
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
  const checker = strykerPlugins.find(({ name }) => name === 'sample')?.factory()
  expect((await checker?.group(faults))?.flat()).toHaveLength(100)
  const passed = Object.entries((await checker?.check(faults)) ?? {}).filter(([, { status }]) => status === 'passed')
  expect(new Set(passed.map(([id]) => id))).toEqual(draw(faults, 10, 'one'))
  vi.unstubAllEnvs()
})

/** As StrykerJS gives them to a checker: lines and columns from 0. */
const given = [at(1, 4, 7), { start: { line: 2, column: 7 }, end: { line: 3, column: 1 } }, at(1, 4, 8)].map(
  (location, n) => ({ ...mutant('', location), id: String(n), fileName: join(root, 'packages/core/src/a.ts') }),
)

test('a second run tries what the first one left, and nothing beside it', async () => {
  expect(pick(given, left(report, files))).toEqual(new Set(['0', '1']))
  const [first, ...others] = given
  if (!first) throw new Error('none')
  const unlike = [
    { ...first, replacement: 'false' },
    { ...first, mutatorName: 'Other' },
    { ...first, fileName: join(root, 'packages/core/src/b.ts') },
  ]
  expect(() => pick(unlike, left(report, files))).toThrow('StrykerJS has 0 of the 2 faults of the run before')

  const folder = mkdtempSync(join(tmpdir(), 'clerk-sync-left-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'left.json'), JSON.stringify(left(report, files)))
  vi.stubEnv('CLERK_SYNC_MUTATION_LEFT', join(folder, 'left.json'))
  onTestFinished(() => void vi.unstubAllEnvs())
  const checker = strykerPlugins.find(({ name }) => name === 'left')?.factory()
  await checker?.group([first, ...others])
  const answers = await checker?.check(given)
  expect(Object.values(answers ?? {}).map(({ status }) => status)).toEqual(['passed', 'passed', 'compileError'])
})

test.each(AREAS)('the slower tests of $name are there, and none of those that come first', ({ tests, slower }) => {
  const first = new Set(globSync(tests, { cwd: root }))
  const found = slower.map((glob) => globSync(glob, { cwd: root }))
  const named = slower.flatMap((glob) => /\{(.*)\}/.exec(glob)?.[1]?.split(',') ?? [glob])
  expect(found.flat()).toHaveLength(named.length)
  expect(found.flat().filter((file) => first.has(file))).toEqual([])
})

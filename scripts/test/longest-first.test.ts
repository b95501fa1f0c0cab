import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { LONGEST, longestFirst } from '../longest-first.mjs'
import { root } from '../tools.mjs'

test.for(LONGEST)('%s, which starts early, is there', (path) => {
  expect(existsSync(join(root, path))).toBe(true)
})

test('the longest files start first, the others as they came, and no group before its time', () => {
  const [longest = '', second = ''] = LONGEST
  const files = [
    { group: 1, path: longest },
    { group: 0, path: 'packages/core/test/short.test.ts' },
    { group: 0, path: second },
    { group: 0, path: longest },
    { group: 0, path: 'packages/core/test/answers.test.ts' },
  ]
  expect(files.toSorted(longestFirst)).toEqual([files[3], files[2], files[1], files[4], files[0]])
})

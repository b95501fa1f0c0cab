import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../tools.mjs'

// The README of a package is also read where its folder stands alone: a link to a neighbour leads nowhere there.
test.each(globSync('packages/*/README.md', { cwd: root }))('%s links to nothing outside of its package', (path) => {
  expect(readFileSync(join(root, path), 'utf8').match(/\]\(\.\.\/[^)]*\)/g) ?? []).toEqual([])
})

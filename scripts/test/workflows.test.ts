import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../tools.mjs'

test.each(globSync('.github/workflows/*.yml', { cwd: root }))('%s names actions by commit and version', (path) => {
  const uses = [...readFileSync(join(root, path), 'utf8').matchAll(/^\s*-?\s*uses: (.*)$/gm)].map(([, name]) => name)
  expect(uses).not.toEqual([])
  for (const name of uses) expect(name).toMatch(/^[\w-]+\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
})

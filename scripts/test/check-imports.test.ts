import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkImports } from '../check-imports.mjs'

let root: string
const put = (file: string, text: string) => {
  mkdirSync(dirname(join(root, file)), { recursive: true })
  writeFileSync(join(root, file), text)
}
const problems = () => checkImports(root).problems

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'check-imports-'))
  put(
    'packages/core/package.json',
    JSON.stringify({ name: '@clerk-sync/core', exports: { '.': './dist/index.js', './node': './dist/node.js' } }),
  )
  put('packages/adapter-one/package.json', JSON.stringify({ name: '@clerk-sync/adapter-one', exports: { '.': '' } }))
  put('packages/core/src/errors.ts', 'export class ClerkSyncError extends Error {}')
  put('packages/core/src/verify.ts', "import { ClerkSyncError } from './errors.ts'")
  put('packages/core/src/event.ts', "import type { ClerkSyncError } from './errors.ts'")
  put('packages/core/src/create-clerk-sync.ts', "import './verify.ts'\nimport './event.ts'")
  put('packages/core/src/node.ts', "import type { ClerkSync } from './create-clerk-sync.ts'")
  put('packages/core/src/index.ts', "export * from './create-clerk-sync.ts'\nexport * from './errors.ts'")
  put('packages/adapter-one/src/index.ts', "import type { Change } from '@clerk-sync/core'\nimport './write.ts'")
  put('examples/shop/src/main.ts', "import { toNodeHandler } from '@clerk-sync/core/node'")
})
afterEach(() => rmSync(root, { recursive: true }))

test('a house in order has no problems', () => {
  expect(problems()).toEqual([])
})

test.each([
  ['a step that imports a step', 'packages/core/src/event.ts', "import { x } from './verify.ts'"],
  ['a step that imports the type of a step', 'packages/core/src/event.ts', "import type { X } from './verify.ts'"],
  ['a step that re-exports a step', 'packages/core/src/event.ts', "export { x } from './verify.ts'"],
  ['a step that imports a step when it runs', 'packages/core/src/event.ts', "await import('./verify.ts')"],
  ['a step that names the type of a step', 'packages/core/src/event.ts', "type X = import('./verify.ts').X"],
  ['a leaf that imports a step', 'packages/core/src/version.ts', "import { x } from './verify.ts'"],
  ['a step that imports the public entry', 'packages/core/src/event.ts', "import { x } from './index.ts'"],
  ['a door that imports a step', 'packages/core/src/node.ts', "import { x } from './verify.ts'"],
  ['a door that calls what knows the order', 'packages/core/src/node.ts', "import { x } from './create-clerk-sync.ts'"],
  ['a file in no room', 'packages/core/src/utils.ts', ''],
  ['a file in no room, deeper', 'packages/core/src/more/errors.ts', ''],
  ['core that imports an adapter', 'packages/core/src/errors.ts', "import '@clerk-sync/adapter-one'"],
  ['an adapter that imports an adapter', 'packages/adapter-two/src/index.ts', "import '@clerk-sync/adapter-one'"],
  [
    'an adapter that imports a side door of core',
    'packages/adapter-one/src/index.ts',
    "import '@clerk-sync/core/node'",
  ],
  ["an adapter that imports core's sources", 'packages/adapter-one/src/index.ts', "import '../../core/src/errors.ts'"],
  [
    "a test that imports another package's sources",
    'packages/adapter-one/test/a.test.ts',
    "import '../../core/src/a.ts'",
  ],
  ['an example that imports what is not published', 'examples/shop/src/main.ts', "import '@clerk-sync/core/verify'"],
  ['an example that imports sources', 'examples/shop/src/main.ts', "import '../../../packages/core/src/index.ts'"],
])('%s is found', (_, file, text) => {
  put(file, text)
  expect(problems()).toHaveLength(1)
  expect(problems()[0]).toContain(`${file}:1 `)
})

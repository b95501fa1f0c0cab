import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { node, root, toolFile } from '../tools.mjs'

// A small house in order, and beside each rule an import that breaks it.
const IN_ORDER = {
  'packages/core/src/errors.ts': 'export class ClerkSyncError extends Error {}',
  'packages/core/src/types.ts': "export type { Change } from './delivery/build-change.ts'\nexport type ClerkSync = 1",
  'packages/core/src/create-clerk-sync.ts':
    "import './delivery/verify-signature.ts'\nimport './delivery/build-change.ts'\nimport './hosts/fetch.ts'",
  'packages/core/src/resolve-options.ts': "import './delivery/build-change.ts'",
  'packages/core/src/index.ts': "export * from './create-clerk-sync.ts'\nexport type * from './types.ts'",
  'packages/core/src/delivery/raw-delivery.ts': "import '../errors.ts'",
  'packages/core/src/delivery/verify-signature.ts': "import './raw-delivery.ts'",
  'packages/core/src/delivery/build-response.ts': '',
  'packages/core/src/delivery/build-change.ts':
    "import '../mapping/mapping.ts'\nimport '../port/index.ts'\nexport type Change = 1",
  'packages/core/src/mapping/mapping.ts': "import '../entities/user.ts'",
  'packages/core/src/entities/user.ts': '',
  'packages/core/src/port/index.ts': "import '../errors.ts'\nimport '../entities/user.ts'",
  'packages/core/src/sql/index.ts': "import '../port/index.ts'\nimport './dialects/mysql.ts'\nexport type Sql = 1",
  'packages/core/src/sql/dialects/mysql.ts': '',
  'packages/core/src/hosts/fetch.ts': "import '../delivery/build-response.ts'",
  'packages/core/src/hosts/node.ts':
    "import type { ClerkSync } from '../types.ts'\nimport '../delivery/build-response.ts'\nexport type A = ClerkSync",
  'packages/core/src/memory/memory-adapter.ts': "import '../port/index.ts'",
  'packages/adapter-kysely/src/index.ts':
    "import '@clerk-sync/core'\nimport '@clerk-sync/core/adapter'\nimport '@clerk-sync/core/sql'",
  'packages/adapter-drizzle/src/index.ts': '',
  'packages/adapter-drizzle/test/a.test.ts': "import '@clerk-sync/core/memory'\nimport '../src/index.ts'",
  'packages/testing/src/index.ts': "import type { ClerkSync } from '@clerk-sync/core'\nexport type A = ClerkSync",
  'packages/host-conformance/src/index.ts': "import '@clerk-sync/testing'",
  'packages/queue/src/index.ts': "import '@clerk-sync/core'",
  'packages/queue/src/pg-boss.ts': '',
  'examples/shop/src/main.ts': "import '@clerk-sync/core/node'\nimport '@clerk-sync/adapter-kysely'",
}

const BROKEN: readonly [rule: string, what: string, file: string, text: string][] = [
  ['steps-are-apart', 'a step and a step', 'core/src/delivery/parse-event.ts', "import './verify-signature.ts'"],
  [
    'steps-are-apart',
    'a step and the type of a step',
    'core/src/delivery/apply-change.ts',
    "import type { Change } from './build-change.ts'\nexport type A = Change",
  ],
  ['steps-are-apart', 'a step that re-exports one', 'core/src/delivery/b.ts', "export * from './verify-signature.ts'"],
  ['steps-are-apart', 'a step loaded when it runs', 'core/src/delivery/c.ts', "await import('./verify-signature.ts')"],
  [
    'steps-are-apart',
    'a step named in a type',
    'core/src/delivery/d.ts',
    "export type A = import('./build-change.ts').Change",
  ],
  ['steps-in-order', 'a step from elsewhere', 'core/src/clerk-api/a.ts', "import '../delivery/verify-signature.ts'"],
  ['core-hosts', 'a host and a step', 'core/src/hosts/lambda.ts', "import '../delivery/verify-signature.ts'"],
  ['core-hosts', 'a host that makes a ClerkSync', 'core/src/hosts/fastify.ts', "import '../create-clerk-sync.ts'"],
  ['core-hosts-types', 'a host and more than a type', 'core/src/hosts/a.ts', "import '../types.ts'"],
  ['core-port', 'the port and a delivery', 'core/src/port/a.ts', "import '../delivery/raw-delivery.ts'"],
  ['core-sql', 'SQL and a delivery', 'core/src/sql/a.ts', "import '../delivery/raw-delivery.ts'"],
  ['core-memory', 'memory and SQL', 'core/src/memory/a.ts', "import '../sql/index.ts'"],
  ['core-entities', 'an entity and the mapping', 'core/src/entities/a.ts', "import '../mapping/mapping.ts'"],
  ['core-mapping', 'the mapping and a delivery', 'core/src/mapping/a.ts', "import '../delivery/raw-delivery.ts'"],
  ['core-delivery', 'a delivery and the public entry', 'core/src/delivery/a.ts', "import '../index.ts'"],
  ['core-alone', 'core and an adapter', 'core/src/a.ts', "import '@clerk-sync/adapter-kysely'"],
  ['testing', 'the testing package and an adapter', 'testing/src/a.ts', "import '@clerk-sync/adapter-kysely'"],
  ['testing-types', 'the testing package and more than a type', 'testing/src/b.ts', "import '@clerk-sync/core'"],
  ['host-conformance', 'the cases and an adapter', 'host-conformance/src/a.ts', "import '@clerk-sync/adapter-kysely'"],
  ['adapters', 'an adapter and an adapter', 'adapter-drizzle/src/a.ts', "import '@clerk-sync/adapter-kysely'"],
  ['adapters', 'an adapter and a host', 'adapter-drizzle/src/b.ts', "import '@clerk-sync/core/node'"],
  ['cli', 'the command and an adapter', 'cli/src/a.ts', "import '@clerk-sync/adapter-kysely'"],
  ['queue', 'a queue and an adapter', 'queue/src/a.ts', "import '@clerk-sync/adapter-kysely'"],
  ['queue-engines', 'an engine and another', 'queue/src/sqs.ts', "import './pg-boss.ts'"],
  ['by-name', "another package's sources", 'adapter-drizzle/test/b.test.ts', "import '../../core/src/errors.ts'"],
  ['not-found', 'a name that is not published', 'adapter-drizzle/test/c.test.ts', "import '@clerk-sync/core/errors'"],
  // `dialects/mysql.ts` is known by the entry.
  [
    'no-cycles',
    'a type of who knows it',
    'core/src/sql/dialects/mysql.ts',
    "import type { Sql } from '../index.ts'\nexport type A = Sql",
  ],
]

vi.setConfig({ testTimeout: 60_000 })

let folder: string
const put = (file: string, text: string) => {
  mkdirSync(dirname(join(folder, file)), { recursive: true })
  writeFileSync(join(folder, file), text)
}
const cruise = async () => {
  const config = join(root, '.dependency-cruiser.mjs')
  const args = [toolFile('depcruise'), '--config', config, '--output-type', 'json', 'packages', 'examples']
  const { output } = await node(args, folder)
  const violations: { from: string; rule: { name: string } }[] = JSON.parse(output).summary.violations
  return violations.map(({ from, rule }) => `${rule.name}: ${from}`)
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'imports-'))
  copyFileSync(join(root, 'tsconfig.json'), join(folder, 'tsconfig.json'))
  put('package.json', '{ "type": "module" }')
  for (const [file, text] of Object.entries(IN_ORDER)) put(file, text)
})
afterAll(() => rmSync(folder, { recursive: true }))

test('a house in order has no violations', async () => {
  expect(await cruise()).toEqual([])
})

test('each import that breaks a rule is found, by the rule that it breaks', async () => {
  for (const [, , file, text] of BROKEN) put(`packages/${file}`, text)
  put('packages/core/src/index.ts', "export * from './hosts/node.ts'")
  put('examples/shop/src/main.ts', "import '../../../packages/core/src/errors.ts'")
  const found = await cruise()
  for (const [rule, what, file] of BROKEN) expect(found, what).toContain(`${rule}: packages/${file}`)
  expect(found, 'a host in the public entry').toContain('hosts-are-entries: packages/core/src/index.ts')
  expect(found, 'an example and sources').toContain('by-name: examples/shop/src/main.ts')
})

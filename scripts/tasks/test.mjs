// npm test: everything that must hold before a change lands. One line a step; the last line counts the tests, and a
// step that failed counts as one.
import { spawn } from 'node:child_process'
import { existsSync, globSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { BROWSER_VARIABLE, provideBrowser } from '../browser.mjs'
import { urlVariable } from '../databases/kinds.mjs'
import { provideDatabases } from '../databases.mjs'
import { pnpm } from '../toolchain.mjs'
import { build, node, packages, root, run, toolFile } from './build.mjs'
import { tally } from './tally.mjs'

const filters = process.argv.slice(2)
const cache = join(root, '.cache')
let failedSteps = 0

/** @param {string} name @param {() => Promise<{ ok: boolean, output: string }>} work */
async function step(name, work) {
  const from = performance.now()
  const { ok, output } = await work().catch((error) => ({ ok: false, output: String(error?.message ?? error) }))
  if (!ok) failedSteps++
  console.log(`${ok ? 'ok    ' : 'FAILED'}  ${name.padEnd(10)} ${((performance.now() - from) / 1000).toFixed(1)} s`)
  if (!ok) console.log(`${output.trimEnd()}\n`)
  return ok
}

/** @param {(() => Promise<{ ok: boolean, output: string }>)[]} works */
async function all(works) {
  const results = []
  for (const work of works) results.push(await work())
  return {
    ok: results.every(({ ok }) => ok),
    output: results
      .filter(({ ok }) => !ok)
      .map((one) => one.output)
      .join('\n'),
  }
}

await step('build', () => build())
// The types of the tests and of the documents are those of generated clients.
await step('generate', () =>
  all([
    ...['packages/adapter-prisma/test', 'examples/quickstart/prisma', 'bench/prisma'].map(
      (at) => () => node([`${at}/generate.mjs`]),
    ),
    () => node(['scripts/prisma-generate.mjs', 'examples/react-router/prisma/schema.prisma']),
  ]),
)
await step('lint', () => run('biome', ['ci', '.']))
await step('types', () =>
  all(
    [
      'tsconfig.json',
      ...globSync('{scripts,bench,examples/*,examples/*/test,examples/*/test/*}/tsconfig.json', { cwd: root }),
    ].map((project) => () => run('tsc', ['--noEmit', '--pretty', 'false', '-p', project])),
  ),
)
await step('imports', () => node(['scripts/check-imports.mjs']))
await step('snippets', () => node(['scripts/check-snippets.mjs']))
await step('packages', async () => {
  // As they would be published, which differs from the folders: the workspace's versions are filled in.
  const packed = join(cache, 'packed')
  rmSync(packed, { recursive: true, force: true })
  mkdirSync(packed, { recursive: true })
  const names = packages().flatMap(({ name }) => ['--filter', name])
  pnpm(['-r', ...names, 'pack', '--pack-destination', packed], 'The packages could not be packed.')
  return all(
    globSync('*.tgz', { cwd: packed }).flatMap((file) => [
      () => run('publint', ['run', '--strict', join(packed, file)]),
      () => run('attw', [join(packed, file), '--profile', 'esm-only', '--no-color', '--no-emoji']),
    ]),
  )
})

/** @type {NodeJS.ProcessEnv} */
const env = { ...process.env }
/** @type {() => Promise<void>} */
let stop = async () => {}
const haveDatabases = await step('databases', async () => {
  const kinds = /** @type {const} */ (['postgres', 'mysql', 'mariadb'])
  const databases = await provideDatabases(kinds)
  stop = databases.stop
  for (const kind of kinds) env[urlVariable(kind)] = databases.urls[kind]
  return { ok: true, output: '' }
})
const haveBrowser = await step('browser', async () => {
  env[BROWSER_VARIABLE] = await provideBrowser()
  return { ok: true, output: '' }
})

const report = join(cache, 'tests.json')
rmSync(report, { force: true })
// What needs no database, or no browser, is still worth knowing.
const withoutDatabases = ['scripts', 'core', 'host-conformance', 'adapter-testkit']
const withoutBrowser = haveBrowser ? [] : ['!browser']
const projects = (haveDatabases ? withoutBrowser : withoutDatabases).flatMap((name) => ['--project', name])
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
let code = 1
/** @type {import('node:child_process').ChildProcess | undefined} */
let tests
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.once(signal, () => {
    // The databases notice by themselves that we are gone.
    tests?.kill(signal)
    process.exit(128 + constants.signals[signal])
  })
}
await step('tests', async () => {
  const child = spawn(process.execPath, [toolFile('vitest'), 'run', ...reporters, ...projects, ...filters], {
    cwd: root,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  tests = child
  code = await new Promise((resolve) => child.once('close', (status) => resolve(status ?? 1)))
  return { ok: code === 0, output: '' }
})
// What failed in there is counted test by test.
if (code !== 0) failedSteps--
await stop()

// A folder without a single test is a suite that has got lost, unless only some were asked for.
const folders = filters.length > 0 ? [] : ['scripts', ...globSync('{packages,examples}/*/package.json', { cwd: root })]
const { passed, failed, skipped, complaints } = tally(
  existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : { testResults: [] },
  root,
  folders.map((path) => path.replace(/[\\/]package\.json$/, '')),
)
for (const complaint of complaints) console.log(complaint)
const failures = failed + failedSteps + complaints.length || (code === 0 ? 0 : 1)
if (skipped > 0) console.log('A test that is skipped has not passed: this run has failed.')
console.log(`${passed} passed, ${failures} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exitCode = failures > 0 || skipped > 0 || passed === 0 ? 1 : 0

// npm test: everything that must hold before a change lands. One line a step; the last line counts the tests, and a
// step that failed counts as one.  npm test -- FILTERS: those tests of vitest, without the checks.
import { spawn } from 'node:child_process'
import { existsSync, globSync, readFileSync, rmSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { BROWSER_VARIABLE, provideBrowser } from '../bare-machine/browser.mjs'
import { urlVariable } from '../bare-machine/databases/kinds.mjs'
import { provideDatabases } from '../bare-machine/databases.mjs'
import { checks } from '../checks.mjs'
import { tally } from '../tally.mjs'
import { build, buildIfStale, packages, root, step, stepsThatFailed, toolFile } from '../tools.mjs'

const filters = process.argv.slice(2)
const whole = filters.length === 0
const cache = join(root, '.cache')

if (whole) {
  await step('build', () => build())
  for (const [name, check] of Object.entries(checks)) await step(name, check)
} else {
  await buildIfStale(packages().map(({ name }) => name))
  await step('generate', checks.generate)
}

/** @type {NodeJS.ProcessEnv} */
const env = {
  // Some fifty set-ups run as many each, and `npm run test:long` ten times as many.
  ...(whole && { CLERK_SYNC_SCHEDULES: process.env.CI ? '200' : '100' }),
  ...process.env,
}
/** @type {() => Promise<void>} */
let stop = async () => {}
// Before the tests, where all of them run: a first start may download a server. Else when a test asks for one.
const haveDatabases =
  !whole ||
  (await step('databases', async () => {
    const kinds = /** @type {const} */ (['postgres', 'mysql', 'mariadb'])
    const databases = await provideDatabases(kinds)
    stop = databases.stop
    for (const kind of kinds) env[urlVariable(kind)] = databases.urls[kind]
    return { ok: true, output: '' }
  }))
const haveBrowser =
  !whole ||
  (await step('browser', async () => {
    env[BROWSER_VARIABLE] = await provideBrowser()
    return { ok: true, output: '' }
  }))

const report = join(cache, 'tests.json')
rmSync(report, { force: true })
// What needs no database, or no browser, is still worth knowing.
const withoutDatabases = ['scripts', 'core', 'testing', 'host-conformance', 'adapter-testkit']
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
await stop()

// A folder without a single test is a suite that has got lost, unless only some were asked for.
const folders = whole ? ['scripts', ...globSync('{packages,examples}/*/package.json', { cwd: root })] : []
const { passed, failed, skipped, complaints } = tally(
  existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : { testResults: [] },
  root,
  folders.map((path) => path.replace(/[\\/]package\.json$/, '')),
)
for (const complaint of complaints) console.log(complaint)
// What failed among the tests is counted test by test.
const failures = failed + stepsThatFailed() - (code === 0 ? 0 : 1) + complaints.length || (code === 0 ? 0 : 1)
if (skipped > 0) console.log('A test that is skipped has not passed: this run has failed.')
console.log(`${passed} passed, ${failures} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exitCode = failures > 0 || skipped > 0 || passed === 0 ? 1 : 0

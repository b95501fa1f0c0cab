// npm run test:mutation: puts small faults into the sources, one at a time, and tells which of them no test sees. What was
// tried before, and has not changed since, is not tried again. docs/mutation-testing.md
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { join, matchesGlob } from 'node:path'
import { parseArgs } from 'node:util'
import { AREAS } from '../mutation/areas.mjs'
import { figures, left, survivors, withSecond } from '../mutation/report.mjs'
import { root, toolFile } from '../tools.mjs'

const HELP = `npm run test:mutation [-- OPTIONS FILES]: which small faults in the sources no test sees.

FILES             files or folders; by default, those that differ from main
--all             all of core and of the adapters
--sample N        N faults of each area, drawn at random
--seed TEXT       draws the same faults again; by default, the day
--all-tests       tries what was left once more, by the slower tests
`

const { values, positionals: given } = parseArgs({
  options: {
    all: { type: 'boolean' },
    'all-tests': { type: 'boolean' },
    help: { type: 'boolean' },
    sample: { type: 'string' },
    seed: { type: 'string' },
  },
  allowPositionals: true,
})
if (values.help) {
  console.log(HELP)
  process.exit()
}
const { all, 'all-tests': allTests, sample, seed = new Date().toISOString().slice(0, 10) } = values
if (sample !== undefined && !/^[1-9]\d*$/.test(sample)) throw new Error(`--sample ${sample}: not a number of faults.`)

const git = (/** @type {string[]} */ ...command) =>
  execFileSync('git', command, { cwd: root, encoding: 'utf8' }).split('\n').filter(Boolean)

/** @returns {string[]} */
function filesAsked() {
  if (all) return globSync('packages/*/src/**/*.ts', { cwd: root })
  if (given.length > 0) return given.flatMap((path) => globSync([path, `${path}/**/*.ts`], { cwd: root }))
  const [base = 'main'] = git('merge-base', 'main', 'HEAD')
  return [...git('diff', '--name-only', base), ...git('ls-files', '--others', '--exclude-standard')]
}

const isSource = (/** @type {string} */ file) =>
  /\.ts$/.test(file) && !file.endsWith('.gen.ts') && existsSync(join(root, file))
const files = [...new Set(filesAsked().map((file) => file.replaceAll('\\', '/')))].filter(isSource)

const matches = (/** @type {string} */ file, /** @type {string[]} */ globs) =>
  globs.some((glob) => !glob.startsWith('!') && matchesGlob(file, glob)) &&
  !globs.some((glob) => glob.startsWith('!') && matchesGlob(file, glob.slice(1)))

/** One run of StrykerJS. @param {string} area @param {string} results @param {string[]} mutated @param {Record<string, string>} env */
async function tryFaults(area, results, mutated, env) {
  const own = { CLERK_SYNC_MUTATION_AREA: area, CLERK_SYNC_MUTATION_RESULTS: results, ...env }
  const child = spawn(process.execPath, [toolFile('stryker'), 'run', '--mutate', mutated.join(',')], {
    cwd: root,
    env: { CLERK_SYNC_SCHEDULES: '20', ...process.env, ...own },
    stdio: 'inherit',
  })
  const code = await new Promise((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`StrykerJS ended with ${code} on ${area}.`)
  return JSON.parse(readFileSync(join(root, `.cache/mutation/report-${results}.json`), 'utf8'))
}

let tried = 0
for (const { name, sources, tests, slower } of AREAS) {
  const mutated = files.filter((file) => matches(file, sources))
  if (mutated.length === 0) continue
  tried += mutated.length
  const results = sample ? `sample-${name}` : name
  const report = await tryFaults(name, results, mutated, {
    CLERK_SYNC_MUTATION_TESTS: tests.join('\n'),
    ...(sample && {
      CLERK_SYNC_MUTATION_CHOICE: 'sample',
      CLERK_SYNC_MUTATION_SAMPLE: sample,
      CLERK_SYNC_MUTATION_SEED: seed,
    }),
  })
  for (const line of survivors(report, mutated)) console.log(line)
  if (sample) console.log(`${sample} faults, drawn with --seed ${seed}:`)
  console.log(figures(report, mutated))
  const again = left(report, mutated)
  if (!allTests || again.length === 0) continue
  const list = join(root, `.cache/mutation/left-${results}.json`)
  writeFileSync(list, JSON.stringify(again))
  const leftIn = mutated.filter((file) => left(report, [file]).length > 0)
  const second = await tryFaults(name, `all-tests-${results}`, leftIn, {
    CLERK_SYNC_MUTATION_TESTS: slower.join('\n'),
    CLERK_SYNC_MUTATION_CHOICE: 'left',
    CLERK_SYNC_MUTATION_LEFT: list,
  })
  const both = withSecond(report, second)
  console.log('By no test at all:')
  for (const line of survivors(both, mutated)) console.log(line)
  console.log(figures(report, mutated, both))
}
if (tried === 0) console.log('No source of core or of an adapter differs from main: name files, or say --all.')

// npm run test:mutation [-- [--sample N [--seed TEXT]] --all | FILES]: puts small faults into the sources, one at a time,
// and tells which of them no test sees. By default into the files that differ from main. What was tried before, and has
// not changed since, is not tried again. A sample is N faults of each area, drawn at random. docs/mutation-testing.md
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join, matchesGlob } from 'node:path'
import { parseArgs } from 'node:util'
import { AREAS } from '../mutation/areas.mjs'
import { figures, survivors } from '../mutation/report.mjs'
import { root, toolFile } from '../tools.mjs'

const { values, positionals: given } = parseArgs({
  options: { all: { type: 'boolean' }, sample: { type: 'string' }, seed: { type: 'string' } },
  allowPositionals: true,
})
const { all, sample, seed = new Date().toISOString().slice(0, 10) } = values
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

let tried = 0
for (const { name, sources, tests } of AREAS) {
  const mutated = files.filter((file) => matches(file, sources))
  if (mutated.length === 0) continue
  tried += mutated.length
  const env = {
    CLERK_SYNC_SCHEDULES: '20',
    ...process.env,
    CLERK_SYNC_MUTATION_AREA: name,
    CLERK_SYNC_MUTATION_TESTS: tests.join('\n'),
    ...(sample && { CLERK_SYNC_MUTATION_SAMPLE: sample, CLERK_SYNC_MUTATION_SEED: seed }),
  }
  const child = spawn(process.execPath, [toolFile('stryker'), 'run', '--mutate', mutated.join(',')], {
    cwd: root,
    env,
    stdio: 'inherit',
  })
  const code = await new Promise((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`StrykerJS ended with ${code} on ${name}.`)
  const results = sample ? `sample-${name}` : name
  const report = JSON.parse(readFileSync(join(root, `.cache/mutation/report-${results}.json`), 'utf8'))
  for (const line of survivors(report, mutated)) console.log(line)
  if (sample) console.log(`${sample} faults, drawn with --seed ${seed}:`)
  console.log(figures(report, mutated))
}
if (tried === 0) console.log('No source of core or of an adapter differs from main: name files, or say --all.')

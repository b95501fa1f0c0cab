// What the tasks share: the packages, their builds, and the tools as children of this Node.
import { spawn } from 'node:child_process'
import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { declareForRequire } from './require-declarations.mjs'

export const root = dirname(import.meta.dirname)

/** The packages to publish, those that others of them need first. */
export function packages() {
  const found = globSync('packages/*/package.json', { cwd: root })
    .map((path) => {
      const manifest = JSON.parse(readFileSync(join(root, path), 'utf8'))
      // What a test needs is not needed to build: development dependencies do not count.
      const needs = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })
      return { name: String(manifest.name), folder: dirname(path), needs }
    })
    .filter(({ folder }) => existsSync(join(root, folder, 'tsup.config.ts')))
  /** @type {typeof found} */
  const ordered = []
  while (ordered.length < found.length) {
    const names = new Set(found.filter((one) => !ordered.includes(one)).map(({ name }) => name))
    const next = found.filter((one) => names.has(one.name) && !one.needs.some((need) => names.has(need)))
    if (next.length === 0) throw new Error(`These packages need each other: ${[...names].join(', ')}`)
    ordered.push(...next)
  }
  return ordered
}

/** @param {string[]} [names] all, unless said @returns {Promise<{ ok: boolean, output: string }>} */
export async function build(names) {
  let output = ''
  for (const { name, folder } of packages().filter((one) => names?.includes(one.name) ?? true)) {
    const built = await run('tsup', ['--silent'], join(root, folder))
    output += `${name}\n${built.output}`
    if (!built.ok) return { ok: false, output }
    declareForRequire(join(root, folder, 'dist'))
  }
  return { ok: true, output }
}

/**
 * Builds what is missing or older than its sources, for those who only want to run it.
 * @param {string[]} names
 */
export async function buildIfStale(names) {
  const time = (/** @type {string} */ path) => statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0
  const stale = packages().some(({ name, folder }) => {
    if (!names.includes(name)) return false
    const sources = globSync([`${folder}/{src,src/**}`, `${folder}/{package.json,tsup.config.ts}`], { cwd: root })
    // A command has no declarations.
    const outputs = existsSync(join(root, folder, 'src/index.ts')) ? ['index.js', 'index.d.cts'] : ['cli.js']
    const built = Math.min(...outputs.map((output) => time(`${folder}/dist/${output}`)))
    return [...sources, 'tsconfig.json', 'pnpm-lock.yaml'].some((path) => time(path) > built)
  })
  if (!stale) return
  const { ok, output } = await build(names)
  if (!ok) throw new Error(output)
}

/** The tools and the packages that they come from. */
const TOOLS = {
  tsup: 'tsup',
  biome: '@biomejs/biome',
  tsc: 'typescript',
  vitest: 'vitest',
  publint: 'publint',
  attw: '@arethetypeswrong/cli',
  depcruise: 'dependency-cruiser',
  knip: 'knip',
  'size-limit': 'size-limit',
  stryker: '@stryker-mutator/core',
  changeset: '@changesets/cli',
}

/**
 * The arguments for Node that run a tool: its own file, since the shims in node_modules/.bin differ by system.
 * @param {keyof typeof TOOLS} tool
 */
export function toolFile(tool) {
  const folder = join(root, 'node_modules', TOOLS[tool])
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return join(folder, typeof bin === 'string' ? bin : bin[tool])
}

/**
 * Runs a tool and collects what it prints.
 * @param {keyof typeof TOOLS} tool @param {string[]} args @param {string} [cwd]
 */
export const run = async (tool, args, cwd = root) => node([toolFile(tool), ...args], cwd)

/** @param {string[]} args @param {string} [cwd] @returns {Promise<{ ok: boolean, output: string }>} */
export function node(args, cwd = root) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const collect = (/** @type {Buffer} */ chunk) => {
      output += chunk
    }
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    child.once('error', reject)
    child.once('close', (code) => resolve({ ok: code === 0, output }))
  })
}

/** @typedef {{ ok: boolean, output: string }} Outcome */

/** One after another; all of them run, and those that fail are shown. @param {(() => Promise<Outcome>)[]} works @returns {Promise<Outcome>} */
export async function all(works) {
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

let failedSteps = 0

/** One line a step, and what it printed where it failed. @param {string} name @param {() => Promise<Outcome>} work */
export async function step(name, work) {
  const from = performance.now()
  const { ok, output } = await work().catch((error) => ({ ok: false, output: String(error?.message ?? error) }))
  if (!ok) {
    failedSteps++
    process.exitCode = 1
  }
  console.log(`${ok ? 'ok    ' : 'FAILED'}  ${name.padEnd(10)} ${((performance.now() - from) / 1000).toFixed(1)} s`)
  if (!ok) console.log(`${output.trimEnd()}\n`)
  return ok
}

export const stepsThatFailed = () => failedSteps

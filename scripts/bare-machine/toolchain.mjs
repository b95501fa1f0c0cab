// The tools of the repository: a Node that is new enough for them, pnpm through npx, and what pnpm installs.
// Plain JavaScript for Node 20, without dependencies.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'

const root = dirname(dirname(import.meta.dirname))
const windows = process.platform === 'win32'

/** What is fetched where the machine's Node is too old: from the npm registry, so that any mirror of it will do. */
const NODE = '24.21.0'
/** What vitest, tsup and testcontainers ask for, and what runs TypeScript without a flag. */
const isCurrent = (/** @type {string} */ version) => {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major >= 26 || (major === 24 && minor >= 11) || (major === 22 && minor >= 22)
}

/** The Node that runs the tools. It is put in front of the PATH, too. */
export function toolNode() {
  if (isCurrent(process.versions.node)) return process.execPath
  const home = join(root, '.cache', `node-${NODE}`)
  const name = `node-${windows ? 'win' : process.platform}-${process.arch}`
  const node = join(home, 'node_modules', name, 'bin', windows ? 'node.exe' : 'node')
  if (!existsSync(node)) {
    console.log(`Node ${process.versions.node} is too old for the tools: fetching ${NODE} for this folder, once.`)
    mkdirSync(dirname(home), { recursive: true })
    const work = mkdtempSync(`${home}.`)
    try {
      const from = `${name}@${NODE}`
      const options = [
        '--no-save',
        '--no-package-lock',
        '--no-audit',
        '--no-fund',
        '--loglevel=error',
        '--ignore-scripts',
      ]
      run('npm', ['install', '--prefix', work, ...options, from], `Install Node 24 yourself, npm has no ${from} here.`)
      if (!existsSync(home)) renameSync(work, home)
    } finally {
      rmSync(work, { recursive: true, force: true })
    }
  }
  process.env.PATH = `${dirname(node)}${delimiter}${process.env.PATH}`
  return node
}

/** Installs what the lock file says; done in a second where nothing is missing. */
export function install() {
  pnpm(['install', '--frozen-lockfile'], 'The dependencies could not be installed.')
}

/** @param {string[]} args @param {string} otherwise what to tell when it fails, after its own output */
export function pnpm(args, otherwise) {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return run('npx', ['--yes', packageManager, ...args], otherwise)
}

/** Runs quietly: its output is shown when it fails. @param {string} command @param {string[]} args @param {string} otherwise */
function run(command, args, otherwise) {
  // npm and npx are batch files on Windows, which only a shell runs.
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: windows,
    maxBuffer: 2 ** 26,
  })
  if (status !== 0) throw new Error([stdout, stderr, error?.message, otherwise].filter(Boolean).join('\n'))
  return stdout
}

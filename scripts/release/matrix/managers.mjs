// The package managers that applications are installed with, and the versions of Node that they run on: all of them come
// through npm, so that any mirror of the registry will do.
import { readFileSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { root } from '../../tools.mjs'
import { npm } from '../npm.mjs'

const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
export const PNPM = packageManager.replace('pnpm@', '')
export const YARN = '4.18.1'
export const BUN = '1.4.5'

/** @typedef {'npm' | 'pnpm' | 'yarn' | 'yarn-pnp' | 'bun'} Manager */
/** @typedef {{ folder: string, registry: string, env: Record<string, string> }} Rehearsal */

/** The command of a package manager, without its arguments. @param {Manager} manager @param {Rehearsal} rehearsal */
export async function commandOf(manager, rehearsal) {
  if (manager === 'npm') return ['npm']
  if (manager === 'pnpm') return ['npx', '--yes', packageManager]
  if (manager === 'bun') {
    const system = process.platform === 'win32' ? 'windows' : process.platform
    const name = `@oven/bun-${system}-${process.arch === 'arm64' ? 'aarch64' : 'x64'}`
    return [join(await fetched(name, BUN, rehearsal), 'bin/bun')]
  }
  return [process.execPath, join(await fetched('@yarnpkg/cli-dist', YARN, rehearsal), 'bin/yarn.js')]
}

/** The PATH on which `node` is that version, and a command of ours is found. @param {string} version @param {string} command @param {Rehearsal} rehearsal */
export async function pathWith(version, command, rehearsal) {
  const system = process.platform === 'win32' ? 'win' : process.platform
  const node = version
    ? join(await fetched(`node-${system}-${process.arch}`, version, rehearsal), 'bin')
    : dirname(process.execPath)
  return [node, dirname(command), process.env.PATH].join(delimiter)
}

/** What each of them reads of the registry, and that today's packages may be installed. @param {string} home @param {Manager} manager @param {Rehearsal} rehearsal */
export function writeSettings(home, manager, { folder, registry }) {
  const files = {
    '.npmrc': [`registry=${registry}`],
    'pnpm-workspace.yaml': [`storeDir: ${join(folder, 'store')}`, 'minimumReleaseAge: 0'],
    '.yarnrc.yml': [
      `npmRegistryServer: ${registry}`,
      `nodeLinker: ${manager === 'yarn-pnp' ? 'pnp' : 'node-modules'}`,
      `globalFolder: ${join(folder, 'yarn')}`,
      'unsafeHttpWhitelist: [127.0.0.1]',
      'npmMinimalAgeGate: 0',
      'enableImmutableInstalls: false',
      'enableTelemetry: false',
    ],
    // Yarn looks for the root of a project by its lock file.
    ...(manager.startsWith('yarn') && { 'yarn.lock': [] }),
  }
  for (const [name, lines] of Object.entries(files))
    writeFileSync(join(home, name), lines.map((l) => `${l}\n`).join(''))
}

/** @type {Map<string, Promise<string>>} */
const fetching = new Map()

/** The folder of a package, in one of its own. @param {string} name @param {string} version @param {Rehearsal} rehearsal */
function fetched(name, version, { folder, env }) {
  const spec = `${name}@${version}`
  const home = join(folder, 'fetched', spec.replaceAll('/', '-'))
  const found =
    fetching.get(spec) ?? npm(['install', '--ignore-scripts', '--prefix', home, spec], { env }).then(() => home)
  fetching.set(spec, found)
  return found.then(() => join(home, 'node_modules', name))
}

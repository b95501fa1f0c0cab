// The release, rehearsed:  node scripts/rehearse-release.mjs   (after a build)
//
// In a copy of the repository the changesets become versions and changelogs, and every package is published by the script
// that releases, into a registry on this machine. From there alone new applications install them, compile, and receive
// deliveries: some rows of scripts/release/matrix/rows.mjs, with --matrix all of them, which writes docs/support.md, and
// with --matrix WORDS those that have the words in their name.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { GROUPS } from './release/matrix/rows.mjs'
import { runMatrix } from './release/matrix/run-matrix.mjs'
import { writePage } from './release/matrix/support-page.mjs'
import { npm } from './release/npm.mjs'
import { startRegistry } from './release/registry.mjs'
import { packages, root, step, toolFile } from './tools.mjs'

const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const { values, positionals } = parseArgs({ options: { matrix: { type: 'boolean' } }, allowPositionals: true })
const [words] = positionals
const rows = GROUPS.flatMap((group) => group.rows).filter((row) =>
  values.matrix ? row.what.includes(words ?? '') : row.always,
)

const folder = mkdtempSync(join(tmpdir(), 'clerk-sync-rehearsal-'))
const copy = join(folder, 'repository')
const registry = await startRegistry(join(folder, 'registry'))
/** npm reads these, and no file of the user's; whoever publishes shows a token, and this registry takes any. */
const env = {
  npm_config_registry: registry.url,
  npm_config_userconfig: join(folder, 'npmrc'),
  npm_config_cache: join(folder, 'npm'),
  npm_config_audit: 'false',
  npm_config_fund: 'false',
}
writeFileSync(env.npm_config_userconfig, `${registry.url.replace('http:', '')}:_authToken=rehearsal\n`)

try {
  await step('copy', copyRepository)
  await step('version', version)
  await step('publish', publish)
  await step('again', publishAgain)
  const asTheySay = await runMatrix(rows, { folder, registry: registry.url, env })
  if (values.matrix && !words && asTheySay) writePage(GROUPS, new Date())
} finally {
  registry.close()
  rmSync(folder, { recursive: true, force: true })
}

/** What git knows or would, and what was built. */
async function copyRepository() {
  const { output } = await npm(['ls-files', '-co', '--exclude-standard', '-z'], { command: 'git', cwd: root })
  const files = output.split('\0').filter((file) => file && existsSync(join(root, file)))
  for (const file of [...files, ...packages().map(({ folder: home }) => `${home}/dist`)]) {
    mkdirSync(dirname(join(copy, file)), { recursive: true })
    cpSync(join(root, file), join(copy, file), { recursive: true })
  }
  const filters = ['.', './packages/*', './scripts/release'].flatMap((filter) => ['--filter', filter])
  const install = ['install', '--frozen-lockfile', '--prefer-offline', '--ignore-scripts', ...filters]
  return npm(['--yes', packageManager, ...install], { command: 'npx', cwd: copy })
}

/** Every changeset is used up, every package has a version and says what changed. */
async function version() {
  const result = await node([toolFile('changeset'), 'version'], copy)
  const without = packages().filter(({ folder: home }) => {
    const { version: given } = JSON.parse(readFileSync(join(copy, home, 'package.json'), 'utf8'))
    return given === '0.0.0' || !existsSync(join(copy, home, 'CHANGELOG.md'))
  })
  if (without.length > 0) throw new Error(`No version or changelog: ${without.map(({ name }) => name).join(', ')}`)
  return result
}

/** Without a warning: npm corrects a manifest that is wrong, and says so. */
async function publish() {
  const { output } = await node([join(copy, 'scripts/release/publish.mjs')], copy)
  return { ok: !output.includes('npm warn'), output }
}

/** A release that failed half-way is started again: what is there stays, and nothing is published twice. */
async function publishAgain() {
  const { output } = await node([join(copy, 'scripts/release/publish.mjs')], copy)
  const there = output.split('\n').filter((line) => line.endsWith(' is there')).length
  return { ok: there === packages().length, output }
}

/** @param {string[]} args @param {string} cwd */
function node(args, cwd) {
  return npm(args, { command: process.execPath, cwd, env })
}

// Publishes the versions that the registry does not have yet:  node scripts/release/publish.mjs   (after a build)
//
// npm's own settings say which registry that is, and who we are. Each package is packed by pnpm, which fills in the
// workspace's versions, and published by npm, which knows trusted publishing. Started again after a failure, it goes on
// where it ended.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pnpm } from '../bare-machine/toolchain.mjs'
import { packages, root } from '../tools.mjs'
import { npm } from './npm.mjs'

const folder = mkdtempSync(join(tmpdir(), 'clerk-sync-release-'))
try {
  for (const { name, folder: home } of packages()) {
    const { version } = JSON.parse(readFileSync(join(root, home, 'package.json'), 'utf8'))
    if (version === '0.0.0') throw new Error(`${name} has no version: changeset version gives it one.`)
    if (await isPublished(name, version)) {
      console.log(`${name}@${version} is there`)
      continue
    }
    const before = readdirSync(folder)
    pack(name, home)
    const [file] = readdirSync(folder).filter((one) => !before.includes(one))
    if (!file) throw new Error(`${name} was packed, and there is no tarball.`)
    const { output } = await npm(['publish', join(folder, file), '--access', 'public'])
    console.log(`${name}@${version} published`)
    // What npm had to correct in a manifest: the rehearsal fails of it.
    for (const warning of output.match(/^npm warn publish .*$/gm) ?? []) console.log(warning)
  }
} finally {
  rmSync(folder, { recursive: true })
}

/**
 * What the check of the snippets is given stands in comments, which `npm view` shows a reader.
 * @param {string} name
 * @param {string} home
 */
function pack(name, home) {
  const readme = join(root, home, 'README.md')
  const text = readFileSync(readme, 'utf8')
  try {
    writeFileSync(readme, text.replaceAll(/^<!-- given: .*-->\n/gm, ''))
    pnpm(['--filter', name, 'pack', '--pack-destination', folder], `${name} could not be packed.`)
  } finally {
    writeFileSync(readme, text)
  }
}

/** @param {string} name @param {string} version */
async function isPublished(name, version) {
  const { ok, output } = await npm(['view', `${name}@${version}`, 'version', '--json'], { mayFail: true })
  // npm answers nothing for a version that a known package lacks.
  if (ok) return output.includes(version)
  if (output.includes('E404')) return false
  throw new Error(`npm could not say whether ${name}@${version} is published:\n${output}`)
}

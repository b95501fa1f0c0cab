// What the manifests of the published packages have in common, and the addresses in their READMEs, from one place.
// With --update it is written into them. The addresses are in packages/core/src/addresses.ts.
import { readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { REPOSITORY, SITE } from '../packages/core/src/addresses.ts'
import { packages, root } from './tools.mjs'

/** What a search in the registry finds every package by; each may have more of its own behind them. */
const KEYWORDS = ['clerk', 'clerk-sync', 'webhooks', 'sync', 'svix']

/** @param {string} folder @param {string[]} keywords */
const common = (folder, keywords = []) => ({
  keywords: [...new Set([...KEYWORDS, ...keywords])],
  homepage: `${SITE}/packages/${basename(folder)}`,
  bugs: `${REPOSITORY}/issues`,
  license: 'MIT',
  author: 'the clerk-sync contributors',
  funding: `${REPOSITORY}?sponsor=1`,
  repository: { type: 'git', url: `git+${REPOSITORY}.git`, directory: folder },
})

const update = process.argv.includes('--update')
const problems = packages().flatMap(({ folder }) => {
  const path = join(root, folder, 'package.json')
  const text = readFileSync(path, 'utf8')
  const manifest = JSON.parse(text)
  const wanted = common(folder, manifest.keywords)
  // It stands between these two, which every manifest has.
  const place = /^( {2}"description": .*\n)[\s\S]*?^(?= {2}"type": )/m
  if (!place.test(text)) return [`${folder}/package.json has no description, or no type behind it.`]
  const block = JSON.stringify(wanted, null, 2).replace(/^\{\n|\n\}$/g, '')
  if (update)
    writeFileSync(
      path,
      text.replace(place, (_, description) => `${description}${block},\n`),
    )
  return [...readmeProblems(folder, manifest.homepage), ...manifestProblems(folder, manifest, wanted)]
})

/** @param {string} folder @param {Record<string, unknown>} manifest @param {Record<string, unknown>} wanted */
function manifestProblems(folder, manifest, wanted) {
  return Object.entries(wanted)
    .filter(([field, value]) => !update && JSON.stringify(manifest[field]) !== JSON.stringify(value))
    .map(([field, value]) => `${folder}/package.json: ${field} is to be ${JSON.stringify(value)}`)
}

/**
 * A README is read on npmjs.com, where the folder docs is not: its pages are linked by their address on the site.
 *
 * @param {string} folder @param {string} [homepage] where the site has been
 */
function readmeProblems(folder, homepage = '') {
  const path = join(root, folder, 'README.md')
  const text = readFileSync(path, 'utf8')
  const before = homepage.replace(/\/packages\/[^/]*$/, '')
  // A new package has no homepage yet: what its manifest lacks is told of that.
  if (before !== '' && before !== SITE) {
    if (!update) return [`${folder}/README.md links to ${before}`]
    writeFileSync(path, text.replaceAll(`${before}/`, `${SITE}/`))
  }
  return [...text.matchAll(/(?<![\w/])(?:\.\.\/)*docs\/[\w-]+\.md/g)].map(
    ([page]) => `${folder}/README.md names ${page}, which npm has not: link ${SITE}/…`,
  )
}

if (problems.length > 0) {
  console.error(`${problems.join('\n')}\nnpm run manifests writes what they have in common.`)
  process.exitCode = 1
}

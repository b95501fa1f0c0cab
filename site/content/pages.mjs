// Which documents of the repository are pages of the site, and where.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../scripts/tools.mjs'
import { frameworks } from './guides.mjs'

/** From the path of a document to that of its page, without an ending. @type {ReadonlyMap<string, string>} */
export const pages = new Map(
  globSync(['README.md', 'CONTRIBUTING.md', 'docs/**/*.md', 'packages/*/README.md', 'examples/*/README.md'], {
    cwd: root,
  })
    .sort()
    .map((path) => /** @type {const} */ ([path, pageOf(path)])),
)

/** @param {string} path */
function pageOf(path) {
  if (path === 'README.md') return 'start'
  if (path === 'docs/README.md') return 'contents'
  const example = /^examples\/([^/]+)\//.exec(path)?.[1]
  if (example && example in frameworks) return `frameworks/${example}`
  return path
    .replace(/^docs\//, '')
    .replace(/\/README\.md$/, '')
    .replace(/\.md$/, '')
    .toLowerCase()
}

/** @param {string} path */
export const read = (path) => readFileSync(join(root, path), 'utf8')

/** The first heading. @param {string} text */
export const titleOf = (text) => /^# (.+)$/m.exec(text)?.[1] ?? ''

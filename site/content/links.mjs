// Links of the repository's documents, as they work on a Git host, made links of the site.
import { existsSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { REPOSITORY, SITE } from '../../packages/core/src/addresses.ts'
import { root } from '../../scripts/tools.mjs'
import { pages } from './pages.mjs'

/** A link or an image in Markdown, outside of code. */
const LINK = /(`+)[\s\S]*?\1|(!\[[^\]]*)?\]\((?!https?:|#|\/|mailto:)([^)\s#]+)(#[^)\s]*)?\)/g

/** @param {string} text @param {string} path the document's, in the repository */
export function siteLinks(text, path) {
  return outsideOfFences(text, (prose) =>
    // READMEs that are read elsewhere link the site by its address: here that is a link like the others, which is checked.
    prose.replaceAll(`](${SITE}/`, '](/').replace(LINK, (all, _code, image, target, anchor = '') =>
      // An image lies beside its page, as beside the document.
      target === undefined || image !== undefined
        ? all
        : `](${addressOf(posix.join(dirname(path), target), path)}${anchor})`,
    ),
  )
}

/** The images of a document that are files of the repository, from where it lies. @param {string} text @returns {string[]} */
export function imagesOf(text) {
  /** @type {string[]} */
  const images = []
  outsideOfFences(text, (prose) => {
    for (const [, , image, target] of prose.matchAll(LINK)) if (image !== undefined && target) images.push(target)
    return prose
  })
  return images
}

/** @param {string} target @param {string} path */
function addressOf(target, path) {
  const file = target.replace(/\/$/, '')
  const page = pages.get(file) ?? pages.get(`${file}/README.md`)
  if (page !== undefined) return `/${page}`
  if (!existsSync(join(root, file))) throw new Error(`${path} links to ${file}, which is not there.`)
  return `${REPOSITORY}/${/\.\w+$/.test(file) ? 'blob' : 'tree'}/main/${file}`
}

/** Code blocks stay as they are. @param {string} text @param {(prose: string) => string} change */
function outsideOfFences(text, change) {
  return text
    .split(/^([ \t>]*(```+)[\s\S]*?^[ \t>]*\2[ \t]*$)/m)
    .map((part, n) => (n % 3 === 0 ? change(part) : n % 3 === 1 ? part : ''))
    .join('')
}

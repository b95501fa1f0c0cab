// Every link of the built site leads to a page, and every anchor to a heading.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { base, built, builtPages } from './build-site.mjs'

/** @returns {{ links: number, problems: string[] }} */
export function checkLinks() {
  const pages = builtPages()
  const anchors = new Map([...pages].map(([path, html]) => [path, new Set(all(html, / id="([^"]*)"/g))]))
  /** @type {Set<string>} */
  const problems = new Set()
  let links = 0
  for (const [path, html] of pages) {
    for (const link of all(html, /<(?:a|img|link|script)\b[^>]*? (?:href|src)="([^"]*)"/g)) {
      const { origin, pathname, hash } = new URL(link.replaceAll('&amp;', '&'), `https://site${path}`)
      if (origin !== 'https://site') continue
      links++
      const known = anchors.get(pathname) ?? anchors.get(pathname.replace(/\.html$/, ''))
      const isFile = !known && existsSync(join(built, pathname.replace(base, '')))
      if (!known && !isFile) problems.add(`${path}: ${link} leads nowhere`)
      const anchor = decodeURIComponent(hash.slice(1))
      if (known && anchor && !known.has(anchor)) problems.add(`${path}: ${link} leads to a page without that heading`)
    }
  }
  return { links, problems: [...problems] }
}

/** @param {string} text @param {RegExp} pattern */
const all = (text, pattern) => [...text.matchAll(pattern)].map(([, found = '']) => found)

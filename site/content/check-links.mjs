// Every link of the built site leads to a page, every anchor to a heading, and every image is a file of the site.
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
    for (const [, tag, link = ''] of html.matchAll(/<(a|img|link|script)\b[^>]*? (?:href|src)="([^"]*)"/g)) {
      const { origin, protocol, pathname, hash } = new URL(link.replaceAll('&amp;', '&'), `https://site${path}`)
      if (origin !== 'https://site') {
        // A page about an image, such as a Git host has, shows nothing; another host's image is not ours to check.
        if (tag === 'img' && protocol !== 'data:') problems.add(`${path}: the image ${link} is not of the site`)
        continue
      }
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

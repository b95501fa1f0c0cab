// Writes the site's pages, as Markdown, from the repository's documents.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from '../../scripts/tools.mjs'
import { errorPages } from './errors.mjs'
import { frameworks, orms } from './guides.mjs'
import { imagesOf, siteLinks } from './links.mjs'
import { writeLlms } from './llms.mjs'
import { pages, read, titleOf } from './pages.mjs'
import { entries, writeReference } from './reference.mjs'
import { detailsTabs, fileTabs, installTabs } from './tabs.mjs'

export const folder = join(import.meta.dirname, '../.cache/content')

/** @typedef {{ path: string, title: string, text: string }} Page */

/** @param {{ reference: boolean }} what the reference takes the longest, and follows the sources alone */
export async function writeContent({ reference }) {
  if (reference) {
    rmSync(folder, { recursive: true, force: true })
    await writeReference(join(folder, 'reference'))
  }
  const all = [...documents(), ...ormPages(), ...(await errorPages()), decisions(), referenceIndex()]
  for (const { path, text } of all) write(`${path}.md`, detailsTabs(installTabs(text)))
  write('index.md', readFileSync(join(import.meta.dirname, '../index.md'), 'utf8'))
  cpSync(join(import.meta.dirname, '../public'), join(folder, 'public'), { recursive: true })
  writeLlms(join(folder, 'public'), all)
}

/** @param {string} path @param {string} text */
function write(path, text) {
  const file = join(folder, path)
  // A page that did not change is not shown anew.
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

/** @returns {Page[]} */
function documents() {
  return [...pages].map(([path, page]) => {
    const text = siteLinks(read(path), path)
    for (const image of imagesOf(text)) cpSync(join(root, dirname(path), image), join(folder, dirname(page), image))
    const example = /^frameworks\/(.+)/.exec(page)?.[1]
    const files = Object.entries(frameworks).find(([name]) => name === example)?.[1]
    return { path: page, title: titleOf(text), text: example && files ? withFiles(text, example, files) : text }
  })
}

/**
 * An example's page has its files as tabs, behind the installation; blocks of the README that are one of them go.
 * @param {string} text @param {string} example @param {string[]} files
 */
function withFiles(text, example, files) {
  const whole = files.map((file) => read(`examples/${example}/${file}`).trim())
  const rest = text.replace(/^```\w+\n(?:\/\/ \S+\n)?([\s\S]*?)^```\n\n?/gm, (all, code) =>
    whole.includes(code.trim()) ? '' : all,
  )
  const titles = Object.fromEntries(files.map((file) => [file, `${example}/${file}`]))
  const tabs = `## The files\n\nFrom the example, which the tests build, start and send deliveries to.\n\n${fileTabs(`frameworks/${example}`, titles)}\n`
  const [head, ...sections] = rest.split(/^(?=## )/m)
  const first = sections[0]?.startsWith('## Install') ? 1 : 0
  return [head, ...sections.slice(0, first), tabs, ...sections.slice(first)].join('')
}

/** @returns {Page[]} */
function ormPages() {
  return Object.entries(orms).map(([name, { title, install, groups, route }]) => {
    const path = `orms/${name}`
    const sections = Object.entries(groups).map(([heading, files]) => `## ${heading}\n\n${fileTabs(path, files)}`)
    const text = `# ${title}

Clerk's users in your own tables, through ${title}. All that it can do, and what it cannot: [the adapter's page](/packages/adapter-${name}).

## Install

\`\`\`sh
${install}
\`\`\`

${sections.join('\n')}
## The route

Whatever the framework, it is given \`clerkSync\`.

${fileTabs(path, route)}
Every file on this page is of an [example](/contents) that the tests start and send deliveries to.

## Then

[Fill the table](/backfill-and-reconcile) with the users who were there before, look at [what goes wrong, and how you see it](/errors), and [go to production](/going-to-production).
`
    return { path, title, text }
  })
}

/** @returns {Page} */
function decisions() {
  const list = [...pages].filter(([, page]) => page.startsWith('adr/'))
  const lines = list.map(([path, page]) => `- [${titleOf(read(path))}](/${page})`)
  return {
    path: 'adr',
    title: 'Decisions',
    text: `# Decisions\n\nWhy things are as they are.\n\n${lines.join('\n')}\n`,
  }
}

/** @returns {Page} */
function referenceIndex() {
  const lines = entries().map(({ name }) => `- [\`@clerk-sync/${name}\`](/reference/${name})`)
  return {
    path: 'reference',
    title: 'Reference',
    text: `# Reference\n\nEvery public declaration, from its own comments. The packages' pages tell how they are used.\n\n${lines.join('\n')}\n`,
  }
}

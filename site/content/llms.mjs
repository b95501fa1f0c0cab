// llms.txt: the site for programs that read. https://llmstxt.org
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SITE } from '../../packages/core/src/addresses.ts'
import { read } from './pages.mjs'

/** @param {string} folder @param {import('./write-content.mjs').Page[]} pages */
export function writeLlms(folder, pages) {
  mkdirSync(folder, { recursive: true })
  const told = pages.filter(({ path }) => !path.startsWith('adr') && path !== 'contributing')
  const list = told.map(({ path, title }) => `- [${title.replaceAll('`', '')}](${SITE}/${path})`)
  const head =
    "# clerk-sync\n\n> Keeps Clerk's users in an application's own tables: webhooks in any order, any number of times, end in the same rows.\n"
  writeFileSync(
    join(folder, 'llms.txt'),
    `${head}\nAll of it in one file: ${SITE}/llms-full.txt\n\n## Pages\n\n${list.join('\n')}\n`,
  )
  const full = told.map(({ path, text }) => `<!-- ${SITE}/${path} -->\n\n${plain(text)}`)
  writeFileSync(join(folder, 'llms-full.txt'), `${head}\n${full.join('\n\n')}`)
}

/** Without what readers do not see, and with the files of the tabs in their places. @param {string} text */
const plain = (text) =>
  text
    .replace(/^<!-- given:[\s\S]*?-->\n/gm, '')
    .replace(/^:::.*\n\n?/gm, '')
    .replace(/^<<< \S*?(examples\/\S+\.(\w+)) \[.*\]$/gm, (_, path, language) => {
      return `\`${path}\`\n\n\`\`\`${language}\n${read(path)}\`\`\``
    })
    .replace(/\]\(\//g, `](${SITE}/`)

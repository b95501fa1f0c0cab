// Groups of tabs, in VitePress's words.
import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { root } from '../../scripts/tools.mjs'

/** @param {string} page the page's path @param {Record<string, string>} files by the tab's title, from examples/ */
export function fileTabs(page, files) {
  const home = join('/', page, '..')
  const lines = Object.entries(files).map(([title, file]) => {
    const path = join(root, 'examples', file)
    if (!existsSync(path)) throw new Error(`${page} shows ${file}, which is not there.`)
    // VitePress reads it from where the page's source lies: site/.cache/content.
    return `<<< ${join(relative(home, '/'), '../../../examples', file)} [${title}]`
  })
  return `::: code-group\n\n${lines.join('\n\n')}\n\n:::\n`
}

/** `npm install …` for the other package managers as well. @param {string} text */
export const installTabs = (text) =>
  text.replace(/^```sh\n((?:npm install .*\n)+)```$/gm, (_, /** @type {string} */ commands) => {
    const tabs = Object.entries({ npm: 'npm install', pnpm: 'pnpm add', yarn: 'yarn add', bun: 'bun add' })
    const blocks = tabs.map(([title, add]) => {
      const lines = commands.replace(/^npm install/gm, add)
      return `\`\`\`sh [${title}]\n${title === 'npm' ? lines : lines.replaceAll('--save-dev', '-D')}\`\`\``
    })
    return `::: code-group\n\n${blocks.join('\n\n')}\n\n:::`
  })

/**
 * Neighbours that a reader on a Git host opens, one block of code each, are a group of tabs. @param {string} text
 */
export const detailsTabs = (text) =>
  text.replace(/(?:^<details>\n<summary>.*<\/summary>\n\n```[\s\S]*?^```\n\n<\/details>\n\n?)+/gm, (all) => {
    const blocks = all.matchAll(/<summary>(.*)<\/summary>\n\n```(\w+)\n([\s\S]*?^```)\n/gm)
    const tabs = Array.from(blocks, ([, title, language, code]) => `\`\`\`${language} [${title}]\n${code}`)
    return `::: code-group\n\n${tabs.join('\n\n')}\n\n:::\n\n`
  })

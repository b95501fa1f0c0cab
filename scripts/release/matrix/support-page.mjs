// docs/support.md: its text is written by hand, its tables by the run of all rows.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../tools.mjs'

/** @import { Row } from './row.mjs' */
/** @import { GROUPS } from './rows.mjs' */

const BETWEEN = /(?<=<!-- rows -->\n)[\s\S]*(?=<!-- \/rows -->)/
const path = join(root, 'docs/support.md')

/** Of rows that came out as they say. @param {typeof GROUPS} groups @param {Date} date */
export function writePage(groups, date) {
  const page = readFileSync(path, 'utf8')
  const rows = groups.flatMap((group) => group.rows)
  const working = rows.filter(({ fails }) => !fails).length
  const { version, platform, arch } = process
  const ran = `Run on ${date.toISOString().slice(0, 10)}, Node ${version.slice(1)} unless said, ${platform} ${arch}: ${working} of ${rows.length} work.`
  writeFileSync(path, page.replace(BETWEEN, `\n${ran}\n\n${tables(groups)}\n`))
}

/** @param {typeof GROUPS} groups */
export function tables(groups) {
  return groups
    .map(({ title, rows }) =>
      [`## ${title}`, '', '| | tried with | works |', '|---|---|---|', ...rows.map(line)].join('\n'),
    )
    .join('\n\n')
    .concat('\n')
}

/** @param {Row} row */
const line = ({ what, versions, fails }) =>
  `| ${what} | ${versions} | ${fails ? `no: \`${fails.says}\`. ${fails.instead}` : 'yes'} |`

export const readTables = () => BETWEEN.exec(readFileSync(path, 'utf8'))?.[0] ?? ''

/** What tables say, but for the versions that were tried: those move on without a run. @param {string} text */
export const shapeOf = (text) =>
  text
    .split('\n')
    .filter((one) => /^(## |\| \S)/.test(one))
    .map((one) => one.split(' | ').toSpliced(1, 1).join(' | '))

// One page for each code of an error. Status and retry are core's; the rest is the table in docs/errors.md.
import { codes } from '../../packages/core/src/errors.ts'
import { errorLine } from './error-lines.mjs'
import { siteLinks } from './links.mjs'
import { read } from './pages.mjs'

const SOURCE = 'docs/errors.md'

/** What calls throw that read Clerk's API: no delivery is answered with these. */
const OF_CALLS = ['link_clash', 'clerk_unavailable']

/** @returns {Promise<{ path: string, title: string, text: string }[]>} */
export async function errorPages() {
  const rows = new Map(
    read(SOURCE)
      .split('\n')
      .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|')))
      .filter((cells) => cells.length === 7 && /^`\w+`$/.test(cells[1] ?? ''))
      .map(([, code = '', status, ...texts]) => [code.replaceAll('`', ''), { status: Number(status), texts }]),
  )
  const unknown = [...rows.keys()].filter((code) => !(code in codes))
  if (unknown.length > 0) throw new Error(`${SOURCE} has codes that no error has: ${unknown.join(', ')}`)
  const pages = Object.entries(codes).map(async ([code, { status, retryable }]) => {
    const row = rows.get(code)
    if (!row) throw new Error(`${SOURCE} has no row for ${code}.`)
    if (row.status !== status) throw new Error(`${SOURCE} says ${row.status} of ${code}, which is ${status}.`)
    const [happened = '', seen = '', mended = ''] = row.texts.map(sentence)
    const answered = !OF_CALLS.includes(code)
    const line = await errorLine(/** @type {keyof typeof codes} */ (code))
    const text = `# \`${code}\`

${answered ? statusOf(status, retryable) : 'Thrown by what reads the API of Clerk; no delivery is answered with it.'}

## What happened, and why

${happened}

## How to see it

${seen}

${line ? `For example, as the library says it:\n\n\`\`\`text\n${line}\n\`\`\`\n\n` : ''}${answered ? `The sender is answered \`${status} { "code": "${code}" }\` and nothing else; Clerk's dashboard shows that answer at the endpoint's attempts.` : ''}

## How to mend it

${mended}

## In code

\`\`\`ts
import { ClerkSyncError } from '@clerk-sync/core'

export const isMeant = (error: unknown) => ClerkSyncError.is(error) && error.code === '${code}'
\`\`\`

[All outcomes and errors](/errors) · [Going to production](/going-to-production) · [Dead letters](/dead-letters)
`
    return { path: `errors/${code}`, title: code, text: siteLinks(text, SOURCE) }
  })
  return Promise.all(pages)
}

/** @param {string} cell */
const sentence = (cell) => `${cell.charAt(0).toUpperCase()}${cell.slice(1)}${/[.!?]$/.test(cell) ? '' : '.'}`

/** @param {number} status @param {boolean} retryable */
function statusOf(status, retryable) {
  const again = retryable
    ? 'The same delivery may succeed later: Clerk sends it again, eight times over 28 hours.'
    : 'No repetition mends it, though Clerk sends the delivery again.'
  return `Status **${status}**. ${again}`
}

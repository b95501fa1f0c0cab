// One page for each code of an error. Status and retry are core's; the rest is the table in docs/errors.md.
import { SITE } from '../../packages/core/src/addresses.ts'
import { codes } from '../../packages/core/src/errors.ts'
import { siteLinks } from './links.mjs'
import { read } from './pages.mjs'

const SOURCE = 'docs/errors.md'

/** @returns {{ path: string, title: string, text: string }[]} */
export function errorPages() {
  const rows = new Map(
    read(SOURCE)
      .split('\n')
      .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|')))
      .filter((cells) => cells.length === 7 && /^`\w+`$/.test(cells[1] ?? ''))
      .map(([, code = '', status, ...texts]) => [code.replaceAll('`', ''), { status: Number(status), texts }]),
  )
  const unknown = [...rows.keys()].filter((code) => !(code in codes))
  if (unknown.length > 0) throw new Error(`${SOURCE} has codes that no error has: ${unknown.join(', ')}`)
  return Object.entries(codes).map(([code, { status, retryable }]) => {
    const row = rows.get(code)
    if (!row) throw new Error(`${SOURCE} has no row for ${code}.`)
    if (row.status !== status) throw new Error(`${SOURCE} says ${row.status} of ${code}, which is ${status}.`)
    const [happened = '', seen = '', mended = ''] = row.texts.map(sentence)
    const text = `# \`${code}\`

Status **${status}**. ${retryable ? 'The same delivery may succeed later: Clerk sends it again, eight times over 28 hours.' : 'No repetition mends it, though Clerk sends the delivery again.'}

## What happened, and why

${happened}

## How to see it

${seen}

The log line has the code and the message, which names what it is about:

\`\`\`text
clerk-sync: ${status} ${code} user.created msg_2x…: what happened, why, what to do next ${SITE}/errors/${code}
\`\`\`

The sender is answered \`${status} { "code": "${code}" }\` and nothing else; Clerk's dashboard shows that answer at the endpoint's attempts.

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
}

/** @param {string} cell */
const sentence = (cell) => `${cell.charAt(0).toUpperCase()}${cell.slice(1)}${/[.!?]$/.test(cell) ? '' : '.'}`

import type { DialectName } from './dialects/dialect.ts'
import { statementHeads } from './statement-heads.ts'

const ROLLBACK = String.raw`rollback(?!\s+(work\s+|transaction\s+)?to\b)`
/** `rollback to savepoint` is none of them, nor is MariaDB's `begin not atomic`. */
const ENDS: Readonly<Record<DialectName, RegExp>> = {
  postgres: new RegExp(
    String.raw`^(begin|start\s+transaction|commit|end|abort|prepare\s+transaction|${ROLLBACK})\b`,
    'i',
  ),
  mysql: new RegExp(String.raw`^(begin(?!\s+not\b)|start\s+transaction|commit|xa|lock\s+tables?|${ROLLBACK})\b`, 'i'),
  sqlite: new RegExp(String.raw`^(begin|commit|end|${ROLLBACK})\b`, 'i'),
}

/** Its body has a `begin` and an `end` of its own, and semicolons: it is taken to reach to the end of the text. */
const ROUTINE =
  /^create\s+(or\s+replace\s+)?(definer\s*=\s*\S+\s+)?((constraint|temp|temporary|aggregate)\s+)?(function|procedure|trigger|event|package)\b/i

/** What nearly all of them are: without a semicolon they are one statement, and need no scan. */
const ROWS = /^\s*(?:select|insert|update|delete|with)\b/i

/** The statement of a text, or of several in one, that begins or ends a transaction. */
export function transactionCommandIn(text: string, dialect: DialectName): string | undefined {
  if (ROWS.test(text) && !text.includes(';')) return undefined
  for (const head of statementHeads(text, dialect)) {
    if (ENDS[dialect].test(head)) return head
    if (ROUTINE.test(head)) return undefined
  }
  return undefined
}

import type { DialectName } from './dialects/dialect.ts'

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

const COMMENT = String.raw`--[^\n]*|/\*[\s\S]*?\*/`
/** What may hold a semicolon, or come before the first word. Long texts are taken in one step, and in one way alone. */
const SKIPPED: Readonly<Record<DialectName, RegExp>> = {
  postgres: new RegExp(
    String.raw`${COMMENT}|\be'(?:[^'\\]+(?=['\\])|\\[\s\S]|'')*'|'[^']*'|"[^"]*"|\$([a-z_]\w*)?\$[\s\S]*?\$\1\$`,
    'gi',
  ),
  mysql: new RegExp(
    String.raw`${COMMENT}|#[^\n]*|'(?:[^'\\]+(?=['\\])|\\[\s\S])*'|"(?:[^"\\]+(?=["\\])|\\[\s\S])*"|${'`'}[^${'`'}]*${'`'}`,
    'g',
  ),
  sqlite: new RegExp(String.raw`${COMMENT}|'[^']*'|"[^"]*"|${'`'}[^${'`'}]*${'`'}|\[[^\]]*\]`, 'g'),
}
/** MySQL runs what is in such a comment. */
const RUN_COMMENT = /\/\*M?!\d*([\s\S]*?)\*\//g

/** The statement of a text, or of several in one, that begins or ends a transaction. */
export function transactionCommandIn(text: string, dialect: DialectName): string | undefined {
  const run = dialect === 'mysql' ? text.replace(RUN_COMMENT, ' $1 ') : text
  const bare = run.replace(SKIPPED[dialect], (skipped) => (/^(--|\/\*|#)/.test(skipped) ? ' ' : '?'))
  // The body of a routine or of a trigger has an `end` of its own.
  const statements = /^\s*create\b/i.test(bare) ? [bare] : bare.split(';')
  return statements.map((statement) => statement.trim()).find((statement) => ENDS[dialect].test(statement))
}

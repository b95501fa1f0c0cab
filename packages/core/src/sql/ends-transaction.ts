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

const BLOCK_COMMENT = String.raw`/\*[\s\S]*?\*/`
const COMMENT = String.raw`--[^\n]*|${BLOCK_COMMENT}`
/** What may hold a semicolon, or come before the first word. Long texts are taken in one step, and in one way alone. */
const SKIPPED: Readonly<Record<DialectName, RegExp>> = {
  postgres: new RegExp(
    String.raw`${COMMENT}|\be'(?:[^'\\]+(?=['\\])|\\[\s\S]|'')*'|'[^']*'|"[^"]*"|\$([a-z_]\w*)?\$[\s\S]*?\$\1\$`,
    'gi',
  ),
  // `1--1` is a number less a negative one.
  mysql: new RegExp(
    String.raw`--(?=\s|$)[^\n]*|${BLOCK_COMMENT}|#[^\n]*|'(?:[^'\\]+(?=['\\])|\\[\s\S])*'|"(?:[^"\\]+(?=["\\])|\\[\s\S])*"|${'`'}[^${'`'}]*${'`'}`,
    'g',
  ),
  sqlite: new RegExp(String.raw`${COMMENT}|'[^']*'|"[^"]*"|${'`'}[^${'`'}]*${'`'}|\[[^\]]*\]`, 'g'),
}
/** MySQL runs what is in such a comment. */
const RUN_COMMENT = /\/\*M?!\d*([\s\S]*?)\*\//g

/** Its body has a `begin` and an `end` of its own. */
const ROUTINE =
  /\bcreate\s+(?:or\s+replace\s+)?(?:definer\s*=\s*\S+\s+)?(?:(?:constraint|temp|temporary|aggregate)\s+)?(?:function|procedure|trigger|event|package)\b[\s\S]*/i

/** The statement of a text, or of several in one, that begins or ends a transaction. */
export function transactionCommandIn(text: string, dialect: DialectName): string | undefined {
  const run = dialect === 'mysql' ? text.replace(RUN_COMMENT, ' $1 ') : text
  const bare = run.replace(SKIPPED[dialect], (skipped) => (/^(--|\/\*|#)/.test(skipped) ? ' ' : '?'))
  // What is after a `*/` was behind comments inside each other, which PostgreSQL takes.
  const statements = bare.replace(ROUTINE, 'create').split(/;|\*\//)
  return statements.map((statement) => statement.trim()).find((statement) => ENDS[dialect].test(statement))
}

import type { DialectName } from './dialects/dialect.ts'

/** Longer than any words that say what a statement is, comments apart. */
const HEAD = 300

/** Where something begins that may hold a semicolon. What is between these is the statement's own text. */
const MARKS: Readonly<Record<DialectName, RegExp>> = {
  postgres: /;|--|\/\*|'|"|\$(?:[a-z_\x80-\uffff][\w\x80-\uffff]*)?\$/gi,
  // `1--1` is a number less a negative one; what is in `/*!` comments is run.
  mysql: /;|--(?=\s|$)|#|\/\*(?:M?!\d*)?|\*\/|'|"|`/g,
  sqlite: /;|--|\/\*|'|"|`|\[/g,
}
const IN_WORD = /[\w$\x80-\uffff]/

/**
 * The first words of each statement of a text, without comments, and with `?` in place of what is quoted. The text is read
 * once, from its beginning to its end: it may have many megabytes.
 */
export function* statementHeads(text: string, dialect: DialectName): Generator<string> {
  const marks = new RegExp(MARKS[dialect])
  let head = ''
  const add = (more: string) => {
    if (head.length >= HEAD || (more.trim() === '' && /^$| $/.test(head))) return
    head = (head + more).replace(/\s+/g, ' ').trimStart().slice(0, HEAD)
  }
  for (let at = 0; at < text.length; ) {
    marks.lastIndex = at
    const found = marks.exec(text)
    const start = found?.index ?? text.length
    add(text.slice(at, start))
    const [mark = ''] = found ?? []
    at = start + Math.max(mark.length, 1)
    const before = text[start - 1] ?? ''
    if (mark === ';') {
      yield head.trimEnd()
      head = ''
    } else if (mark === '--' || mark === '#') {
      at = past(text, '\n', at)
      add(' ')
    } else if (mark === '/*') {
      at = dialect === 'postgres' ? pastNested(text, at) : past(text, '*/', at)
      add(' ')
    } else if (mark.startsWith('/*') || mark === '*/') {
      add(' ')
    } else if (mark.startsWith('$') && IN_WORD.test(before)) {
      // `a$b$` is a name. The second sign may begin a quote all the same.
      at = start + mark.length - 1
      add(mark.slice(0, -1))
    } else if (mark !== '') {
      at = pastQuoted(text, at, mark, hasEscapes(dialect, mark, text, start))
      add('?')
    }
  }
  yield head.trimEnd()
}

/** Behind the next of these, or at the end of the text. */
function past(text: string, end: string, from: number): number {
  const at = text.indexOf(end, from)
  return at < 0 ? text.length : at + end.length
}

function pastNested(text: string, from: number): number {
  const marks = /\/\*|\*\//g
  marks.lastIndex = from
  for (let depth = 1; depth > 0; ) {
    const found = marks.exec(text)
    if (!found) return text.length
    depth += found[0] === '/*' ? 1 : -1
  }
  return marks.lastIndex
}

/** Behind the quoted part. A doubled quote is in it; without escapes it may as well end this part and begin the next. */
function pastQuoted(text: string, from: number, mark: string, escapes: boolean): number {
  const end = mark === '[' ? ']' : mark
  if (!escapes) return past(text, end, from)
  for (let at = from; ; ) {
    const quote = text.indexOf(end, at)
    if (quote < 0) return text.length
    let slashes = 0
    while (quote - slashes > at && text[quote - slashes - 1] === '\\') slashes++
    const isEscaped = slashes % 2 === 1
    const isDoubled = !isEscaped && text[quote + 1] === end
    if (!isEscaped && !isDoubled) return quote + 1
    at = quote + (isDoubled ? 2 : 1)
  }
}

/** MySQL's strings have backslashes that escape; PostgreSQL's, those with an E before them. */
function hasEscapes(dialect: DialectName, mark: string, text: string, start: number): boolean {
  if (dialect === 'mysql') return mark === "'" || mark === '"'
  if (dialect !== 'postgres' || mark !== "'") return false
  return /e/i.test(text[start - 1] ?? '') && !IN_WORD.test(text[start - 2] ?? '')
}

import type { DialectName } from './dialects/dialect.ts'

/** Longer than any words that say what a statement is, comments apart. */
const HEAD = 300

/** Where a comment or a quoted part begins, and where a statement ends. What is between is the statement's own text. */
const MARKS: Readonly<Record<DialectName, RegExp>> = {
  // Not within a name: `a$b$` is one. A string with an E before it has escapes.
  postgres: /;|--|\/\*|'|"|(?<![\w$\x80-\uffff])(?:e'|\$(?:[a-z_\x80-\uffff][\w\x80-\uffff]*)?\$)/gi,
  // `1--1` is a number less a negative one; what is in `/*!` comments is run.
  mysql: /;|--(?=\s|$)|#|\/\*(?:M?!\d*)?|\*\/|'|"|`/g,
  sqlite: /;|--|\/\*|'|"|`|\[/g,
}

/**
 * The first words of each statement of a text, without comments, and with `?` in place of what is quoted. The text is read
 * once, from its beginning to its end: it may have many megabytes.
 */
export function* statementHeads(text: string, dialect: DialectName): Generator<string> {
  const marks = new RegExp(MARKS[dialect])
  let head = ''
  // Each part once: a statement of many quoted names has many parts.
  const add = (more: string) => {
    if (head.length >= HEAD) return
    const words = more.replace(/\s+/g, ' ')
    head = (head + (head === '' || head.endsWith(' ') ? words.trimStart() : words)).slice(0, HEAD)
  }
  for (let at = 0; ; at = marks.lastIndex) {
    const mark = marks.exec(text)?.[0]
    add(text.slice(at, mark === undefined ? undefined : marks.lastIndex - mark.length))
    if (mark === undefined || mark === ';') {
      yield head.trimEnd()
      if (mark === undefined) return
      head = ''
    } else if (/^(--|#|\/\*$)/.test(mark)) {
      marks.lastIndex = pastComment(text, mark, marks.lastIndex, dialect === 'postgres')
      add(' ')
    } else if (mark.includes('*')) {
      add(' ')
    } else {
      const hasEscapes = /^e/i.test(mark) || (dialect === 'mysql' && mark !== '`')
      marks.lastIndex = pastQuoted(text, mark, marks.lastIndex, hasEscapes)
      add('?')
    }
  }
}

function pastComment(text: string, mark: string, from: number, nested: boolean): number {
  if (mark !== '/*' || !nested) return past(text, mark === '/*' ? '*/' : '\n', from)
  const ends = /\/\*|\*\//g
  ends.lastIndex = from
  for (let depth = 1; depth > 0; ) {
    const found = ends.exec(text)
    if (!found) return text.length
    depth += found[0] === mark ? 1 : -1
  }
  return ends.lastIndex
}

/** A doubled quote is in the part that it is in; where there are no escapes, it may as well end it and begin the next. */
function pastQuoted(text: string, mark: string, from: number, hasEscapes: boolean): number {
  if (!hasEscapes) return past(text, mark === '[' ? ']' : mark, from)
  const end = mark.slice(-1)
  for (let at = from; ; ) {
    const quote = text.indexOf(end, at)
    if (quote < 0) return text.length
    let slashes = 0
    while (quote - slashes > at && text[quote - slashes - 1] === '\\') slashes++
    const isEscaped = slashes % 2 === 1
    if (!isEscaped && text[quote + 1] !== end) return quote + 1
    at = quote + (isEscaped ? 1 : 2)
  }
}

/** Behind the next of these, or at the end of the text. */
function past(text: string, end: string, from: number): number {
  const at = text.indexOf(end, from)
  return at < 0 ? text.length : at + end.length
}

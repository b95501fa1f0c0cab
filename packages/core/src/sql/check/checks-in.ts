import type { CheckFacts } from './table-facts.ts'

/** A string, a quoted name, a comment, a parenthesis, or a word: what matters of a definition. */
const TOKEN = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|--[^\n]*|\/\*[\s\S]*?\*\/|[()]|\w+/g

/** The CHECK constraints in the text of a `create table`, which is all that SQLite keeps of them. */
export function checksIn(definition: string): CheckFacts[] {
  const checks: CheckFacts[] = []
  let before = ['', '', '']
  let depth = 0
  let open: { readonly depth: number; readonly start: number; readonly name: string } | undefined
  for (const { 0: token, index } of definition.matchAll(TOKEN)) {
    if (token === '(') {
      depth++
      const [constraint = '', name = '', check = ''] = before
      if (!open && check.toLowerCase() === 'check') {
        const isNamed = constraint.toLowerCase() === 'constraint'
        open = { depth, start: index + 1, name: isNamed ? withoutQuotes(name) : '' }
      }
    } else if (token === ')') {
      if (open?.depth === depth) {
        const expression = definition.slice(open.start, index)
        checks.push({ name: open.name || `check (${expression})`, expression })
        open = undefined
      }
      depth--
    }
    if (!/^(--|\/\*)/.test(token)) before = [before[1] ?? '', before[2] ?? '', token]
  }
  return checks
}

function withoutQuotes(name: string): string {
  return name
    .replace(/^(["`])(.*)\1$/, (_, quote, inner) => inner.replaceAll(quote + quote, quote))
    .replace(/^\[|\]$/g, '')
}

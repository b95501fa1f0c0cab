// How the story looks: in colour on a terminal, plain in a log.
import { styleText } from 'node:util'
import type { Answer } from './clerk.ts'

type Style = Parameters<typeof styleText>[0]

/** `styleText` heeds NO_COLOR, and whether standard output is a terminal. */
const paint = (style: Style, text: string) => styleText(style, text, { stream: process.stdout })

export function title(text: string): void {
  console.log(`\n${paint('bold', text)}\n`)
}

/** What was sent, what was answered, and why; `expected` is set when it should have been another answer. */
export function delivery(
  number: number,
  type: string,
  what: string,
  answer: Answer,
  why: string,
  expected: Answer | undefined,
): void {
  const style: Style = expected ? 'red' : answer.status === 200 ? 'green' : 'yellow'
  console.log(`${String(number).padStart(2)}  ${paint('cyan', type)}  ${what}`)
  console.log(`    ${paint(style, `${answer.status} ${answer.said}`)}  ${paint('dim', why)}`)
  if (expected) console.log(`    ${paint('red', `SURPRISE: it should have been ${expected.status} ${expected.said}`)}`)
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]) => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')
  console.log(`  ${paint('dim', line(head).trimEnd())}`)
  for (const row of rows) console.log(`  ${line(row).trimEnd()}`)
  console.log()
}

export function check(what: string, holds: boolean): void {
  console.log(`  ${holds ? paint('green', '✓') : paint('red', '✗ SURPRISE:')} ${what}`)
}

export function ending(surprises: number): void {
  const text = surprises === 0 ? 'Everything is as it should be.' : `${surprises} surprise${surprises > 1 ? 's' : ''}.`
  console.log(`\n${paint(surprises === 0 ? ['bold', 'green'] : ['bold', 'red'], text)}`)
}

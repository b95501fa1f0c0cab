// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these texts are sources.
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { PROSE, shouldIgnore } from '../mutation/prose.mjs'

// What StrykerJS itself makes of a source, with this plugin in it.
const ofCore = createRequire(createRequire(import.meta.url).resolve('@stryker-mutator/core/package.json'))
const { Instrumenter } = await import(pathToFileURL(ofCore.resolve('@stryker-mutator/instrumenter')).href)

interface Fault {
  readonly replacement: string
  readonly mutatorName: string
  readonly statusReason?: string
  readonly location: { readonly start: { readonly column: number }; readonly end: { readonly column: number } }
}

const silent = { info() {}, debug() {}, isDebugEnabled: () => false }

/** The texts that are left out, and what is tried, of one line of source. */
async function faultsOf(line: string) {
  const files = [{ name: 'a.ts', mutate: true, content: line }]
  const options = { ignorers: [{ shouldIgnore }], excludedMutations: [], plugins: null }
  const { mutants }: { mutants: Fault[] } = await new Instrumenter(silent).instrument(files, options)
  const textOf = ({ location: { start, end } }: Fault) => line.slice(start.column, end.column)
  return {
    leftOut: mutants.filter(({ statusReason }) => statusReason === PROSE).map(textOf),
    tried: mutants.filter(({ statusReason }) => statusReason !== PROSE).map(textOf),
  }
}

test.each([
  ["throw new TypeError('No such row.')", "'No such row.'"],
  ["throw new ClerkSyncError('store_failed', `${table} keeps ${rows}`)", '`${table} keeps ${rows}`'],
  ["throw new ClerkSyncError('store_failed', `It has ${names.join(', ')}.`)", "`It has ${names.join(', ')}.`"],
  ["throw invalid('olderThan must be a Date.')", "'olderThan must be a Date.'"],
  ["asClerkSyncError(thrown, 'store_failed', 'The event failed.')", "'The event failed.'"],
  ["inFlight.runIfOpen('The event was not retried', retry)", "'The event was not retried'"],
  ['console.error(`clerk-sync: ${option} threw`, error)', '`clerk-sync: ${option} threw`'],
  ["found.push({ table, message: 'It lacks an index.' })", "'It lacks an index.'"],
  ["const next = 'Run it again.'; throw invalid(what + next)", "'Run it again.'"],
])('the text of a message is left out: %s', async (line, text) => {
  expect((await faultsOf(line)).leftOut[0]).toBe(text)
})

test.each([
  ['a code', "throw new ClerkSyncError('store_failed', message)", "'store_failed'"],
  ['a name', "throw invalid('users')", "'users'"],
  ['a separator', "throw invalid(names.join(', '))", "', '"],
  ['SQL', "run('select 1 from users')", "'select 1 from users'"],
  ['a property that is no message', "found.push({ path: 'a b c' })", "'a b c'"],
  ['what a condition compares', "throw invalid(name === 'a b' ? one : other)", "'a b'"],
  ['a text that is used elsewhere too', "const what = 'The row'; find(what); throw invalid(what)", "'The row'"],
  ['a text that is used nowhere', "const what = 'The row'", "'The row'"],
  ['a text that is changed', "let what = 'The row'; throw invalid(what)", "'The row'"],
  ['an argument of what makes the message', "throw invalid(describe('of users'))", "'of users'"],
  ['a template with a choice in it', 'throw invalid(`The row ${id ?? key}`)', '`The row ${id ?? key}`'],
  ['that choice', 'throw invalid(`The row ${id ?? key}`)', 'id ?? key'],
  ['a template with a method in it', 'throw invalid(`The row ${id.slice(1)}`)', 'id.slice(1)'],
])('%s is tried', async (_, line, text) => {
  const { tried, leftOut } = await faultsOf(line)
  expect(tried).toContain(text)
  expect(leftOut).not.toContain(text)
})

test('of two sentences both are left out, and the choice between them is tried', async () => {
  const { leftOut, tried } = await faultsOf("throw invalid(rows === 0 ? 'It is gone.' : `It has ${rows} rows.`)")
  expect(leftOut).toEqual(["'It is gone.'", '`It has ${rows} rows.`'])
  expect(new Set(tried)).toEqual(new Set(['rows === 0']))
})

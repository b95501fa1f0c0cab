import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkSnippets } from '../check-snippets.mjs'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'check-snippets-'))
  const compilerOptions = { target: 'es2023', module: 'esnext', moduleResolution: 'bundler', strict: true, types: [] }
  writeFileSync(join(root, 'tsconfig.json'), JSON.stringify({ compilerOptions }))
})
afterEach(() => rmSync(root, { recursive: true }))

const readme = (...lines: string[]) => {
  writeFileSync(join(root, 'README.md'), lines.join('\n'))
  return checkSnippets(root)
}

test('a snippet that compiles has no problems, and other languages are counted', () => {
  const { problems, snippets, leftAlone } = readme('```ts', 'export const one: number = 1', '```', '```sh', 'ls', '```')
  expect(problems).toEqual([])
  expect(snippets).toBe(1)
  expect(leftAlone).toEqual({ sh: 1 })
})

test('one that does not is told by the line of the document', () => {
  const { problems } = readme('# Title', '', '```ts', 'export const two = 2', 'export const one: number = "1"', '```')
  expect(problems).toEqual([expect.stringMatching(/^README\.md:5: Type 'string' is not assignable/)])
})

test('an example in the TSDoc of a package is compiled too', () => {
  mkdirSync(join(root, 'packages/one/src'), { recursive: true })
  const source = ['/**', ' * @example', ' * ```ts', ' * export const one: number = "1"', ' * ```', ' */', 'export {}']
  writeFileSync(join(root, 'packages/one/src/index.ts'), source.join('\n'))
  expect(checkSnippets(root).problems).toEqual([expect.stringMatching(/^packages\/one\/src\/index\.ts:4: Type/)])
})

test('what a partial snippet leaves out is given in a comment, and a named one is imported by others', () => {
  const { problems } = readme(
    ...['```ts', '// db/schema.ts', 'export const users = 1', '```', ''],
    ...['<!-- given: import { users } from "./db/schema" -->', '```ts', 'export const more = users + 1', '```'],
  )
  expect(problems).toEqual([])
})

test('a comment that gives something to nothing, and a switched-off compiler, are problems', () => {
  expect(readme('<!-- given: const a = 1 -->', '', 'text').problems).toEqual([expect.stringContaining('no ts block')])
  expect(readme('```ts', '// @ts-ignore', 'export const a: number = ""', '```').problems).toEqual([
    expect.stringMatching(/^README\.md:2: .*@ts-expect-error/),
  ])
})

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { checkSnippets } from '../check-snippets.mjs'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'check-snippets-'))
  const compilerOptions = { target: 'es2023', module: 'esnext', moduleResolution: 'bundler', strict: true, types: [] }
  writeFileSync(
    join(root, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { ...compilerOptions, skipLibCheck: true } }),
  )
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

test('what is given may have many lines, beside comments of one', () => {
  const { problems } = readme(
    ...['<!-- given: declare const users: string[] -->', '<!-- given:', 'declare const db: () => number', '-->', ''],
    ...['```ts', 'export const all = users.length + db()', 'export const wrong: string = db()', '```'],
  )
  expect(problems).toEqual([expect.stringMatching(/^README\.md:8: Type/)])
})

test('blocks are found in lists and quotations, and not inside of other blocks', () => {
  const { problems, snippets, leftAlone } = readme(
    ...['- A list:', '', '  ```typescript', '  const a: string = 1', '  ```', ''],
    ...['> ~~~ts title="a quotation"', '> const a: string = 1', '>', '> ~~~', ''],
    ...['````md', '<!-- given: nothing -->', '```ts', 'shown, not meant', '```', '````'],
  )
  expect(problems.map((problem) => problem.split(' ')[0])).toEqual(['README.md:4:', 'README.md:8:'])
  expect({ snippets, leftAlone }).toEqual({ snippets: 2, leftAlone: { md: 1 } })
})

test('a block does not see the names of another, and of two with one name the first is imported', () => {
  const { problems, snippets } = readme(
    ...['```ts', '// db/schema.ts', 'export const users = 1', '```', ''],
    ...['```ts', '// db/schema.ts', 'export const people = users', '```', ''],
    ...['```ts', '// app/route.ts', "import { people } from '../db/schema'", '```'],
  )
  expect(problems).toEqual([
    expect.stringMatching(/^README\.md:8: Cannot find name 'users'/),
    expect.stringMatching(/^README\.md:13: .*no exported member 'people'/),
  ])
  expect(snippets).toBe(3)
})

test('a block that is never closed, and a name that leads out of the application, are problems', () => {
  expect(readme('```ts', '// ../other.ts', 'export {}', '```', '```ts', 'export {}').problems).toEqual([
    expect.stringMatching(/^README\.md:1: '\.\.\/other\.ts'/),
    expect.stringMatching(/^README\.md:5: .*never closed/),
  ])
})

test('an application has the packages as they were built, and not what they bring along for themselves', () => {
  const put = (file: string, text: string) => {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
  }
  const needs = { dependencies: { inner: '1' }, peerDependencies: { beside: '1' } }
  put('packages/one/package.json', JSON.stringify({ name: '@we/one', types: './dist/index.d.ts', ...needs }))
  put('packages/one/src/index.ts', 'export const built = 1\nexport const notBuilt = 1')
  put('packages/one/dist/index.d.ts', 'export declare const built: 1')
  put('packages/one/node_modules/inner/index.d.ts', 'export declare const inner: 1')
  put('packages/one/node_modules/beside/index.d.ts', 'export declare const beside: 1')
  const { problems } = readme(
    ...['```ts', "import { beside } from 'beside'", "import { inner } from 'inner'"],
    ...["import { built, notBuilt } from '@we/one'", 'export const all = [beside, inner, built, notBuilt]', '```'],
  )
  expect(problems).toEqual([
    expect.stringMatching(/^README\.md:3: Cannot find module 'inner'/),
    expect.stringMatching(/^README\.md:4: .*no exported member 'notBuilt'/),
  ])
})

import { readFileSync } from 'node:fs'
import { build, variantOf } from '@examples/testing'
import { expect, it } from 'vitest'
import { cwd } from './application.ts'

const readme = readFileSync(`${cwd}/README.md`, 'utf8')
/** The README's blocks that begin with the name of their file. */
const files = Object.fromEntries(
  [...readme.matchAll(/^```ts\n\/\/ (\S+)\n(.+?)^```$/gms)].map(([, path = '', text = '']) => [path, text]),
)

it('compiles with what the README puts in its place for Clerk', async () => {
  expect(Object.keys(files)).toEqual(['proxy.ts', 'lib/viewer.ts'])
  const withClerk = variantOf(cwd, files)
  await build(withClerk, ['node_modules/.bin/tsc', '--noEmit'])
})

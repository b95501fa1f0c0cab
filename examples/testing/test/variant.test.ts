import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build, variantOf } from '@examples/testing'
import { expect, it, onTestFinished } from 'vitest'

const cwd = new URL('..', import.meta.url).pathname

it('a variant is the example with other files, and what the example has installed', async () => {
  const script = `import 'better-sqlite3'; import { writeFileSync } from 'node:fs'; writeFileSync('found', '')`
  const copy = variantOf(cwd, { 'src/index.ts': '// different', 'src/new/script.mjs': script })
  onTestFinished(() => rmSync(copy, { recursive: true }))
  expect(readFileSync(join(copy, 'src/index.ts'), 'utf8')).toBe('// different')
  expect(readFileSync(join(copy, 'package.json'), 'utf8')).toBe(readFileSync(join(cwd, 'package.json'), 'utf8'))
  await build(copy, ['node', 'src/new/script.mjs'])
  expect(existsSync(join(copy, 'found'))).toBe(true)
  expect(existsSync(join(cwd, 'src/new'))).toBe(false)
})

it('a variant begins anew each time', () => {
  const copy = variantOf(cwd, { 'src/old.ts': '' })
  onTestFinished(() => rmSync(copy, { recursive: true }))
  variantOf(cwd, {})
  expect(existsSync(join(copy, 'src/old.ts'))).toBe(false)
})

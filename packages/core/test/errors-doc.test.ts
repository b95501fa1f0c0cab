import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ClerkSyncError } from '../src/index.ts'

const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8')
const source = readFileSync(new URL('../src/errors.ts', import.meta.url), 'utf8')

test('docs/errors.md has each code of errors.ts, with its status, and no other', () => {
  const codes = [...source.matchAll(/^ {2}(\w+): \{ status: /gm)].map(([, code]) => String(code))
  expect(codes).toContain('store_failed')
  const [, table = ''] = page.split('\n## Errors\n')
  const rows = [...table.matchAll(/^\| `(\w+)` \| (\d+) \|/gm)].map(([, code, status]) => `${code} ${status}`)
  expect(rows.toSorted()).toEqual(
    codes.map((code) => `${code} ${new ClerkSyncError(code as 'store_failed', '').status}`).toSorted(),
  )
})

test('docs/errors.md has each outcome', () => {
  const change = readFileSync(new URL('../src/port/change.ts', import.meta.url), 'utf8')
  const types = [...change.matchAll(/^(?:export )?type (?:\w*Outcome|Held) = (.*)$/gm)].map(([, union]) => union).join()
  const outcomes = new Set([...types.matchAll(/'(\w+)'/g)].map(([, name]) => String(name)))
  expect(outcomes).toContain('stale')
  for (const outcome of outcomes) expect(page).toContain(`\n| \`${outcome}\` |`)
})

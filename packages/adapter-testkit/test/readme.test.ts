import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { brokenBeside } from './broken-beside.ts'
import { brokenKept } from './broken-kept.ts'
import { brokenLetters } from './broken-letters.ts'
import { brokenOwners } from './broken-owners.ts'
import { brokenTransactions } from './broken-transactions.ts'
import { brokenUpkeep } from './broken-upkeep.ts'
import { brokenWrites } from './broken-writes.ts'

it('the README counts the broken adapters right', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const [, count] = /(\d+) broken adapters/.exec(readme) ?? []
  expect(Number(count)).toBe(
    Object.keys({
      ...brokenWrites,
      ...brokenTransactions,
      ...brokenUpkeep,
      ...brokenLetters,
      ...brokenBeside,
      ...brokenKept,
      ...brokenOwners,
    }).length,
  )
})

// What init asks, answered by the keys that a person presses.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { applicationWith } from './support/application.ts'
import { KEYS, onTerminal } from './support/terminal.ts'

const EXPRESS = { 'package.json': JSON.stringify({ type: 'module', dependencies: { express: '*' } }) }

test('it asks what the project does not show, writes what was chosen, and asks nothing twice', async () => {
  const cwd = applicationWith(EXPRESS)
  const { answer, ended } = onTerminal(['init'], cwd)
  await answer('Which ORM?', KEYS.down, KEYS.down, KEYS.enter)
  await answer('Which database?', KEYS.down, KEYS.enter)
  await answer('Which tables?', KEYS.down, KEYS.space, KEYS.enter)
  await answer('Copy the skill for coding agents to .agents/skills/syncing-users/SKILL.md?', 'y')
  await answer('Write this?', 'y')
  const { code, text } = await ended
  expect(text).toContain('express, kysely, mysql: users, organizations')
  expect(text).not.toContain('Which framework?')
  expect(code).toBe(0)
  expect(readFileSync(join(cwd, 'src/clerk-sync.ts'), 'utf8')).toMatch(/new MysqlDialect.*organizations: \{/s)
  expect(existsSync(join(cwd, '.agents/skills/syncing-users/SKILL.md'))).toBe(true)
})

test('what the flags say is not asked, and "no" writes nothing', async () => {
  const cwd = applicationWith(EXPRESS)
  const { answer, ended } = onTerminal(['init', '--orm', 'drizzle', '--database', 'sqlite', '--no-skill'], cwd)
  await answer('Which tables?', KEYS.enter)
  await answer('Write this?', 'n')
  const { code, text } = await ended
  expect(text).toContain('express, drizzle, sqlite: users\r\n')
  expect(text).toContain('Nothing was written.')
  expect(code).toBe(0)
  expect(existsSync(join(cwd, 'src'))).toBe(false)
})

test.each([
  ['Ctrl-C', KEYS.interrupt],
  ['Escape', KEYS.escape],
])('%s at a question ends it with 130, and nothing is written', async (_, key) => {
  const cwd = applicationWith(EXPRESS)
  const { answer, ended } = onTerminal(['init'], cwd)
  await answer('Which ORM?', key)
  expect(await ended).toMatchObject({ code: 130 })
  expect(existsSync(join(cwd, 'src'))).toBe(false)
})

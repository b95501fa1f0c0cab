import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { BROWSER_VARIABLE, provideBrowser } from '../bare-machine/browser.mjs'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clerk-sync-browser-'))
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

test('a path that is given is the one that is used, and what it says it is is told', async () => {
  const path = program('mine', 'echo Mine 1.0')
  vi.stubEnv(BROWSER_VARIABLE, path)
  const lines: string[] = []
  expect(await provideBrowser({ log: (line) => lines.push(line) })).toBe(path)
  expect(lines.join()).toMatch(/Mine 1\.0, from CLERK_SYNC_BROWSER/)
})

test('a path that is given and does not start is an error, and nothing else is taken for it', async () => {
  program('chromium', 'echo Chromium 1.0')
  vi.stubEnv('PATH', folder)
  vi.stubEnv(BROWSER_VARIABLE, join(folder, 'gone'))
  await expect(provideBrowser()).rejects.toThrow(/CLERK_SYNC_BROWSER is set, but .*gone does not start/)
})

test('an installed one that only says what to install is passed over', async () => {
  program('chromium', 'echo install the snap; exit 1')
  const chrome = program('google-chrome', 'echo Google Chrome 1.0')
  vi.stubEnv(BROWSER_VARIABLE, undefined)
  vi.stubEnv('PATH', folder)
  expect(await provideBrowser({ log: () => {} })).toBe(chrome)
})

test('without any, the error says what helps', async () => {
  vi.stubEnv(BROWSER_VARIABLE, undefined)
  vi.stubEnv('PATH', folder)
  const nowhere = provideBrowser({ log: () => {}, elsewhere: [] })
  await expect(nowhere).rejects.toThrow(/install Chromium or Chrome[\s\S]*CLERK_SYNC_BROWSER/)
})

function program(name: string, script: string): string {
  const path = join(folder, name)
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
  return path
}

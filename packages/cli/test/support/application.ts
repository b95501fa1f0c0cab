import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'

/** Below this package, so that an application finds the packages of ours that are installed here. */
const HOME = join(import.meta.dirname, '../../.cache/applications')

export const MANIFEST = JSON.stringify({ name: 'application', private: true, type: 'module' })

/** A module that exports clerkSync, over a store in memory. */
export const MODULE = `import { createClerkSync } from '@clerk-sync/core'
import { memoryAdapter } from '@clerk-sync/core/memory'

const adapter = memoryAdapter({ users: { columns: { email: {} } } })
export const clerkSync = createClerkSync({ adapter, onResult: () => {} })
`

/** A folder with these files, for the length of a test. */
export function applicationWith(files: Readonly<Record<string, string>>): string {
  mkdirSync(HOME, { recursive: true })
  const folder = mkdtempSync(join(HOME, 'app-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  write(folder, { 'package.json': MANIFEST, ...files })
  return folder
}

export function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

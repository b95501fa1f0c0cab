import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** What a copy does without: it is large, or was built from the files that differ. */
const LEFT = new Set(['node_modules', 'test', 'dist', 'build', '.astro', '.next', '.nuxt', '.output', '.react-router'])

/**
 * A copy of an example with some other files: the mistake that a test is about. Gives the copy's folder, which lies as
 * deep as the example, and has what the example has installed.
 */
export function variantOf(cwd: string, files: Readonly<Record<string, string>>): string {
  const copy = join(cwd, '../../.cache', `${basename(cwd)}-variant`)
  rmSync(copy, { recursive: true, force: true })
  cpSync(cwd, copy, { recursive: true, filter: (path) => path === cwd || !LEFT.has(basename(path)) })
  symlinkSync(join(cwd, 'node_modules'), join(copy, 'node_modules'), 'junction')
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(copy, path)), { recursive: true })
    writeFileSync(join(copy, path), text)
  }
  return copy
}

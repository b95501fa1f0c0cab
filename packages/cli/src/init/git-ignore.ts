import { posix, sep } from 'node:path'
import type { Change } from './change.ts'
import type { Project } from './project.ts'

/** The project's folder and those above it, as far up as an application lies in its repository. */
const LEVELS = Array.from({ length: 8 }, (_, levels) => levels)

/** A line of .gitignore for a file with secrets, unless one covers it: here, or above in the repository. */
export function keepOutOfGit({ folder, has, read }: Project, file: string): Change | undefined {
  const root = LEVELS.findIndex((levels) => has(`${'../'.repeat(levels)}.git`))
  // Of several files the nearest counts that says anything.
  for (const levels of LEVELS.slice(0, Math.max(root, 0) + 1)) {
    const folders = levels === 0 ? [] : folder.split(sep).slice(-levels)
    const isIgnored = verdictOf(read(`${'../'.repeat(levels)}.gitignore`) ?? '', posix.join(...folders, file))
    if (isIgnored) return undefined
    if (isIgnored === false) break
  }
  const before = read('.gitignore')
  const text = before === undefined || before === '' || before.endsWith('\n') ? (before ?? '') : `${before}\n`
  return { path: '.gitignore', before, after: `${text}${file}\n` }
}

/** Whether patterns keep a file out, by its path from their folder: of several that match, the last counts. */
function verdictOf(patterns: string, path: string): boolean | undefined {
  const last = patterns.split(/\r?\n/).findLast((line) => expressionOf(line.trim().replace(/^!/, '')).test(path))
  return last === undefined ? undefined : !last.trim().startsWith('!')
}

/** A pattern with a slash begins in its own folder; one without is a name in any below. */
function expressionOf(pattern: string): RegExp {
  const start = pattern.includes('/') ? '' : '(.*/)?'
  const source = pattern
    .replace(/^\//, '')
    .replace(/[.+^${}()|\\[\]]/g, '\\$&')
    .replaceAll('**/', '\0')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]')
    .replaceAll('\0', '(.*/)?')
  return new RegExp(`^${start}${source}$`)
}

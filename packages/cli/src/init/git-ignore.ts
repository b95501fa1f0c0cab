import type { Change } from './change.ts'
import type { Project } from './project.ts'

/** The project's folder and those above it, as far up as an application lies in its repository. */
const FOLDERS = Array.from({ length: 8 }, (_, levels) => '../'.repeat(levels))

/** A line of .gitignore for a file with secrets, unless one covers it: here, or above in the repository. */
export function keepOutOfGit({ has, read }: Project, file: string): Change | undefined {
  const root = FOLDERS.findIndex((folder) => has(`${folder}.git`))
  const folders = FOLDERS.slice(0, Math.max(root, 0) + 1)
  if (folders.some((folder) => covers(read(`${folder}.gitignore`) ?? '', file))) return undefined
  const before = read('.gitignore')
  const text = before === undefined || before === '' || before.endsWith('\n') ? (before ?? '') : `${before}\n`
  return { path: '.gitignore', before, after: `${text}${file}\n` }
}

/** Whether patterns match a name: of several that do, the last counts. */
function covers(patterns: string, file: string): boolean {
  const last = patterns.split(/\r?\n/).findLast((line) => {
    const pattern = line
      .trim()
      .replace(/^!/, '')
      .replace(/^(\*\*)?\//, '')
    const source = pattern
      .replace(/[.+^${}()|\\[\]]/g, '\\$&')
      .replaceAll('*', '[^/]*')
      .replaceAll('?', '[^/]')
    return new RegExp(`^${source}$`).test(file)
  })
  return last !== undefined && !last.startsWith('!')
}

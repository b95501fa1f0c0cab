import { posix } from 'node:path'
import type { Project, SourceFile } from '../project.ts'

export const OUR_NAME = 'clerk_sync.ts'

export const FIRST_MIGRATION = `migrations/0001_${OUR_NAME}`

/** A migration that makes our columns, of whatever name. */
export const migrationOfOurs = (project: Project): SourceFile | undefined => {
  const found = project.sources().filter(({ text }) => text.includes('@clerk-sync/adapter-kysely/migrations'))
  return found.find(({ path }) => path.endsWith(OUR_NAME)) ?? found[0]
}

const MIGRATION = /\bexport\s+(async\s+function|function|const)\s+up\b/

/** The last of the migrations that are there, in the order in which Kysely runs them. */
export function lastMigration(project: Project): string | undefined {
  const found = project
    .sources()
    .filter(({ text }) => /\bkysely\b/i.test(text) && MIGRATION.test(text))
    .map(({ path }) => path)
  return found.sort((a, b) => nameOf(a).localeCompare(nameOf(b))).at(-1)
}

const nameOf = (path: string) => posix.basename(path, posix.extname(path))

/** Kysely refuses a migration that sorts before one that has run: ours comes last, named as the others are. */
export function newMigration(project: Project): string {
  const last = lastMigration(project)
  if (last === undefined) return FIRST_MIGRATION
  const name = nameOf(last)
  // Not the year of a date: the application's next migration would come before ours.
  const [digits = ''] = /^\d+(?![\d.-])/.exec(name) ?? []
  const next = `${String(BigInt(digits || 0) + 1n).padStart(digits.length, '0')}_${OUR_NAME}`
  const comesAfter = digits !== '' && nameOf(next).localeCompare(name) > 0
  return posix.join(posix.dirname(last), comesAfter ? next : `${name}_${OUR_NAME}`)
}

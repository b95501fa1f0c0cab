import { existsSync, statSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { frameworks, type Project, projectHere, projectOf } from '@clerk-sync/project'
import { UsageError } from '../errors.ts'

const EXTENSIONS = ['.ts', '.mts', '.tsx', '.js', '.mjs', '.cjs']

/** The module that exports `clerkSync`, and the project that it belongs to. @throws UsageError where there is none */
export function findModule(cwd: string, named: string | undefined): Project & { readonly file: string } {
  const given = named ?? process.env.CLERK_SYNC_MODULE
  if (given !== undefined) {
    const file = resolve(cwd, given)
    if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
      throw new UsageError(
        `There is no file ${given}, which ${named === undefined ? 'CLERK_SYNC_MODULE' : '--module'} names.`,
      )
    }
    return { ...(projectOf(file) ?? projectHere(cwd)), file }
  }
  const project = projectHere(cwd)
  const places = [...new Set([project.framework, ...frameworks].flatMap(({ modules }) => modules))]
  const file = places
    .flatMap((place) => EXTENSIONS.map((extension) => join(project.folder, place + extension)))
    .find((path) => existsSync(path))
  if (file !== undefined) return { ...project, file }
  const looked = places.map((place) => `${relative(cwd, join(project.folder, place))}.ts`).join(', ')
  throw new UsageError(
    `No module that exports clerkSync was found. Looked for ${looked}, and the same as JavaScript. Name yours with ` +
      '--module FILE, or let clerk-sync init write one.',
  )
}

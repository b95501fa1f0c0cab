import { existsSync, statSync } from 'node:fs'
import { dirname, join, parse, relative, resolve } from 'node:path'
import { UsageError } from '../errors.ts'
import { frameworks } from '../frameworks/all-frameworks.ts'
import { frameworkOf } from '../frameworks/detect-framework.ts'
import type { Framework } from '../frameworks/framework.ts'

const EXTENSIONS = ['.ts', '.mts', '.tsx', '.js', '.mjs', '.cjs']

/** The application: its folder, and the framework that it is written for. */
export interface Project {
  readonly folder: string
  readonly framework: Framework
}

/** The project that a path lies in: the nearest folder that has a package.json. */
function projectOf(path: string): Project | undefined {
  const folder = folderOf(path)
  return folder === undefined ? undefined : { folder, framework: frameworkOf(folder) }
}

/** The project of the folder in which the command runs. */
export function projectHere(cwd: string): Project {
  return projectOf(join(cwd, 'package.json')) ?? { folder: cwd, framework: frameworkOf(cwd) }
}

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

/** The nearest folder above a file that has a package.json. */
function folderOf(file: string): string | undefined {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder
    if (folder === parse(folder).root) return undefined
  }
}

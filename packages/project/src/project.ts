import { existsSync } from 'node:fs'
import { dirname, join, parse } from 'node:path'
import { frameworkOf } from './detect-framework.ts'
import type { Framework } from './framework.ts'

/** An application: its folder, and the framework that it is written for. */
export interface Project {
  readonly folder: string
  readonly framework: Framework
}

/** The project that a path lies in: the nearest folder that has a package.json. */
export function projectOf(path: string): Project | undefined {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return { folder, framework: frameworkOf(folder) }
    if (folder === parse(folder).root) return undefined
  }
}

/** The project of the folder in which the command runs. */
export function projectHere(cwd: string): Project {
  return projectOf(join(cwd, 'package.json')) ?? { folder: cwd, framework: frameworkOf(cwd) }
}
